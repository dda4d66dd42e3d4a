package dev.baton.loop;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A callback, a timer or a fiber that holds the baton for too long, so that nobody else of its loop can run.
 *
 * @param phase at which point the watchdog tells it
 * @param name the fiber, the callback or the timer, for people
 * @param fiber the fiber, or null if it is a callback or a timer
 * @param held for how long it has held the baton, at least, on the wall clock; pauses of the whole JVM do not count
 * @param stack where it is at this moment, newest call first; empty when it is over
 */
public record BlockedStep(
        Phase phase, String name, @Nullable Fiber fiber, Duration held, List<StackTraceElement> stack) {

    /** At which point of the block the watchdog tells it; the first two come while it lasts. */
    public enum Phase {
        /** The step has lasted for the threshold. */
        NOTICED,
        /** The step has lasted for ten times the threshold. */
        STILL,
        /** It has given the baton up. */
        OVER
    }
}
