package dev.baton.micrometer;

import dev.baton.loop.BlockedStep;
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
import java.time.Duration;
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
    private final MeterRegistry registry;
    private final Tags tags;
    private final Map<BatonMeter, List<Duration>> objectives;
    private final List<Meter> meters = new ArrayList<>();

    private final LoopTime time;
    private final Timer lag;
    private final Timer step;
    private final Counter unretrieved;
    private final Counter blocked;
    private final Map<Fiber.Outcome, Timer> durations = new EnumMap<>(Fiber.Outcome.class);

    LoopMeters(EventLoop loop, MeterRegistry registry, Tags tags, Map<BatonMeter, List<Duration>> objectives) {
        this.registry = registry;
        this.tags = tags;
        this.objectives = objectives;
        this.time = new LoopTime(loop);

        gauge(BatonMeter.COROUTINES_ACTIVE, loop, statistic(LoopStatistics::fibers));
        gauge(BatonMeter.COROUTINES_SUSPENDED, loop, statistic(LoopStatistics::suspended));
        gauge(BatonMeter.LOOP_READY, loop, statistic(LoopStatistics::ready));
        gauge(BatonMeter.LOOP_TIMERS, loop, statistic(LoopStatistics::timers));
        gauge(BatonMeter.LOOP_UTILIZATION, time, LoopTime::utilization);
        count(BatonMeter.COROUTINES_SPAWNED, tags, loop, statistic(LoopStatistics::started));
        count(BatonMeter.LOOP_ITERATIONS, tags, loop, statistic(LoopStatistics::iterations));
        count(BatonMeter.LOOP_TIME, tags.and("state", "busy"), time, LoopTime::busySeconds);
        count(BatonMeter.LOOP_TIME, tags.and("state", "idle"), time, LoopTime::idleSeconds);
        lag = timer(BatonMeter.LOOP_LAG, tags);
        step = timer(BatonMeter.LOOP_STEP, tags);
        for (Fiber.Outcome outcome : Fiber.Outcome.values()) {
            Tags tagged = tags.and("outcome", outcome.name().toLowerCase(Locale.ROOT));
            durations.put(outcome, timer(BatonMeter.COROUTINE_DURATION, tagged));
        }
        unretrieved = counter(BatonMeter.COROUTINES_UNRETRIEVED);
        blocked = counter(BatonMeter.LOOP_BLOCKED);
    }

    private static ToDoubleFunction<EventLoop> statistic(ToDoubleFunction<LoopStatistics> figure) {
        return loop -> figure.applyAsDouble(loop.statistics());
    }

    private <T> void gauge(BatonMeter meter, T of, ToDoubleFunction<T> figure) {
        added(Gauge.builder(meter.meterName(), of, figure)
                .description(meter.description())
                .baseUnit(meter.baseUnit())
                .tags(tags)
                .register(registry));
    }

    private <T> void count(BatonMeter meter, Tags tagged, T of, ToDoubleFunction<T> figure) {
        added(FunctionCounter.builder(meter.meterName(), of, figure)
                .description(meter.description())
                .baseUnit(meter.baseUnit())
                .tags(tagged)
                .register(registry));
    }

    private Counter counter(BatonMeter meter) {
        return added(Counter.builder(meter.meterName())
                .description(meter.description())
                .baseUnit(meter.baseUnit())
                .tags(tags)
                .register(registry));
    }

    private Timer timer(BatonMeter meter, Tags tagged) {
        return added(Timer.builder(meter.meterName())
                .description(meter.description())
                .tags(tagged)
                .serviceLevelObjectives(
                        objectives.getOrDefault(meter, List.of()).toArray(Duration[]::new))
                .register(registry));
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
        time.isBusy();
        lag.record(lagNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void stepEnded(EventLoop on, long durationNanos) {
        step.record(durationNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void stepBlocked(EventLoop on, BlockedStep slow) {
        if (slow.phase() == BlockedStep.Phase.NOTICED) {
            blocked.increment();
        }
    }

    @Override
    public void idleStarted(EventLoop on) {
        time.idleStarted();
    }

    @Override
    public void idleEnded(EventLoop on, long durationNanos) {
        time.idleEnded();
    }

    @Override
    public void fiberStarted(EventLoop on, Fiber fiber) {
        time.isBusy();
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
