package dev.baton.examples.linkchecker;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.sleep;

import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.Futures;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Fetches one URL after the other for many coroutines: as many at a time as the limits allow, with a deadline for each
 * request, and again after a while if that may help. Belongs to one loop, as its limiters do.
 */
final class Fetcher implements AutoCloseable {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    // The crawl follows redirects itself, to see circles and to stay on the site.
    private final HttpClient client = HttpClient.newBuilder()
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final Map<String, Limiter> hosts = new HashMap<>();
    private final Limiter overall;
    private final Options options;
    private final Meters meters;
    private int requests;
    private int retries;

    Fetcher(Options options, Meters meters) {
        this.options = options;
        this.meters = meters;
        this.overall = new Limiter(options.inFlight);
    }

    /**
     * Fetches a page or a file.
     *
     * @throws FetchException if there is no answer; bad statuses are answers
     */
    Answer get(URI url) throws FetchException {
        return fetch("GET", url);
    }

    /**
     * Asks whether something is there. With GET where HEAD fails, since some servers know only that.
     *
     * @throws FetchException if there is no answer; bad statuses are answers
     */
    Answer probe(URI url) throws FetchException {
        Answer answer = fetch("HEAD", url);
        return answer.isSuccess() || answer.isRedirect() ? answer : fetch("GET", url);
    }

    private Answer fetch(String method, URI url) throws FetchException {
        for (int attempt = 0; ; attempt++) {
            Duration pause = backoff(attempt);
            try {
                Answer answer = fetchOnce(method, url);
                if (!answer.isTemporary() || attempt >= options.retries) {
                    return answer;
                }
                pause = answer.retryAfter(Instant.now()).map(Fetcher::bounded).orElse(pause);
            } catch (FetchException e) {
                if (!e.isTemporary() || attempt >= options.retries) {
                    throw e;
                }
            }
            retries++;
            sleep(pause);
        }
    }

    private Answer fetchOnce(String method, URI url) throws FetchException {
        Limiter host = hosts.computeIfAbsent(Urls.host(url), name -> new Limiter(options.perHost));
        host.acquire();
        try {
            overall.acquire();
            try {
                return send(method, url);
            } finally {
                overall.release();
            }
        } finally {
            host.release();
        }
    }

    private Answer send(String method, URI url) throws FetchException {
        requests++;
        meters.inFlight(overall.inUse());
        long start = System.nanoTime();
        String outcome = "failure";
        try {
            var answering = client.sendAsync(request(method, url), this::body);
            HttpResponse<LimitedBody.Content> response =
                    await(Futures.waitFor(options.timeout, answering), IOException.class);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            outcome = response.statusCode() / 100 + "xx";
            return new Answer(response.statusCode(), response.headers(), response.body(), took);
        } catch (AwaitTimeoutException e) {
            outcome = "timeout";
            throw new FetchException("no complete answer within " + Durations.format(options.timeout), true, e);
        } catch (IOException e) {
            throw FetchException.of(url, e);
        } finally {
            meters.request(outcome, System.nanoTime() - start);
            meters.inFlight(overall.inUse() - 1);
        }
    }

    private static HttpRequest request(String method, URI url) {
        return HttpRequest.newBuilder(url)
                .method(method, BodyPublishers.noBody())
                .header("User-Agent", "baton-linkchecker")
                .header("Accept", "text/html, */*;q=0.5")
                // In clear text the client would ask each server to upgrade to HTTP/2, which some answer badly.
                .version(url.getScheme().equals("https") ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .build();
    }

    private BodySubscriber<LimitedBody.Content> body(ResponseInfo response) {
        return new LimitedBody(options.maxBytes, Answer.isPage(response.statusCode(), response.headers()));
    }

    /** Doubles with each attempt. Half of it is chance, so that a crowd of requests does not come back as a crowd. */
    private Duration backoff(int attempt) {
        long nanos = bounded(options.retryDelay.multipliedBy(1L << Math.min(attempt, 20)))
                .toNanos();
        return Duration.ofNanos(nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1));
    }

    private static Duration bounded(Duration pause) {
        if (pause.isNegative()) {
            return Duration.ZERO;
        }
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    /** {@return what it took so far} */
    Report.Requests requests() {
        Map<String, Integer> mostInFlight = new TreeMap<>();
        hosts.forEach((host, limiter) -> mostInFlight.put(host, limiter.mostInUse()));
        return new Report.Requests(requests, retries, mostInFlight);
    }

    @Override
    public void close() {
        client.shutdownNow(); // close() would wait for servers that never answer
    }
}
