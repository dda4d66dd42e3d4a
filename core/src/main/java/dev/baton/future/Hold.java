package dev.baton.future;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the outcome of a {@link Deferred} back while that is paused (row W-28). The count and the outcome change together,
 * so they have a lock, which is held for a few instructions. A future that was never paused has no lock:
 *
 * <pre>
 *     null ──first completion──▶ claimed() ──pause──▶ a Hold that is claimed
 *     null ──pause──▶ a Hold ──first completion──▶ claimed, or claimed and held
 * </pre>
 */
final class Hold<T> {
    private static final Hold<Object> CLAIMED = new Hold<>(true);

    private int count;
    private boolean claimed; // by the first completion, which is the one that counts
    private boolean held; // that one waits here
    private @Nullable T value;
    private @Nullable Throwable failure;

    Hold(boolean claimed) {
        this.claimed = claimed;
    }

    /** {@return what a future has that was completed, and never paused} It is one object for all, and only compared. */
    @SuppressWarnings("unchecked") // it has no value
    static <T> Hold<T> claimed() {
        return (Hold<T>) CLAIMED;
    }

    synchronized void pause() {
        count++;
    }

    synchronized void unpause(Deferred<?> future) {
        if (count == 0) {
            throw new IllegalStateException(future + " is not paused; each unpause() takes back one pause()");
        }
        count--;
    }

    synchronized boolean isPaused() {
        return count > 0;
    }

    synchronized boolean isHeld() {
        return held;
    }

    /** {@return whether the first completion is under way: it has claimed, and does not wait here} */
    synchronized boolean isClaimed() {
        return claimed && !held;
    }

    /** Returns whether a completion that does not wait is the first. */
    synchronized boolean claim() {
        boolean first = !claimed;
        claimed = true;
        return first;
    }

    /** The completion that has claimed had not enough stack to complete the future. */
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
