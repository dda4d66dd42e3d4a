package dev.baton.loop;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What {@link LoopOptions} say about being watched.
 *
 * @param slowStep the threshold of the watchdog; zero: none; null: the default, which is none on a virtual clock
 * @param underDebugger whether the watchdog looks while a debugger may hold a body
 * @param stuckAfter how long a driven loop may be idle, with fibers that wait, before the watchdog says so; zero: for ever
 * @param spawnSites whether each fiber remembers who made it
 */
record Watching(@Nullable Duration slowStep, boolean underDebugger, Duration stuckAfter, boolean spawnSites) {
    static final Watching DEFAULTS = new Watching(null, true, Duration.ofSeconds(30), false);

    private static final Duration SLOW_STEP = Duration.ofMillis(100);

    Watching withSlowStep(Duration threshold) {
        return new Watching(notNegative(threshold), underDebugger, stuckAfter, spawnSites);
    }

    Watching withoutDebugger() {
        return new Watching(slowStep, false, stuckAfter, spawnSites);
    }

    Watching withStuckAfter(Duration idle) {
        return new Watching(slowStep, underDebugger, notNegative(idle), spawnSites);
    }

    Watching withSpawnSites() {
        return new Watching(slowStep, underDebugger, stuckAfter, true);
    }

    /** {@return the threshold on such a clock; zero: nobody looks} */
    private Duration slowStepOn(LoopClock clock) {
        if (slowStep != null) {
            return slowStep;
        }
        return clock.isVirtual() ? Duration.ZERO : SLOW_STEP;
    }

    /** {@return what the watchdog is to know of a new loop, or null if it need not look at it} */
    @Nullable
    StepWatch watch(EventLoop loop, LoopClock clock) {
        Duration threshold = slowStepOn(clock);
        Duration idle = clock.isVirtual() ? Duration.ZERO : stuckAfter; // a virtual one finds out for itself
        boolean idles = threshold.isZero() && idle.isZero();
        return idles || (!underDebugger && Debugger.isThere()) ? null : new StepWatch(loop, threshold, idle);
    }

    private static Duration notNegative(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("a time to wait cannot be negative: " + duration);
        }
        return duration;
    }
}
