/**
 * The event loop, and the one primitive that coroutines are made of: a virtual thread that a loop can start, that can
 * suspend itself, and that anyone can make ready again.
 *
 * <h2>One owner</h2>
 *
 * A loop has one <em>baton</em>. The thread that holds it, and no other, runs callbacks, timers or the body of a
 * {@link dev.baton.loop.Fiber}. The baton changes hands only where the holder gives it up: a fiber suspends or ends, a
 * callback returns. A holder that blocks keeps the baton, and the loop stands still meanwhile.
 *
 * <h2>One iteration</h2>
 *
 * <ol>
 *   <li>What other threads have submitted joins the ready queue, in the order of submission.
 *   <li>The callbacks and fibers that are ready now are counted, and the timers that are due now are set aside.
 *   <li>Exactly so many callbacks and fibers run, first in, first out.
 *   <li>The timers that were set aside run: earlier deadline first, equal deadlines in the order of scheduling.
 * </ol>
 *
 * Whatever these make ready runs in the next iteration. A loop with nothing to run waits, and waiting is not an
 * iteration.
 *
 * <h2>Memory consistency effects</h2>
 *
 * Everything that a thread did while it held the baton <i>happens-before</i> everything that the next holder does. What
 * a thread did before {@link dev.baton.loop.EventLoop#execute}, {@link dev.baton.loop.EventLoop#schedule} or
 * {@link dev.baton.loop.Fiber#resume()} <i>happens-before</i> the run of the callback, or the continuation of the fiber.
 *
 * <h2>General rules</h2>
 *
 * A null argument is a {@link java.lang.NullPointerException} unless the parameter says otherwise. Times enter as
 * {@link java.time.Duration}; a {@code long} that is a time is in nanoseconds on the scale of
 * {@link dev.baton.loop.EventLoop#nanoTime()}, and such times are compared by their difference.
 */
@NullMarked
package dev.baton.loop;

import org.jspecify.annotations.NullMarked;
