package dev.baton.examples.txcoroutine;

import static dev.baton.Coroutines.await;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.loop.LoopOptions;
import dev.baton.loop.testing.VirtualClock;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;

/** The clock that an example runs on: one that jumps to what comes next, or the one on the wall. */
enum Time {
    VIRTUAL,
    REAL;

    /** In nanoseconds, which the loop counts in. */
    static final long SECOND = 1_000_000_000L;

    static Time of(String[] args) {
        return Arrays.asList(args).contains("--real") ? REAL : VIRTUAL;
    }

    /** Runs the coroutine that {@code start} starts, until it is cancelled. */
    void run(Callable<Coroutine<?>> start) {
        LoopOptions options = LoopOptions.defaults();
        try {
            Coroutines.run(this == REAL ? options : options.withClock(new VirtualClock()), () -> await(start.call()));
        } catch (CancellationException e) {
            // as planned
        }
    }
}
