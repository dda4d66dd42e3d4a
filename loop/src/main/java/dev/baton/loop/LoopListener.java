package dev.baton.loop;

/**
 * Watches a loop: metrics and tracing hang on it. Every method does nothing unless overridden.
 *
 * <p>The methods are called by the holder of the baton, so they must be short and must not block; what one throws is
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
     * A fiber runs for the first time.
     *
     * @param loop the loop
     * @param fiber the fiber
     */
    default void fiberStarted(EventLoop loop, Fiber fiber) {}

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
     * A failure that nobody waits for was reported to the loop's exception handler.
     *
     * @param loop the loop
     * @param report what failed, and how
     * @see EventLoop#report
     */
    default void failureReported(EventLoop loop, FailureReport report) {}
}
