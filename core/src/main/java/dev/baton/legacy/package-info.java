/**
 * The callback side of tornado.gen up to 4.5, for code that comes from there: {@link dev.baton.legacy.Engine engines},
 * {@link dev.baton.legacy.Callback Callback} and {@link dev.baton.legacy.Wait Wait}, the
 * {@link dev.baton.legacy.YieldPoint} protocol and {@link dev.baton.legacy.StackContext}. New code has no need of it,
 * and nothing else in Baton uses it.
 *
 * {@snippet :
 * Engine.engine(() -> {
 *     ResultCallback callback = (ResultCallback) await(new Callback("answer"));
 *     client.fetch(url, callback); // calls it, on any thread
 *     Object answer = await(new Wait("answer"));
 * });
 * }
 *
 * <p>A {@code YieldPoint} is awaited with {@link dev.baton.Coroutines#await(Object)}, by itself or in collections and
 * maps, and {@link dev.baton.future.Futures#multi(Iterable, Class[]) multi} takes it beside futures. All of this is for
 * the holder of a loop's baton, unless it is said otherwise.
 *
 * <h2>Contexts</h2>
 *
 * Code that runs in a {@link dev.baton.legacy.StackContext} or {@link dev.baton.legacy.ExceptionStackContext} takes it
 * along to whatever it starts on its loop: coroutines, {@code execute}, {@code schedule} and {@code whenDone}. Each of
 * these runs in the contexts of the place where it was started, and in no others. On a thread that holds no baton,
 * nothing is ever taken along but by {@link dev.baton.legacy.StackContext#wrap wrap}, and nothing is entered but by
 * what {@code wrap} has returned: {@code blocking} work runs in none. What such a thread has entered
 * before it drives a loop is not seen by that loop's callbacks. What is started on another loop takes the contexts
 * along only if that loop has entered one itself.
 *
 * <p>A coroutine enters the contexts of its {@code spawn} once, on its own thread, and leaves them when it ends; so a
 * context must set something that belongs to the thread (a thread-local), not to the program. What a coroutine enters
 * itself is its own, and it may await inside (row S-06: an error in Tornado). A failure of its body goes to those who
 * await it, and passes the contexts by; that of an {@link dev.baton.legacy.Engine}, or of a coroutine with a callback,
 * which nobody awaits, goes to the handler in whose context it was started: an
 * engine's in the step in which it fails, as in Tornado.
 *
 * <h2>What differs from Tornado</h2>
 *
 * <ul>
 *   <li>Y-02: the first YieldPoint of a coroutine costs no iteration of its own.
 *   <li>Y-07: a coroutine that ends with outstanding callbacks fails with
 *       {@link dev.baton.legacy.LeakedCallbackException}; in Tornado, those who awaited it waited for ever.
 *   <li>Y-08: {@link dev.baton.legacy.MultiYieldPoint} makes no context of its own.
 *   <li>Y-10: what a callback throws that a coroutine has scheduled is not thrown into the coroutine. It goes to the
 *       context's handler, or to the loop's.
 *   <li>A YieldPoint that {@link dev.baton.legacy.Run#setResult} has made ready resumes its coroutine in the next
 *       iteration, as a future does, and not inside the call.
 *   <li>A result for a key that is not outstanding is dropped, and not kept for the next callback with that key.
 *   <li>A {@link dev.baton.legacy.Return} passes the handlers by, because it is no failure.
 * </ul>
 *
 * <p>Source: tornado.gen and tornado.stack_context (4.5.3; rows E-01 to E-04, Y-01 to Y-10, S-01 to S-10).
 */
@NullMarked
package dev.baton.legacy;

import org.jspecify.annotations.NullMarked;
