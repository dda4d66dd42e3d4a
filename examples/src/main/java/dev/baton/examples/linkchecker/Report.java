package dev.baton.examples.linkchecker;

import java.util.List;
import java.util.Map;

/**
 * What a run found. A snapshot: it shares nothing with the crawl.
 *
 * @param starts where the run started
 * @param ending why it ended
 * @param seconds how long it took
 * @param broken the broken links, by address
 * @param redirects the addresses that send their visitors elsewhere, by address
 * @param slowest the pages that took longest to arrive, slowest first
 */
record Report(
        List<String> starts,
        Ending ending,
        double seconds,
        Pages pages,
        Links links,
        Requests requests,
        List<BrokenLink> broken,
        List<RedirectedLink> redirects,
        List<SlowPage> slowest) {

    /** Why a run ended. */
    enum Ending {
        /** Everything that can be reached was checked. */
        COMPLETE,
        /** The time for the whole run was over. */
        DEADLINE,
        /** Somebody pressed Ctrl-C. */
        INTERRUPTED
    }

    /**
     * What was read.
     *
     * @param read HTML pages
     * @param perSecond {@code read} by the duration of the run
     * @param files everything else that is there: images, scripts, downloads
     * @param cutFiles files that are larger than the limit and were not read further
     * @param bytes of all bodies
     * @param unread addresses that were known, but not read when the run ended
     */
    record Pages(int read, double perSecond, int files, int cutFiles, long bytes, int unread) {}

    /**
     * The links.
     *
     * @param total all of them, the same one twice and the start pages included
     * @param different those that differ, fragment included; each is checked once
     * @param broken different links that do not lead where they should
     * @param external different links to other hosts that were not checked
     * @param excluded different links that the user left out
     * @param skipped links that do not lead to the web: {@code mailto:}, {@code javascript:}, …
     * @param unchecked different links that were not checked yet when the run ended
     */
    record Links(int total, int different, int broken, int external, int excluded, int skipped, int unchecked) {}

    /**
     * The requests that the run took.
     *
     * @param sent all of them
     * @param retries those that were further tries
     * @param mostInFlight for each host, how many were on their way at most
     */
    record Requests(int sent, int retries, Map<String, Integer> mostInFlight) {}

    /**
     * A link that does not lead where it should.
     *
     * @param problem what is wrong, in words
     * @param pages the pages that it stands on; empty for a start page
     */
    record BrokenLink(String link, String problem, List<String> pages) {}

    /** An address that sends its visitors to another one. */
    record RedirectedLink(String from, int status, String to) {}

    /** A page, and how long it took to arrive. */
    record SlowPage(String page, long millis, long bytes) {}

    /** {@return whether nothing at all could be read} */
    boolean isEmpty() {
        return pages.read == 0 && pages.files == 0;
    }
}
