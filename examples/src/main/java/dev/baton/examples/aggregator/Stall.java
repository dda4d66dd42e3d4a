package dev.baton.examples.aggregator;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A mistake, made on purpose and once: one request blocks, and with it the whole loop. Right would be
 * {@code Coroutines.blocking}, or {@code Coroutines.sleep}.
 */
final class Stall {
    /** Which request it is: late enough that others are under way. */
    static final int REQUEST = 12;

    private final @Nullable Duration duration;
    private int requests;

    private Stall(@Nullable Duration duration) {
        this.duration = duration;
    }

    static Stall none() {
        return new Stall(null);
    }

    static Stall of(Duration duration) {
        return new Stall(duration);
    }

    /** Blocks if it is the request that is meant. */
    void perhaps() {
        if (++requests == REQUEST && duration != null) {
            try {
                Thread.sleep(duration);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
