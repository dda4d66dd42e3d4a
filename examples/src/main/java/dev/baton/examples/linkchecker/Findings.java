package dev.baton.examples.linkchecker;

import dev.baton.examples.linkchecker.Report.RedirectedLink;
import dev.baton.examples.linkchecker.Report.SlowPage;
import dev.baton.examples.linkchecker.Resource.Elsewhere;
import dev.baton.examples.linkchecker.Resource.Excluded;
import dev.baton.examples.linkchecker.Resource.File;
import dev.baton.examples.linkchecker.Resource.Redirect;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;

/** What a crawl has counted so far. Plain fields: only the coroutines of its loop touch them. */
final class Findings {
    private static final int SLOW_PAGES = 10;

    private record TimedPage(URI url, Duration took, long bytes) {}

    private record Redirected(URI url, Redirect redirect) {}

    private final PriorityQueue<TimedPage> slowest = new PriorityQueue<>(Comparator.comparing(TimedPage::took));
    private final List<Redirected> redirects = new ArrayList<>();
    private int known;
    private int read;
    private int pages;
    private int files;
    private int cutFiles;
    private long bytes;
    private int links;
    private int skipped;
    private int settled;
    private int external;
    private int excluded;

    /** Counts an address that will be read. */
    void addKnown() {
        known++;
    }

    /** Counts an address that has been read, with whatever success. */
    void addRead() {
        read++;
    }

    /** Counts what an address turned out to be. */
    void add(URI url, Resource resource, Answer answer) {
        bytes += answer.body().size();
        switch (resource) {
            case Page page ->
                addPage(new TimedPage(url, answer.took(), answer.body().size()));
            case Redirect redirect -> redirects.add(new Redirected(url, redirect));
            case File file -> {
                files++;
                cutFiles += answer.body().cut() ? 1 : 0;
            }
            default -> {}
        }
    }

    private void addPage(TimedPage page) {
        pages++;
        slowest.add(page);
        if (slowest.size() > SLOW_PAGES) {
            slowest.poll(); // the head is the fastest of the slow
        }
    }

    /** Counts the start pages, as links that the user has written. */
    void addStarts(int count) {
        links += count;
    }

    /** Counts the links that stand on a page. */
    void addLinks(PageLinks page) {
        links += page.count();
        skipped += page.skipped();
    }

    /** Counts a link that has been checked, by what is at its end. */
    void addSettled(Resource end) {
        settled++;
        switch (end) {
            case Elsewhere elsewhere -> external++;
            case Excluded out -> excluded++;
            default -> {}
        }
    }

    Progress.Counts counts(Mentions mentions) {
        return new Progress.Counts(read, known, mentions.size(), mentions.broken());
    }

    Report.Pages pages(double seconds) {
        return new Report.Pages(pages, pages / seconds, files, cutFiles, bytes, known - read);
    }

    Report.Links links(Mentions mentions) {
        int unchecked = mentions.wellFormed() - settled;
        return new Report.Links(links, mentions.size(), mentions.broken(), external, excluded, skipped, unchecked);
    }

    List<RedirectedLink> redirects(Function<URI, String> name) {
        return redirects.stream()
                .map(found -> new RedirectedLink(
                        name.apply(found.url), found.redirect.status(), name.apply(found.redirect.target())))
                .sorted(Comparator.comparing(RedirectedLink::from))
                .toList();
    }

    List<SlowPage> slowest(Function<URI, String> name) {
        return slowest.stream()
                .sorted(Comparator.comparing(TimedPage::took).reversed())
                .map(page -> new SlowPage(name.apply(page.url), page.took.toMillis(), page.bytes))
                .toList();
    }
}
