package dev.baton.future;

import dev.baton.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Functions from futures to futures. They start and suspend nothing by themselves; {@code Coroutines.await} waits for
 * what they return.
 *
 * <p>The functions that need a clock ({@link #after}, {@link #withTimeout}) or report to a loop's exception handler belong
 * to the loop whose baton the caller holds.
 */
public final class Futures {
    private Futures() {}

    /**
     * Waits for all stages, even when some fail, and gives their values in the order of the collection. If any failed,
     * the result fails with the failure that is first in that order, however late it came; each further failure goes to
     * the loop's exception handler. A stage that occurs twice counts once, and its value stands at both places.
     *
     * <p>Cancelling the result does not cancel the stages.
     *
     * <p>Source: tornado.gen.multi (rows U-02 to U-08).
     *
     * @param stages what to wait for; none makes a result that is done, with an empty list
     * @param quiet further failures of these types are not reported
     * @param <T> the type of the values
     * @return the values, in a list of the caller's own
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public static <T> Deferred<List<T>> multi(
            Collection<? extends CompletionStage<? extends T>> stages, Class<? extends Throwable>... quiet) {
        return new Multi<T, List<T>>(stages, ArrayList::new, Quiet.of(quiet)).result();
    }

    /**
     * Waits for all values of a map as {@link #multi(Collection, Class...)} does for a collection, and gives a map with
     * the same keys in the same order.
     *
     * @param stages what to wait for
     * @param quiet further failures of these types are not reported
     * @param <K> the type of the keys
     * @param <T> the type of the values
     * @return the values, in a map of the caller's own
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public static <K, T> Deferred<Map<K, T>> multi(
            Map<K, ? extends CompletionStage<? extends T>> stages, Class<? extends Throwable>... quiet) {
        List<K> keys = new ArrayList<>(Objects.requireNonNull(stages, "stages").keySet());
        return new Multi<T, Map<K, T>>(stages.values(), values -> zip(keys, values), Quiet.of(quiet)).result();
    }

    /**
     * Waits for everything in a mixed bag, as {@link #multi(Collection, Class...)} does for stages: each element may be
     * whatever {@link #convert} takes.
     *
     * @param yieldables what to wait for
     * @param quiet further failures of these types are not reported
     * @return the values, in a list of the caller's own
     * @throws BadYieldException if there is an element that cannot be waited for
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public static Deferred<List<@Nullable Object>> multi(Iterable<?> yieldables, Class<? extends Throwable>... quiet) {
        List<CompletionStage<?>> stages = new ArrayList<>();
        Objects.requireNonNull(yieldables, "yieldables").forEach(each -> stages.add(convertElement(each)));
        return multi(stages, quiet);
    }

    private static <K, T> Map<K, T> zip(List<K> keys, List<T> values) {
        Map<K, T> map = LinkedHashMap.newLinkedHashMap(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            map.put(keys.get(i), values.get(i));
        }
        return map;
    }

    /**
     * Waits for all stages, and gives their values in the order of the arguments. As soon as one fails, the result fails
     * with that failure; the others go on, and their failures count as retrieved. A stage that occurs twice counts once.
     *
     * <p>Cancelling the result cancels every stage that is not done; the result is done when one of them is.
     *
     * <p>Source: asyncio.gather (rows ).
     *
     * @param stages what to wait for; none makes a result that is done, with an empty list
     * @param <T> the type of the values
     * @return the values, in a list of the caller's own
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public static <T> Deferred<List<T>> gather(CompletionStage<? extends T>... stages) {
        return gather(List.of(stages));
    }

    /**
     * The same as {@link #gather(CompletionStage...)}, for a collection.
     *
     * @param stages what to wait for
     * @param <T> the type of the values
     * @return the values, in a list of the caller's own
     */
    public static <T> Deferred<List<T>> gather(Collection<? extends CompletionStage<? extends T>> stages) {
        return Gather.values(stages);
    }

    /**
     * Waits for all stages, and gives the outcome of each, failures and cancellations too, in the order of the collection. A
     * stage that occurs twice counts once.
     *
     * <p>Cancelling the result cancels every stage that is not done; when all are, the result is cancelled.
     *
     * <p>Source: asyncio.gather with {@code return_exceptions} (row A-26), DeferredList (row W-32).
     *
     * @param stages what to wait for; none makes a result that is done, with an empty list
     * @param <T> the type of the values
     * @return the outcomes, in a list of the caller's own
     */
    public static <T> Deferred<List<Outcome<T>>> gatherOutcomes(
            Collection<? extends CompletionStage<? extends T>> stages) {
        return Gather.outcomes(stages);
    }

    /**
     * Waits until one stage, or all of them, are done, and says which are. Neither fails with a stage nor cancels any.
     *
     * <p>Cancelling the result leaves the stages alone.
     *
     * <p>Source: asyncio.wait (rows ). What is done is looked up one hop after the stage that decided, so it may
     * be more than one; also when stages are done at the call.
     *
     * @param stages what to wait for; one that occurs twice counts once
     * @param when what to wait for
     * @param <T> the type of the values; a supertype of all if they differ
     * @return which stages are done and which are not
     * @throws IllegalArgumentException if there is no stage
     * @throws IllegalStateException if the calling thread does not hold the baton of a loop
     */
    public static <T> Deferred<WaitResult<T>> waitUntil(
            Collection<? extends CompletionStage<? extends T>> stages, ReturnWhen when) {
        return new WaitUntil<>(EventLoop.current(), stages, when).start();
    }

    /**
     * The same as {@link #waitUntil(Collection, ReturnWhen)}, but not for longer than the timeout: then the result says
     * what is done by then. It never fails with a timeout.
     *
     * @param stages what to wait for; one that occurs twice counts once
     * @param when what to wait for
     * @param timeout how long to wait; zero or negative, until the timers of the next iteration
     * @param <T> the type of the values; a supertype of all if they differ
     * @return which stages are done and which are not
     * @throws IllegalArgumentException if there is no stage
     * @throws IllegalStateException if the calling thread does not hold the baton of a loop
     */
    public static <T> Deferred<WaitResult<T>> waitUntil(
            Collection<? extends CompletionStage<? extends T>> stages, ReturnWhen when, Duration timeout) {
        return new WaitUntil<>(EventLoop.current(), stages, when).start(timeout);
    }

    /**
     * Futures for the outcomes of the stages in the order in which they come: the first future has the first outcome, the
     * second one the second, in whatever order they are awaited.
     *
     * {@snippet :
     * for (Deferred<Page> next : Futures.asCompleted(fetches)) {
     *     show(await(next));
     * }
     * }
     *
     * <p>Cancelling a future leaves the stages alone; the next one gets the outcome.
     *
     * <p>Source: asyncio.as_completed (row A-44).
     *
     * @param stages what to wait for; one that occurs twice counts once
     * @param <T> the type of the values; a supertype of all if they differ
     * @return as many futures as there are different stages, the same ones in every iteration
     */
    public static <T> Iterable<Deferred<T>> asCompleted(Collection<? extends CompletionStage<? extends T>> stages) {
        return new AsCompleted<T>(stages, null);
    }

    /**
     * The same as {@link #asCompleted(Collection)}, but the futures whose outcome has not come in time fail with
     * {@link AwaitTimeoutException}. The stages are not cancelled.
     *
     * <p>Source: asyncio.as_completed (row A-45).
     *
     * @param stages what to wait for; one that occurs twice counts once
     * @param timeout how long to wait for all of them, from the first {@code iterator()} on
     * @param <T> the type of the values; a supertype of all if they differ
     * @return as many futures as there are different stages; to iterate takes the baton of a loop
     */
    public static <T> Iterable<Deferred<T>> asCompleted(
            Collection<? extends CompletionStage<? extends T>> stages, Duration timeout) {
        return new AsCompleted<T>(stages, Objects.requireNonNull(timeout, "timeout"));
    }

    /**
     * Protects a stage from being cancelled by who waits for it: the result has the stage's outcome, and to cancel it, or a
     * coroutine that awaits it, leaves the stage alone.
     *
     * {@snippet :
     * await(Futures.shield(commit)); // cancelled, this coroutine hears of it at once, and the commit goes on
     * }
     *
     * <p>If the result was cancelled, a later failure of the stage is its own affair, as if nobody had asked for it.
     *
     * <p>Source: asyncio.shield (rows ).
     *
     * @param stage the stage
     * @param <T> the type of the value
     * @return the stage itself if it is done, else a future for its outcome
     */
    public static <T> CompletableFuture<T> shield(CompletionStage<T> stage) {
        return Shield.of(stage);
    }

    /**
     * Waits for the stage, but not for longer than the timeout: then the result fails with {@link AwaitTimeoutException}.
     * The stage itself is never cancelled, because others may wait for it; if it fails later, that goes to the loop's
     * exception handler. A stage that is done already wins over any timeout.
     *
     * <p>Source: tornado.gen.with_timeout (rows U-09 to U-12).
     *
     * @param timeout how long to wait; zero or negative, until the timers of the next iteration
     * @param stage what to wait for
     * @param quiet late failures of these types are not reported
     * @param <T> the type of the value
     * @return the outcome of the stage, or the timeout
     * @throws IllegalStateException if the calling thread does not hold the baton of a loop
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public static <T> Deferred<T> withTimeout(
            Duration timeout, CompletionStage<T> stage, Class<? extends Throwable>... quiet) {
        Objects.requireNonNull(timeout, "timeout");
        return new Timeout<>(EventLoop.current(), stage, Quiet.of(quiet)).start(timeout);
    }

    /**
     * Waits for the stage, but not for longer than the timeout: then the stage is cancelled, and when it has come to its
     * end, the result fails with {@link AwaitTimeoutException}. If the stage does not obey, its own outcome is the result.
     * A stage that is done already wins over any timeout. Cancelling the result cancels the stage.
     *
     * <p>Source: asyncio.wait_for (3.12; row A-56).
     *
     * @param timeout how long to wait; zero or negative, not at all
     * @param stage what to wait for; nobody else should
     * @param <T> the type of the value
     * @return the outcome of the stage, or the timeout
     * @throws IllegalStateException if the calling thread does not hold the baton of a loop
     */
    public static <T> Deferred<T> waitFor(Duration timeout, CompletionStage<T> stage) {
        Objects.requireNonNull(timeout, "timeout");
        return new WaitFor<T>(EventLoop.current(), timeout, stage, null).start();
    }

    /**
     * A future that is done after a delay, which begins now. Cancelling it takes its timer away.
     *
     * <p>Source: tornado.gen.sleep (row U-14): the iteration of the timer, and one more for who awaits it.
     *
     * @param delay how long to wait; a negative delay is zero
     * @return the future
     * @throws IllegalStateException if the calling thread does not hold the baton of a loop
     */
    @SuppressWarnings("NullAway") // null is the value of a Void
    public static Deferred<@Nullable Void> after(Duration delay) {
        return new After<>(EventLoop.current(), delay, null);
    }

    /**
     * A future that has a value after a delay, which begins now. Cancelling it takes its timer away.
     *
     * <p>Source: asyncio.sleep(delay, result).
     *
     * @param delay how long to wait; a negative delay is zero
     * @param value what it will have
     * @param <T> the type of the value
     * @return the future
     * @throws IllegalStateException if the calling thread does not hold the baton of a loop
     */
    public static <T extends @Nullable Object> Deferred<T> after(Duration delay, T value) {
        return new After<>(EventLoop.current(), delay, value);
    }

    /**
     * Turns a function that calls back into a future. The function is called at once, with the callback to call, from any
     * thread; only its first call counts. What the function throws goes to the future.
     *
     * <p>Source: tornado.gen.Task (row U-21).
     *
     * @param function gets the callback
     * @param <T> the type of the value
     * @return what the callback was called with
     */
    public static <T> Deferred<T> fromCallback(Consumer<Consumer<? super T>> function) {
        Deferred<T> result = new Deferred<>();
        try {
            function.accept(result::complete);
        } catch (Throwable failure) {
            result.completeExceptionally(failure);
        }
        return result;
    }

    /**
     * Runs blocking work on a (virtual) thread of its own, off the loop, in the {@linkplain dev.baton.loop.ContextCapture
     * context} of the caller. Cancelling the future interrupts that thread. While the work runs, a virtual clock stands
     * still.
     *
     * <p>Source: asyncio.to_thread; tornado.concurrent.run_on_executor (row F-09).
     *
     * @param work what to run
     * @param <T> the type of its value
     * @return its outcome
     * @throws IllegalStateException if the calling thread does not hold the baton of a loop
     */
    public static <T> Deferred<T> blocking(Callable<? extends T> work) {
        return new Blocking<T>(EventLoop.current()).start(Objects.requireNonNull(work, "work"));
    }

    /**
     * {@return the object if it is a stage, else a done future that has it}
     *
     * <p>Source: tornado.gen.maybe_future (row U-24).
     *
     * @param value anything, or null
     */
    public static CompletableFuture<?> maybe(@Nullable Object value) {
        return value instanceof CompletionStage<?> stage ? future(stage) : CompletableFuture.completedFuture(value);
    }

    /**
     * Makes a future of anything that can be awaited: a stage is itself; a {@link Future} is waited for off the loop; the
     * elements of a collection, or the values of a map, are converted and waited for together; null is done in the next
     * iteration; the rest is the business of the {@link YieldConverters}.
     *
     * <p>Source: tornado.gen.convert_yielded (row U-23).
     *
     * @param yieldable what to convert
     * @return a future for it
     * @throws BadYieldException if there is no converter for its type
     * @throws IllegalStateException if it takes a loop, and the calling thread does not hold the baton of one
     */
    public static CompletableFuture<?> convert(@Nullable Object yieldable) {
        return switch (yieldable) {
            case null -> nextIteration();
            case CompletionStage<?> stage -> future(stage);
            case Future<?> future -> Blocking.result(EventLoop.current(), future);
            case Collection<?> elements ->
                multi(elements.stream().map(Futures::convertElement).toList());
            case Map<?, ?> map -> {
                Map<Object, CompletionStage<?>> stages = LinkedHashMap.newLinkedHashMap(map.size());
                map.forEach((key, value) -> stages.put(key, convertElement(value)));
                yield multi(stages);
            }
            default -> {
                CompletionStage<?> stage = YieldConverters.convert(yieldable);
                if (stage == null) {
                    throw new BadYieldException(yieldable);
                }
                yield future(stage);
            }
        };
    }

    private static CompletableFuture<?> convertElement(@Nullable Object element) {
        return convert(Objects.requireNonNull(element, "a null cannot be awaited as an element; use moment()"));
    }

    private static Deferred<?> nextIteration() {
        Deferred<@Nullable Void> done = new Deferred<>();
        EventLoop.current().executeWithoutContext(() -> done.complete(null));
        return done;
    }

    /**
     * Asks a stage to be cancelled, in the way of its type: a {@link Deferred} with the message, another future with
     * {@code cancel(true)}. May be called from any thread.
     *
     * @param stage the stage
     * @param message why, or null
     * @return whether the stage took the request; false if it is done, or of a kind that cannot be cancelled
     */
    public static boolean cancel(CompletionStage<?> stage, @Nullable String message) {
        if (stage instanceof Deferred<?> deferred) {
            return deferred.cancel(message);
        }
        try { // a stage that is no future can at the most give away a copy, and to cancel that is of no use
            return stage instanceof Future<?> future && future.cancel(true);
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }

    /** {@return the stage as a future} Some cannot be asked for it, but every one tells when it is done. */
    static <T> CompletableFuture<T> future(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture();
        } catch (UnsupportedOperationException e) {
            return new Copy<>(stage);
        }
    }

    private static final class Copy<T> extends Deferred<T> {
        @SuppressWarnings("this-escape") // the last thing that the constructor does
        Copy(CompletionStage<T> stage) {
            stage.whenComplete(this::settle);
        }
    }
}
