package dev.baton.examples.linkchecker;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.examples.linkchecker.PageParser.ParsedPage;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PageParserTest {
    private static final URI URL = URI.create("http://example.org/dir/page.html");

    @Test
    void everythingThatLoadsOrLeadsSomewhereIsALink() {
        ParsedPage page = parse("""
            <head>
            <link rel=stylesheet href=style.css> <link rel="preconnect" href=https://fonts.example>
            <meta http-equiv=Refresh content="0; URL='next.html'"> <meta name=x content="0; url=not.html">
            <script src=script.js></script>
            </head><body>
            <a href=a.html>a</a> <a>no link</a> <map><area href=area.html></map>
            <img src=img.png> <iframe src=iframe.html></iframe> <picture><source src=source.png></picture>
            <video src=video.mp4 poster=poster.png><track src=track.vtt></video> <audio src=audio.mp3></audio>
            <embed src=embed.pdf> <object data=object.svg></object>
            <div href=div.html src=div.png>\
            """);

        Set<String> expected = new TreeSet<>(List.of(
                "a.html",
                "area.html",
                "audio.mp3",
                "embed.pdf",
                "iframe.html",
                "img.png",
                "next.html",
                "object.svg",
                "poster.png",
                "script.js",
                "source.png",
                "style.css",
                "track.vtt",
                "video.mp4"));
        assertEquals(
                expected,
                page.links().links().stream()
                        .map(link -> link.url().toString().replace("http://example.org/dir/", ""))
                        .collect(toCollection(TreeSet::new)));
        assertEquals(14, page.links().count());
    }

    @Test
    void theSameLinkTwiceIsOneLinkAndCountsTwice() {
        ParsedPage page = parse("<a href=x.html></a><a href=./x.html></a><a href=x.html#y></a>");

        assertEquals(
                Set.of(link("x.html", ""), link("x.html", "y")), page.links().links());
        assertEquals(3, page.links().count());
    }

    @Test
    void otherSchemesAreSkippedAndMalformedLinksKeepTheirReason() {
        ParsedPage page = parse("""
            <a href=mailto:me@example.org></a> <a href=javascript:go()></a> <img src=data:image/gif;base64,x>
            <a href="http://[bad"></a> <a href="http://">twice</a> <a href="http://"></a>\
            """);

        assertEquals(3, page.links().skipped());
        assertEquals(3, page.links().count());
        assertEquals(
                Map.of("http://[bad", "expected closing bracket for ipv6 address", "http://", "no host"),
                page.links().malformed());
    }

    @Test
    void theBaseElementCountsAndABadOneDoesNot() {
        assertEquals(
                Set.of(new Link(URI.create("http://other.org/x/a.html"), "")),
                parse("<base href=//other.org/x/y><a href=a.html></a>").links().links());
        assertEquals(
                Set.of(link("a.html", "")),
                parse("<base href='http://'><a href=a.html></a>").links().links());
    }

    @Test
    void anchorsAreIdsAndNamesOfLinks() {
        Page page = parse("<h1 id=one></h1><a name=two></a><p name=three></p><svg><g id=four></g></svg>")
                .page();

        assertEquals(Set.of("one", "two", "four"), page.anchors());
    }

    @Test
    void fragmentsAreComparedAsWrittenAndDecoded() {
        Page page = parse("<p id='of(E[])'></p><p id='a+b'></p><p id='%20'></p><p id='ä'></p>")
                .page();

        for (String fragment : List.of(
                "",
                "top",
                "TOP",
                "of(E[])",
                "of(E%5B%5D)",
                "a+b",
                "a%2Bb",
                "%20",
                "%C3%A4",
                "ä",
                ":~:text=x",
                "ä:~:text=x")) {
            assertTrue(page.hasAnchorOf(link("page.html", fragment)), fragment);
        }
        for (String fragment : List.of("x", "OF(E[])", "a b", "%zz")) {
            assertFalse(page.hasAnchorOf(link("page.html", fragment)), fragment);
        }
    }

    @Test
    void entitiesWhiteSpaceAndUmlautsInLinksAreReadAsBrowsersDo() {
        ParsedPage page = parse("<a href=' x.html?a=1&amp;b=2 '></a><a href='k\u00e4\nse.html#\u00e4'></a>");

        assertEquals(
                Set.of(link("x.html?a=1&b=2", ""), link("k%C3%A4se.html", "\u00e4")),
                page.links().links());
    }

    @Test
    void theCharacterSetIsFoundInThePage() {
        byte[] html = "<meta charset=iso-8859-1><p id='\u00e4'>".getBytes(StandardCharsets.ISO_8859_1);

        assertEquals(Set.of("\u00e4"), PageParser.parse(URL, html, null).page().anchors());
    }

    @Test
    void anythingIsAPage() {
        assertEquals(
                Set.of(link("a.html", "")),
                parse("</p><table><a href=a.html><b></table>\0<<<!-- ").links().links());
        assertEquals(Set.of(), PageParser.parse(URL, new byte[0], null).links().links());
        assertEquals(1, parse("<div>".repeat(100_000) + "<a href=x>").links().count());
        assertEquals(Set.of(), parse("<meta charset=no-such-charset>").links().links());
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[random.nextInt(2_000)];
            random.nextBytes(noise);
            PageParser.parse(URL, noise, null);
        }
    }

    private static ParsedPage parse(String html) {
        return PageParser.parse(URL, html.getBytes(StandardCharsets.UTF_8), "UTF-8");
    }

    private static Link link(String reference, String fragment) {
        return new Link(URI.create("http://example.org/dir/" + reference), fragment);
    }
}
