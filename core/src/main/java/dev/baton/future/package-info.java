/**
 * Futures that coroutines wait for, and functions from futures to futures.
 *
 * <p>{@link dev.baton.future.Deferred} is a {@link java.util.concurrent.CompletableFuture} that can be cancelled with
 * effect, tells its waiters in the order in which they came, and makes sure that its failure reaches somebody.
 *
 * <h2>When a combinator is done</h2>
 *
 * {@link dev.baton.future.Futures#multi multi}, {@link dev.baton.future.Futures#gather gather},
 * {@link dev.baton.future.Futures#withTimeout withTimeout} and their kind complete together with the input that decides,
 * in the same iteration and on the thread that completes it; so an await costs one iteration, however many futures lie
 * between. On inputs that are done already, the result is done when the function returns.
 *
 * <h2>Failures that nobody asked for</h2>
 *
 * The failure of a {@code Deferred} counts as retrieved when somebody awaits it, asks for it ({@code get}, {@code join},
 * {@code resultNow}, {@code exceptionNow}), gives it a dependent stage or passes it to a combinator. One that is not
 * retrieved is reported once to the exception handler of the loop on which the {@code Deferred} was made: when it is
 * garbage-collected, or when the loop closes. A cancellation is never reported. {@code CompletableFuture.allOf} and
 * {@code anyOf} of a future that has failed already read it behind its back, so that does not count.
 *
 * <p>A null argument, or a null among the elements of a collection, is a {@link java.lang.NullPointerException} at the
 * call.
 */
@NullMarked
package dev.baton.future;

import org.jspecify.annotations.NullMarked;
