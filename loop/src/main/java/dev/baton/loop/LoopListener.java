package dev.baton.loop;

/**
 * Watches a loop: metrics and tracing hang on it. Every method does nothing unless overridden.
 *
 * <p>The methods, but for {@link #stepBlocked}, are called by the holder of the baton, so they must be short and must not block; what one throws is
 * reported and has no other effect. A loop that nobody watches reads no clock and pays one null check for each hook.
 *
 * @see EventLoop#addListener
 */
public interface LoopListener {

    /**
     * An iteration begins.
     *
     * @param loop the loop
     * @param iteration its number
     */
    default void iterationStarted(EventLoop loop, long iteration) {}

    /**
     * A callback, a timer or a fiber gets the baton.
     *
     * @param loop the loop
     * @param lagNanos how long it was ready before, in nanoseconds; for a timer since its deadline
     */
    default void stepStarted(EventLoop loop, long lagNanos) {}

    /**
     * A callback, a timer or a fiber gives the baton up.
     *
     * @param loop the loop
     * @param durationNanos how long it held the baton, in nanoseconds
     */
    default void stepEnded(EventLoop loop, long durationNanos) {}

    /**
     * From now on the loop waits, because nothing is ready; or nobody drives it any more.
     *
     * @param loop the loop
     */
    default void idleStarted(EventLoop loop) {}

    /**
     * The loop goes on.
     *
     * @param loop the loop
     * @param durationNanos how long it was idle while somebody listened, in nanoseconds on its clock
     */
    default void idleEnded(EventLoop loop, long durationNanos) {}

    /**
     * A fiber runs for the first time.
     *
     * @param loop the loop
     * @param fiber the fiber
     */
    default void fiberStarted(EventLoop loop, Fiber fiber) {}

    /**
     * A fiber gives the baton up, and waits for something, or for its next turn. It is on its own thread still.
     *
     * @param loop the loop
     * @param fiber the fiber
     */
    default void fiberSuspended(EventLoop loop, Fiber fiber) {}

    /**
     * A fiber that was suspended is about to go on. Called on the thread of the one before it.
     *
     * @param loop the loop
     * @param fiber the fiber
     */
    default void fiberResumed(EventLoop loop, Fiber fiber) {}

    /**
     * A fiber has ended.
     *
     * @param loop the loop
     * @param fiber the fiber
     * @param outcome how it ended
     * @param durationNanos the time since it was started, in nanoseconds; zero if nobody listened then
     */
    default void fiberEnded(EventLoop loop, Fiber fiber, Fiber.Outcome outcome, long durationNanos) {}

    /**
     * A step lasts longer than the loop's {@linkplain LoopOptions#withSlowStepThreshold threshold}; again, at ten times the
     * threshold; and again when it is over. Called by the watchdog's thread, because the holder of the baton is what
     * blocks.
     *
     * @param loop the loop
     * @param step who blocks it, for how long, and where
     */
    default void stepBlocked(EventLoop loop, BlockedStep step) {}

    /**
     * A failure that nobody waits for was reported to the loop's exception handler.
     *
     * @param loop the loop
     * @param report what failed, and how
     * @see EventLoop#report
     */
    default void failureReported(EventLoop loop, FailureReport report) {}
}
