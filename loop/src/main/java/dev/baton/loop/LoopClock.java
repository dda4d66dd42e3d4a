package dev.baton.loop;

/**
 * Where a loop reads the time: the one seam that tests replace.
 *
 * <p>A wall clock implements {@link #nanoTime()} alone. A virtual clock stands still until its loop, having nothing
 * ready, moves it to the next deadline.
 *
 * @see dev.baton.loop.testing.VirtualClock
 */
public interface LoopClock {

    /** {@return the time in nanoseconds since an arbitrary origin; never goes back} May be called from any thread. */
    long nanoTime();

    /** {@return whether {@link #advanceTo} moves this clock, so that nobody has to wait for a deadline} */
    default boolean isVirtual() {
        return false;
    }

    /**
     * Moves a virtual clock forward; a time that has passed leaves it where it is. Called by the loop when nothing is
     * ready.
     *
     * @param deadlineNanos the time of the next deadline
     * @throws UnsupportedOperationException if this clock is not virtual
     */
    default void advanceTo(long deadlineNanos) {
        throw new UnsupportedOperationException(this + " cannot be moved");
    }

    /**
     * Tells the clock which loop it serves. Called once, while the loop is created.
     *
     * @param loop the new loop
     * @throws IllegalStateException if this clock cannot serve it beside the loop that it serves already
     */
    default void attach(EventLoop loop) {}

    /**
     * Tells the clock that a loop is closed.
     *
     * @param loop the loop that it served
     */
    default void detach(EventLoop loop) {}

    /** {@return the clock of {@link System#nanoTime()}} */
    static LoopClock system() {
        return SystemClock.INSTANCE;
    }
}

enum SystemClock implements LoopClock {
    INSTANCE;

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
