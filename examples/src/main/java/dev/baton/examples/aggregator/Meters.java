package dev.baton.examples.aggregator;

import dev.baton.examples.aggregator.Page.Origin;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/**
 * The service's meters. All of them are there from the start, so that a dashboard finds them before something happens.
 * Durations are those of the system's clock, and not of the loop's.
 */
final class Meters {
    static final List<String> PAGES = List.of("complete", "partial", "disconnected", "failed");
    private static final List<String> ANSWERS = List.of("success", "failure", "cancelled");

    private static final List<String> SECONDS = List.of("won", "lost", "unanswered");

    private final MeterRegistry registry;

    Meters(MeterRegistry registry) {
        this.registry = registry;
        PAGES.forEach(this::pages);
    }

    /** Registers the meters of a service. */
    void add(Upstream upstream) {
        ANSWERS.forEach(outcome -> requests(upstream.name(), outcome));
        SECONDS.forEach(end -> hedges(upstream.name(), end));
        List.of(Origin.CACHE, Origin.NONE).forEach(origin -> fallbacks(upstream.name(), origin));
        // Written by the loop only and read by whoever scrapes: it may see an old number, and nothing worse.
        gauge("aggregator.upstream.inflight", upstream, Limiter::inUse, "Requests on their way to a service");
        gauge("aggregator.upstream.waiting", upstream, Limiter::waiting, "Requests that wait for their turn");
    }

    private void gauge(String name, Upstream upstream, ToIntFunction<Limiter> figure, String description) {
        Gauge.builder(name, upstream.limiter(), figure::applyAsInt)
                .baseUnit("requests")
                .description(description)
                .tag("upstream", upstream.name())
                .register(registry);
    }

    private Timer pages(String outcome) {
        return Timer.builder("aggregator.pages")
                .description("Pages, from the request to the last byte")
                .tag("outcome", outcome)
                .serviceLevelObjectives(
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(250),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(2500))
                .register(registry);
    }

    private Timer requests(String upstream, String outcome) {
        return Timer.builder("aggregator.upstream.requests")
                .description("Requests to a service, from sending to the last byte")
                .tags("upstream", upstream, "outcome", outcome)
                .register(registry);
    }

    private Counter hedges(String upstream, String end) {
        return Counter.builder("aggregator.hedges")
                .baseUnit("requests")
                .description("Second requests, and whether one of them was the first answer")
                .tags("upstream", upstream, "second", end)
                .register(registry);
    }

    private Counter fallbacks(String upstream, Origin origin) {
        return Counter.builder("aggregator.fallbacks")
                .baseUnit("parts")
                .description("Parts without an answer, and what stands in its place")
                .tags("upstream", upstream, "origin", origin.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    void page(String outcome, long nanos) {
        pages(outcome).record(nanos, TimeUnit.NANOSECONDS);
    }

    <T> T timed(Upstream upstream, Callable<T> request) throws Exception {
        long start = System.nanoTime();
        String outcome = "failure";
        try {
            T answer = request.call();
            outcome = "success";
            return answer;
        } catch (CancellationException e) { // it lost, or was too late
            outcome = "cancelled";
            throw e;
        } finally {
            requests(upstream.name(), outcome).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    void hedge(Upstream upstream, String end) {
        hedges(upstream.name(), end).increment();
    }

    void fallback(Upstream upstream, Origin origin) {
        fallbacks(upstream.name(), origin).increment();
    }

    long pagesSoFar(String outcome) {
        return pages(outcome).count();
    }

    /** {@return what is told of a service at the end, a number for each column of the {@link Summary}} */
    List<Long> figures(Upstream upstream) {
        String name = upstream.name();
        return List.of(
                requests(name, "success").count(),
                requests(name, "failure").count(),
                requests(name, "cancelled").count(),
                (long) SECONDS.stream()
                        .mapToDouble(end -> hedges(name, end).count())
                        .sum(),
                (long) hedges(name, "won").count(),
                (long) fallbacks(name, Origin.CACHE).count(),
                (long) fallbacks(name, Origin.NONE).count());
    }
}
