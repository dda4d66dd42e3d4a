package dev.baton.examples.linkchecker;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The crawl's meters. Written by the loop and read by whoever scrapes, hence thread-safe: the only state here that two
 * threads share, and Micrometer's business.
 */
final class Meters {
    private final AtomicInteger inFlight = new AtomicInteger();
    private final MeterRegistry registry;
    private final Counter pages;
    private final Counter links;
    private final Counter broken;

    Meters(MeterRegistry registry) {
        this.registry = registry;
        pages = Counter.builder("linkchecker.pages")
                .baseUnit("pages")
                .description("Pages read")
                .register(registry);
        links = Counter.builder("linkchecker.links")
                .baseUnit("links")
                .description("Different links checked")
                .register(registry);
        broken = Counter.builder("linkchecker.broken")
                .baseUnit("links")
                .description("Different links found broken")
                .register(registry);
        Gauge.builder("linkchecker.inflight", inFlight, AtomicInteger::get)
                .baseUnit("requests")
                .description("Requests on their way")
                .register(registry);
    }

    void page() {
        pages.increment();
    }

    void link(boolean isBroken) {
        links.increment();
        if (isBroken) {
            broken.increment();
        }
    }

    void inFlight(int requests) {
        inFlight.set(requests);
    }

    void request(String outcome, long nanos) {
        Timer.builder("linkchecker.requests")
                .description("Requests, from sending to the last byte")
                .tag("outcome", outcome)
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }
}
