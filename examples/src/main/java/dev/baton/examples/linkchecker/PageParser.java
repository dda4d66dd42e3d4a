package dev.baton.examples.linkchecker;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/** Reads the links and anchors of one HTML page. Knows nothing of the crawl, so that it may run beside it. */
final class PageParser {
    private static final Pattern REFRESH =
            Pattern.compile("\\s*[\\d.]+\\s*[;,]\\s*(?:url\\s*=)?\\s*(.+)", Pattern.CASE_INSENSITIVE);

    private final Map<String, URI> resolved = new HashMap<>();
    private final Set<Link> links = new LinkedHashSet<>();
    private final Set<String> anchors = new HashSet<>();
    private final Map<String, String> malformed = new LinkedHashMap<>();
    private URI base;
    private int linkCount;
    private int skipped;

    private PageParser(URI url) {
        this.base = url;
    }

    /** What a page is, and where it leads. */
    record ParsedPage(Page page, PageLinks links) {}

    /**
     * Parses a page. Anything is a page to a browser, and so it is here: there is no malformed HTML, only malformed links.
     *
     * @param charset as the server named it; {@code null} to look into the page
     */
    static ParsedPage parse(URI url, byte[] html, @Nullable String charset) {
        Document document;
        try {
            document = Jsoup.parse(new ByteArrayInputStream(html), charset, url.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // from an array: cannot happen
        }
        PageParser parser = new PageParser(url);
        parser.readBase(document);
        document.getAllElements().forEach(parser::read);
        return parser.result();
    }

    private ParsedPage result() {
        return new ParsedPage(new Page(anchors), new PageLinks(links, malformed, linkCount, skipped));
    }

    private void readBase(Document document) {
        Element element = document.selectFirst("base[href]");
        if (element == null) {
            return;
        }
        try {
            base = Urls.resolve(base, Urls.withoutFragment(Urls.clean(element.attr("href"))));
        } catch (MalformedURLException e) {
            // As browsers do: a base that is no address counts for nothing.
        }
    }

    private void read(Element element) {
        String tag = element.normalName();
        addAnchor(element.id());
        switch (tag) {
            case "a" -> {
                addAnchor(element.attr("name"));
                addLink(element, "href");
            }
            case "area" -> addLink(element, "href");
            case "link" -> {
                if (!element.attr("rel").toLowerCase(Locale.ROOT).matches(".*(preconnect|dns-prefetch).*")) {
                    addLink(element, "href");
                }
            }
            case "img", "script", "iframe", "frame", "source", "audio", "embed", "track" -> addLink(element, "src");
            case "video" -> {
                addLink(element, "src");
                addLink(element, "poster");
            }
            case "object" -> addLink(element, "data");
            case "meta" -> addRefresh(element);
            default -> {}
        }
    }

    private void addAnchor(String name) {
        if (!name.isEmpty()) {
            anchors.add(name);
        }
    }

    private void addRefresh(Element meta) {
        Matcher refresh = REFRESH.matcher(meta.attr("content"));
        if (meta.attr("http-equiv").equalsIgnoreCase("refresh") && refresh.matches()) {
            add(refresh.group(1).replaceAll("^['\"]|['\"]$", ""));
        }
    }

    private void addLink(Element element, String attribute) {
        if (element.hasAttr(attribute)) {
            add(element.attr(attribute));
        }
    }

    private void add(String text) {
        String reference = Urls.clean(text);
        if (!Urls.isWeb(reference)) {
            skipped++;
            return;
        }
        linkCount++;
        String address = Urls.withoutFragment(reference);
        try {
            URI url = resolved.get(address);
            if (url == null) {
                url = Urls.resolve(base, address);
                resolved.put(address, url);
            }
            links.add(new Link(url, reference.substring(Math.min(address.length() + 1, reference.length()))));
        } catch (MalformedURLException e) {
            malformed.put(reference, String.valueOf(e.getMessage()));
        }
    }
}
