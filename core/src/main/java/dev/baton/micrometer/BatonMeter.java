package dev.baton.micrometer;

import io.micrometer.core.instrument.Meter;
import org.jspecify.annotations.Nullable;

/**
 * Every meter that {@link CoroutineMetrics} registers.
 *
 * <p>A base unit that would only repeat the last word of the name is left out: Prometheus, where it becomes part of the
 * name, would say {@code baton_coroutines_active_coroutines}.
 */
public enum BatonMeter {
    /** {@code baton.coroutines.active}. */
    COROUTINES_ACTIVE(
            "baton.coroutines.active", Meter.Type.GAUGE, null, "Coroutines that have started and have not ended"),
    /** {@code baton.coroutines.suspended}. */
    COROUTINES_SUSPENDED("baton.coroutines.suspended", Meter.Type.GAUGE, null, "Coroutines that wait for something"),
    /** {@code baton.coroutines.spawned}. */
    COROUTINES_SPAWNED("baton.coroutines.spawned", Meter.Type.COUNTER, null, "Coroutines that were started"),
    /** {@code baton.coroutines.unretrieved}. */
    COROUTINES_UNRETRIEVED(
            "baton.coroutines.unretrieved", Meter.Type.COUNTER, "failures", "Failures that nobody retrieved"),
    /** {@code baton.coroutine.duration}. */
    COROUTINE_DURATION(
            "baton.coroutine.duration",
            Meter.Type.TIMER,
            "seconds",
            "From the start of a coroutine to its end",
            "outcome"),
    /** {@code baton.loop.iterations}. */
    LOOP_ITERATIONS("baton.loop.iterations", Meter.Type.COUNTER, "iterations", "Iterations of the loop"),
    /** {@code baton.loop.ready}. */
    LOOP_READY("baton.loop.ready", Meter.Type.GAUGE, "tasks", "Callbacks and coroutines that could run now"),
    /** {@code baton.loop.timers}. */
    LOOP_TIMERS("baton.loop.timers", Meter.Type.GAUGE, "timers", "Timers that are scheduled"),
    /** {@code baton.loop.lag}. */
    LOOP_LAG("baton.loop.lag", Meter.Type.TIMER, "seconds", "From being ready, or due, to running"),
    /** {@code baton.loop.step}. */
    LOOP_STEP("baton.loop.step", Meter.Type.TIMER, "seconds", "One hold of the baton"),
    /** {@code baton.loop.blocked}. */
    LOOP_BLOCKED(
            "baton.loop.blocked",
            Meter.Type.COUNTER,
            "steps",
            "Holds of the baton that the watchdog found longer than its threshold"),
    /** {@code baton.loop.time}. */
    LOOP_TIME(
            "baton.loop.time",
            Meter.Type.COUNTER,
            "seconds",
            "Time in which the loop ran something, and in which it waited",
            "state"),
    /** {@code baton.loop.utilization}. */
    LOOP_UTILIZATION(
            "baton.loop.utilization",
            Meter.Type.GAUGE,
            "ratio",
            "Part of the last ten to twenty seconds in which the loop ran something, from 0 to 1");

    private final String meterName;
    private final Meter.Type type;
    private final @Nullable String baseUnit;
    private final String description;
    private final @Nullable String tag;

    BatonMeter(String meterName, Meter.Type type, @Nullable String baseUnit, String description) {
        this(meterName, type, baseUnit, description, null);
    }

    BatonMeter(String meterName, Meter.Type type, @Nullable String baseUnit, String description, @Nullable String tag) {
        this.meterName = meterName;
        this.type = type;
        this.baseUnit = baseUnit;
        this.description = description;
        this.tag = tag;
    }

    /** {@return the name of the meter, with dots} */
    public String meterName() {
        return meterName;
    }

    /** {@return the type} */
    public Meter.Type type() {
        return type;
    }

    /** {@return the base unit, or null if the name says it} */
    public @Nullable String baseUnit() {
        return baseUnit;
    }

    /** {@return what it says, for people} */
    public String description() {
        return description;
    }

    /** {@return the key of the tag that it has beside {@code loop} and {@code handoff}, or null} */
    public @Nullable String tag() {
        return tag;
    }
}
