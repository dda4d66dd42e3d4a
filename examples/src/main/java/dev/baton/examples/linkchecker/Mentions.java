package dev.baton.examples.linkchecker;

import dev.baton.examples.linkchecker.Report.BrokenLink;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every link of a crawl, each once, with the pages that it stands on for as long as somebody may ask for them. */
final class Mentions {
    private final Map<Link, Mention> links = new HashMap<>();
    private final Map<String, Mention> malformed = new HashMap<>();
    private int broken;

    /**
     * Takes note of a link.
     *
     * @param page where it stands; {@code null} for a start page
     * @return whether it is a new one
     */
    boolean add(Link link, @Nullable URI page) {
        Mention mention = links.get(link);
        boolean first = mention == null;
        if (mention == null) {
            mention = new Mention();
            links.put(link, mention);
        }
        mention.standsOn(page);
        return first;
    }

    /** Takes note of a link that is no address. Returns whether it is a new one. */
    boolean addMalformed(String text, String reason, URI page) {
        Mention mention = malformed.computeIfAbsent(text, absent -> new Mention());
        boolean first = mention.problem == null;
        if (first) {
            mention.problem = "not a valid URL: " + reason;
            broken++;
        }
        mention.standsOn(page);
        return first;
    }

    /** Says what is wrong with a link; {@code null} if nothing is, and then its pages are forgotten. */
    void settle(Link link, @Nullable String problem) {
        Mention mention = links.get(link);
        if (mention == null) {
            throw new IllegalArgumentException("never mentioned: " + link);
        }
        mention.problem = problem;
        if (problem == null) {
            mention.fine = true;
            mention.pages = List.of();
        } else {
            broken++;
        }
    }

    int size() {
        return links.size() + malformed.size();
    }

    int wellFormed() {
        return links.size();
    }

    int broken() {
        return broken;
    }

    /** {@return the broken links by address, and the pages that each stands on} */
    List<BrokenLink> brokenLinks(Function<URI, String> name) {
        Stream<BrokenLink> wellFormed = links.entrySet().stream()
                .flatMap(entry -> entry.getValue().toBrokenLink(entry.getKey().name(name), name));
        Stream<BrokenLink> others =
                malformed.entrySet().stream().flatMap(entry -> entry.getValue().toBrokenLink(entry.getKey(), name));
        return Stream.concat(wellFormed, others)
                .sorted(Comparator.comparing(BrokenLink::link))
                .toList();
    }

    private static final class Mention {
        List<URI> pages = new ArrayList<>(1);

        @Nullable
        String problem;

        boolean fine;

        void standsOn(@Nullable URI page) {
            if (page != null && !fine) {
                pages.add(page);
            }
        }

        Stream<BrokenLink> toBrokenLink(String link, Function<URI, String> name) {
            return Stream.ofNullable(problem)
                    .map(found -> new BrokenLink(
                            link, found, pages.stream().map(name).sorted().toList()));
        }
    }
}
