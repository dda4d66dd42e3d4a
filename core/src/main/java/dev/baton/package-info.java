/**
 * Coroutines: plain lambdas on virtual threads, one at a time on an event loop.
 *
 * <p>Between two awaits nobody else runs. So state that only the coroutines of one loop touch needs no lock, and can
 * change under a coroutine's feet only where that coroutine calls {@code await}, {@code moment}, {@code sleep} or
 * {@code blocking}.
 *
 * {@snippet :
 * int total = Coroutines.run(() -> {
 *     Map<String, Integer> sizes = new HashMap<>(); // shared, without a lock
 *     Coroutine<?> a = Coroutines.spawn(() -> { sizes.put("a", Coroutines.await(fetch("a"))); });
 *     Coroutine<?> b = Coroutines.spawn(() -> { sizes.put("b", Coroutines.await(fetch("b"))); });
 *     Coroutines.await(List.of(a, b));
 *     return sizes.get("a") + sizes.get("b");
 * });
 * }
 *
 * <h2>What a step costs, in iterations</h2>
 *
 * <ul>
 *   <li>{@code spawn} runs the body at once, up to its first pending await; {@code spawnLater}, in the next iteration.
 *   <li>An await of something that is done costs none: the coroutine goes on. Of something pending, exactly one, after it
 *       is done; so a result that passes through n coroutines takes n.
 *   <li>{@code moment()} costs exactly one.
 * </ul>
 *
 * What an iteration is, the package {@link dev.baton.loop} says.
 *
 * <h2>Cancellation</h2>
 *
 * {@link dev.baton.Coroutine#cancel()} is a request. It goes down the chain of awaits to what is waited for at the end,
 * cancels that, and comes back up as a {@link java.util.concurrent.CancellationException} at each await, which the body may
 * catch. It is delivered once; awaiting in a {@code finally} block afterwards is allowed. A body that ends with the
 * exception is cancelled; one that swallows it and returns is not. An interrupt of a coroutine's thread is a request to
 * cancel it.
 *
 * <h2>Pausing</h2>
 *
 * {@link dev.baton.Coroutine#pause()} keeps a coroutine, and whatever it awaits, from going on until it is unpaused. Timers
 * and requests under way are not stopped; what they bring is remembered.
 *
 * <h2>Failures</h2>
 *
 * What a body throws reaches whoever awaits the coroutine as the same Throwable, not wrapped, checked or not. One that
 * nobody retrieves is reported once ({@link dev.baton.future}). Its stack trace says where it was thrown; a suppressed entry
 * says where it came out of an await, in one coroutine after the other.
 *
 * <h2>Context</h2>
 *
 * What the {@link dev.baton.loop.ContextCapture} of a loop captures where a coroutine is spawned, such as a thread-local of
 * the application, surrounds its body. {@link dev.baton.context} has one for the thread-locals that Micrometer's
 * context-propagation knows: the MDC of SLF4J, the current Observation.
 *
 * <h2>Memory consistency effects</h2>
 *
 * What a coroutine did before an await <i>happens-before</i> everything that runs on its loop afterwards. What any thread
 * did before it completed a future <i>happens-before</i> what the coroutine does that awaited it.
 *
 * <h2>Threads</h2>
 *
 * Each coroutine has a virtual thread of its own for life, so its thread-locals stay with it across awaits, and belong to
 * it alone. A coroutine that blocks its thread (a lock, a socket, {@code Thread.sleep}) stops its loop:
 * {@link dev.baton.Coroutines#blocking} is how to wait for such work. On JDK 21 to 23 an await inside {@code synchronized}
 * pins a carrier thread ({@link dev.baton.loop.Handoff} says what becomes of that); and on any JDK, a lock held across an
 * await can block the loop for ever, because the coroutine that would release it cannot run.
 *
 * <p>A coroutine's thread is known by its uncaught-exception handler; a body that sets another one is no coroutine any more.
 */
@NullMarked
package dev.baton;

import org.jspecify.annotations.NullMarked;
