package dev.baton.examples.linkchecker;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.blocking;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;

import dev.baton.Coroutine;
import dev.baton.examples.linkchecker.PageParser.ParsedPage;
import dev.baton.examples.linkchecker.Report.Ending;
import dev.baton.examples.linkchecker.Resource.Broken;
import dev.baton.examples.linkchecker.Resource.Elsewhere;
import dev.baton.examples.linkchecker.Resource.Excluded;
import dev.baton.examples.linkchecker.Resource.Redirect;
import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One run of the link checker: all that it knows, and the coroutines that find it out.
 *
 * <p>Everything here belongs to one event loop. Thousands of coroutines read and write these maps, and there is no lock:
 * only one of them runs at a time, and none is interrupted between two awaits. There are three kinds:
 *
 * <ul>
 *   <li>{@link #read}, one for each address: fetches it, once;
 *   <li>{@link #follow}, one for each page: mentions the links that stand on it;
 *   <li>{@link #check}, one for each different link: waits for the address that it leads to, and looks for its anchor there.
 * </ul>
 */
final class Crawl {
    private static final int LINKS_AT_A_TIME = 250;
    private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(200);

    private final Options options;
    private final Starts starts;
    private final Fetcher fetcher;
    private final Meters meters;

    private final Site site = new Site();
    private final Map<URI, Visit> visits = new HashMap<>();
    private final Mentions mentions = new Mentions();
    private final Findings findings = new Findings();
    private final Deferred<Ending> end = new Deferred<>();
    private int open;

    Crawl(Options options, Starts starts, Fetcher fetcher, Meters meters) {
        this.options = options;
        this.starts = starts;
        this.fetcher = fetcher;
        this.meters = meters;
    }

    /** Checks everything that can be reached from the start pages, as far as the deadline allows. Runs in a coroutine. */
    Report run(Progress progress) {
        long startNanos = System.nanoTime();
        Coroutine<Void> display = spawn("progress", () -> show(progress));
        begin(this::enter);
        Ending ending;
        try {
            ending = await(Futures.waitFor(options.deadline, end));
        } catch (AwaitTimeoutException e) {
            ending = Ending.DEADLINE;
        }
        display.cancel();
        progress.show(findings.counts(mentions));
        // What is still under way now is cancelled by the loop, which closes when this coroutine has returned.
        return report(ending, (System.nanoTime() - startNanos) / 1e9);
    }

    /** Ends the run with what it has found so far. May be called from any thread. */
    void interrupt() {
        end.complete(Ending.INTERRUPTED);
    }

    /** Begins a part of the crawl. The crawl is over when its last part is. */
    @SuppressWarnings("FutureReturnValueIgnored") // the loop reports a failure that nobody awaits
    private void begin(Runnable part) {
        open++;
        spawn(() -> {
            try {
                part.run();
            } finally {
                open--;
                if (open == 0) {
                    end.complete(Ending.COMPLETE);
                }
            }
        });
    }

    private void enter() {
        starts.links().forEach(link -> site.addEntrance(link.url()));
        findings.addStarts(starts.links().size());
        starts.links().forEach(link -> mention(link, null, 0));
    }

    /** Takes note of a link on a page. The first mention of a link starts its check. */
    private void mention(Link link, @Nullable URI page, int depth) {
        approach(link.url(), depth);
        if (mentions.add(link, page)) {
            begin(() -> check(link));
        }
    }

    private void check(Link link) {
        Resource end = resolve(link.url());
        String problem = switch (end) {
            case Broken broken -> broken.problem();
            case Page page when !page.hasAnchorOf(link) -> "no anchor \"" + link.anchor() + "\" on that page";
            default -> null;
        };
        mentions.settle(link, problem);
        findings.addSettled(end);
        meters.link(problem != null);
    }

    /** {@return what is at the end of the redirects that begin at an address, if any do} */
    private Resource resolve(URI url) {
        Set<URI> chain = new LinkedHashSet<>();
        URI next = url;
        while (chain.add(next)) {
            Resource resource = await(visit(next));
            if (!(resource instanceof Redirect redirect)) {
                return resource;
            }
            if (chain.size() > options.maxRedirects) {
                return new Broken("more than " + options.maxRedirects + " redirects in a row");
            }
            next = redirect.target();
        }
        return new Broken(Stream.concat(chain.stream(), Stream.of(next))
                .map(starts::name)
                .collect(Collectors.joining(" -> ", "redirects in circles: ", "")));
    }

    /** {@return what is at an address, to be awaited} Whoever asks first has it read. */
    private Coroutine<Resource> visit(URI url) {
        Visit visit = visits.computeIfAbsent(url, Visit::new);
        if (visit.resource == null) {
            visit.resource = spawn(url.toString(), () -> read(visit));
        }
        return visit.resource;
    }

    /** Takes note of a way to an address. A shorter one than before may bring the links there within reach. */
    private void approach(URI url, int depth) {
        Visit visit = visits.computeIfAbsent(url, Visit::new);
        boolean nearer = depth < visit.depth;
        if (nearer) {
            visit.depth = depth;
        }
        if (nearer && visit.resource != null) {
            begin(() -> follow(visit));
        }
    }

    private Resource read(Visit visit) {
        if (options.isExcluded(visit.url)) {
            return new Excluded();
        }
        if (!options.external && !site.contains(visit.url)) {
            return new Elsewhere();
        }
        findings.addKnown();
        try {
            return fetch(visit);
        } catch (FetchException e) {
            return new Broken(e.problem());
        } finally {
            findings.addRead();
        }
    }

    private Resource fetch(Visit visit) throws FetchException {
        boolean onSite = site.contains(visit.url);
        Answer answer = onSite ? fetcher.get(visit.url) : fetcher.probe(visit.url);
        Resource resource = onSite && answer.isPage() ? parse(visit, answer) : Resource.of(visit.url, answer);
        if (resource instanceof Redirect redirect) {
            site.addRedirect(visit.url, redirect.target());
            visit.target = redirect.target();
            approach(redirect.target(), visit.depth);
        }
        findings.add(visit.url, resource, answer);
        return resource;
    }

    private Resource parse(Visit visit, Answer answer) {
        if (answer.body().cut()) {
            return new Broken("larger than " + ByteSizes.format(options.maxBytes) + ", not read further");
        }
        if (!answer.header("Content-Encoding").isEmpty()) {
            return new Broken("sent as " + answer.header("Content-Encoding") + ", which nobody asked for");
        }
        // Off the loop, so that other cores share the work and nobody waits for a large page; with one core it costs
        // nothing.
        // The parser gets what it needs and returns what it found: only back here does that meet the maps.
        ParsedPage parsed =
                blocking(() -> PageParser.parse(visit.url, answer.body().bytes(), answer.charset()));
        meters.page();
        visit.links = parsed.links();
        begin(() -> follow(visit));
        return parsed.page();
    }

    /** Goes on from what was found at an address, unless it is too far away. Again when a shorter way to it is found. */
    private void follow(Visit visit) {
        if (visit.target != null) {
            approach(visit.target, visit.depth);
        }
        PageLinks page = visit.links;
        if (page == null || visit.depth > options.depth) {
            return;
        }
        boolean again = visit.followed;
        visit.followed = true;
        if (!again) {
            findings.addLinks(page);
            page.malformed().forEach((text, reason) -> addMalformed(text, reason, visit.url));
        }
        int count = 0;
        for (Link link : page.links()) {
            count++;
            if (count % LINKS_AT_A_TIME == 0) {
                moment(); // there are pages with ten thousand links, and the others want their turn
            }
            // Without a limit every page is as near as the others, and none is looked at again.
            int depth = options.hasDepthLimit() ? visit.depth + 1 : 0;
            if (again) {
                approach(link.url(), depth);
            } else {
                mention(link, visit.url, depth);
            }
        }
        if (!options.hasDepthLimit()) {
            visit.links = null;
        }
    }

    private void addMalformed(String text, String reason, URI page) {
        if (mentions.addMalformed(text, reason, page)) {
            meters.link(true);
        }
    }

    private void show(Progress progress) {
        while (true) {
            progress.show(findings.counts(mentions));
            sleep(PROGRESS_INTERVAL);
        }
    }

    private Report report(Ending ending, double seconds) {
        return new Report(
                starts.names(),
                ending,
                seconds,
                findings.pages(seconds),
                findings.links(mentions),
                fetcher.requests(),
                mentions.brokenLinks(starts::name),
                findings.redirects(starts::name),
                findings.slowest(starts::name));
    }

    /** An address: known since somebody mentioned it, read when it is its turn. */
    private static final class Visit {
        final URI url;
        int depth = Integer.MAX_VALUE;

        @Nullable
        Coroutine<Resource> resource;

        @Nullable
        PageLinks links; // once it has been read and is a page; until they have been followed for good

        @Nullable
        URI target; // once it has been read and is a redirect

        boolean followed;

        Visit(URI url) {
            this.url = url;
        }
    }
}
