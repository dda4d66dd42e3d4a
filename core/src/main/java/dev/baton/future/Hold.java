package dev.baton.future;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the outcome of a {@link Deferred} back while that is paused (row W-28). The count and the outcome change together,
 * so they have a lock, which nobody holds for long.
 */
final class Hold<T> {
    private static final AtomicInteger PAUSED = new AtomicInteger();

    private static volatile boolean used;

    private int count;
    private boolean counted; // in PAUSED
    private boolean claimed; // by the first completion, which is the one that counts
    private boolean held; // that one waits here
    private @Nullable T value;
    private @Nullable Throwable failure;

    /** {@return whether anything that is not done is paused in this JVM: most programs never pause, and pay no more} */
    static boolean anywhere() {
        return PAUSED.get() > 0;
    }

    /** {@return whether anything was ever paused in this JVM} If not, a completion need not claim anything. */
    static boolean isUsed() {
        return used;
    }

    /** The next completion of whatever future claims it first. */
    static void use() {
        used = true;
    }

    synchronized void pause(Deferred<T> future) {
        count++;
        if (!counted && !future.isDone()) {
            counted = true;
            PAUSED.incrementAndGet();
        }
    }

    synchronized void unpause(Deferred<T> future) {
        if (count == 0) {
            throw new IllegalStateException(future + " is not paused; each unpause() takes back one pause()");
        }
        if (--count == 0) {
            discount();
        }
    }

    /** The future is done: it is not paused any more, whatever the count. */
    synchronized void done() {
        discount();
    }

    private void discount() {
        if (counted) {
            counted = false;
            PAUSED.decrementAndGet();
        }
    }

    synchronized boolean isPaused() {
        return count > 0;
    }

    synchronized boolean isHeld() {
        return held;
    }

    /** Returns whether a completion that does not wait is the first. */
    synchronized boolean claim() {
        boolean first = !claimed;
        claimed = true;
        return first;
    }

    /** The one who has claimed it had not stack enough to complete it. */
    synchronized void disclaim() {
        claimed = false;
    }

    /** Returns whether a completion that is to wait here is the first. */
    synchronized boolean keep(@Nullable T value, @Nullable Throwable failure) {
        if (!claim()) {
            return false;
        }
        held = true;
        this.value = value;
        this.failure = failure;
        return true;
    }

    @Nullable
    T value() {
        return value;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }
}
