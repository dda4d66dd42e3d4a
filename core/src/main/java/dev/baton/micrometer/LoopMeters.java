package dev.baton.micrometer;

import dev.baton.loop.EventLoop;
import dev.baton.loop.FailureReport;
import dev.baton.loop.Fiber;
import dev.baton.loop.LoopListener;
import dev.baton.loop.LoopStatistics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The meters of one loop in one registry. The loop holds it as its listener, and so holds what the gauges read. */
final class LoopMeters implements LoopListener {
    private final EventLoop loop;
    private final MeterRegistry registry;
    private final Tags tags;
    private final List<Meter> meters = new ArrayList<>();

    private final Timer lag;
    private final Timer step;
    private final Counter unretrieved;
    private final Map<Fiber.Outcome, Timer> durations = new EnumMap<>(Fiber.Outcome.class);

    LoopMeters(EventLoop loop, MeterRegistry registry, Tags tags) {
        this.loop = loop;
        this.registry = registry;
        this.tags = tags;

        gauge(
                "baton.coroutines.active",
                "coroutines",
                "Coroutines that have started and have not ended",
                it -> it.fibers());
        gauge("baton.coroutines.suspended", "coroutines", "Coroutines that wait for something", it -> it.suspended());
        gauge("baton.loop.ready", "tasks", "Callbacks and coroutines that could run now", it -> it.ready());
        gauge("baton.loop.timers", "timers", "Timers that are scheduled", it -> it.timers());
        count("baton.coroutines.spawned", "coroutines", "Coroutines that were started", it -> it.started());
        count("baton.loop.iterations", "iterations", "Iterations of the loop", it -> it.iterations());
        lag = timer("baton.loop.lag", "From being ready, or due, to running", tags);
        step = timer("baton.loop.step", "One hold of the baton", tags);
        for (Fiber.Outcome outcome : Fiber.Outcome.values()) {
            Tags tagged = tags.and("outcome", outcome.name().toLowerCase(Locale.ROOT));
            durations.put(
                    outcome, timer("baton.coroutine.duration", "From the start of a coroutine to its end", tagged));
        }
        unretrieved = added(Counter.builder("baton.coroutines.unretrieved")
                .description("Failures that nobody retrieved")
                .baseUnit("failures")
                .tags(tags)
                .register(registry));
    }

    private void gauge(String name, String unit, String description, ToDoubleFunction<LoopStatistics> figure) {
        added(Gauge.builder(name, loop, each -> figure.applyAsDouble(each.statistics()))
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry));
    }

    private void count(String name, String unit, String description, ToDoubleFunction<LoopStatistics> figure) {
        added(FunctionCounter.builder(name, loop, each -> figure.applyAsDouble(each.statistics()))
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry));
    }

    private Timer timer(String name, String description, Tags tagged) {
        return added(Timer.builder(name).description(description).tags(tagged).register(registry));
    }

    private <M extends Meter> M added(M meter) {
        meters.add(meter);
        return meter;
    }

    void remove() {
        meters.forEach(registry::remove);
    }

    @Override
    public void stepStarted(EventLoop on, long lagNanos) {
        lag.record(lagNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void stepEnded(EventLoop on, long durationNanos) {
        step.record(durationNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void fiberEnded(EventLoop on, Fiber fiber, Fiber.Outcome outcome, long durationNanos) {
        Objects.requireNonNull(durations.get(outcome)).record(durationNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void failureReported(EventLoop on, FailureReport report) {
        if (report.kind() == FailureReport.Kind.UNRETRIEVED) {
            unretrieved.increment();
        }
    }
}
