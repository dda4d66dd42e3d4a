package dev.baton;

import dev.baton.future.BadYieldException;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The verbs of coroutines, meant to be imported statically: run, spawn, await, moment, sleep, blocking.
 *
 * <p>What they promise together is said in the {@linkplain dev.baton package's description}.
 */
public final class Coroutines {
    private Coroutines() {}

    // ------------------------------------------------------------------------------------------------------- top level

    /**
     * Opens a loop, runs the body as a coroutine on it, closes the loop, and returns the body's value. Coroutines that
     * the body has left behind are cancelled and unwound. An interrupt of the calling thread cancels the body, and the
     * interrupt status is set again.
     *
     * <p>Source: IOLoop.run_sync, asyncio.run.
     *
     * @param body the body
     * @param <T> the type of its value
     * @return its value; if it fails, this method throws the failure as it is, not wrapped, checked or not
     * @throws IllegalStateException if the caller is a coroutine or a callback of a loop; or if under virtual time the
     *     loop can never go on
     */
    public static <T> T run(Callable<? extends T> body) {
        return run(LoopOptions.defaults(), body);
    }

    /**
     * The same as {@link #run(Callable)}, for a body without a value.
     *
     * @param body the body
     */
    public static void run(Runnable body) {
        run(callable(body));
    }

    /**
     * The same as {@link #run(Callable)}, but if the body is not done in time, it is cancelled and unwound. What it returns
     * after that is lost. A body that blocks, and so cannot be cancelled, is waited for until the
     * {@linkplain LoopOptions#withCloseTimeout close timeout} has passed, and then reported.
     *
     * <p>Source: IOLoop.run_sync (row L-15).
     *
     * @param timeout how long the body may take
     * @param body the body
     * @param <T> the type of its value
     * @return its value
     * @throws dev.baton.future.AwaitTimeoutException if it is not done in time
     */
    public static <T> T run(Duration timeout, Callable<? extends T> body) {
        return run(LoopOptions.defaults(), timeout, body);
    }

    /**
     * The same as {@link #run(Callable)}, on a loop with options.
     *
     * @param options how to set up the loop
     * @param body the body
     * @param <T> the type of its value
     * @return its value
     */
    public static <T> T run(LoopOptions options, Callable<? extends T> body) {
        return new TopLevel<T>(options, null, body).run();
    }

    /**
     * The same as {@link #run(LoopOptions, Callable)}, for a body without a value.
     *
     * @param options how to set up the loop
     * @param body the body
     */
    public static void run(LoopOptions options, Runnable body) {
        run(options, callable(body));
    }

    /**
     * The same as {@link #run(Duration, Callable)}, on a loop with options.
     *
     * @param options how to set up the loop
     * @param timeout how long the body may take, on the loop's clock
     * @param body the body
     * @param <T> the type of its value
     * @return its value
     * @throws dev.baton.future.AwaitTimeoutException if it is not done in time
     */
    public static <T> T run(LoopOptions options, Duration timeout, Callable<? extends T> body) {
        return new TopLevel<T>(options, Objects.requireNonNull(timeout, "timeout"), body).run();
    }

    // -------------------------------------------------------------------------------------------------------- starting

    /**
     * Starts a coroutine: runs the body at once, up to its first pending await, then returns. What the body throws goes
     * to the coroutine, never to the caller.
     *
     * <p>Source: a call of a function with tornado.gen.coroutine (rows T-01 to T-03).
     *
     * @param body the body
     * @param <T> the type of its value
     * @return the coroutine
     * @throws IllegalStateException if the caller is neither in a coroutine nor in a callback of a loop
     */
    public static <T> Coroutine<T> spawn(Callable<? extends T> body) {
        return start(currentLoop(), null, body);
    }

    /**
     * The same as {@link #spawn(Callable)}, for a body without a value. One that throws checked exceptions is a
     * {@code Callable}: let it return null.
     *
     * @param body the body
     * @return the coroutine
     */
    public static Coroutine<@Nullable Void> spawn(Runnable body) {
        return spawn(callable(body));
    }

    /**
     * The same as {@link #spawn(Callable)}, with a name for logs and dumps.
     *
     * @param name the name
     * @param body the body
     * @param <T> the type of its value
     * @return the coroutine
     */
    public static <T> Coroutine<T> spawn(String name, Callable<? extends T> body) {
        return start(currentLoop(), Objects.requireNonNull(name, "name"), body);
    }

    /**
     * The same as {@link #spawn(String, Callable)}, for a body without a value.
     *
     * @param name the name
     * @param body the body
     * @return the coroutine
     */
    public static Coroutine<@Nullable Void> spawn(String name, Runnable body) {
        return spawn(name, callable(body));
    }

    /**
     * Starts a coroutine on a loop. May be called from any thread: by the holder of the loop's baton, it is the same as
     * {@link #spawn(Callable)}; by any other, the body starts in a later iteration.
     *
     * <p>Source: asyncio.run_coroutine_threadsafe (row A-57).
     *
     * @param loop the loop
     * @param body the body
     * @param <T> the type of its value
     * @return the coroutine
     * @throws java.util.concurrent.RejectedExecutionException if the loop is closed
     */
    public static <T> Coroutine<T> spawn(EventLoop loop, Callable<? extends T> body) {
        return start(loop, null, body);
    }

    /**
     * The same as {@link #spawn(EventLoop, Callable)}, for a body without a value.
     *
     * @param loop the loop
     * @param body the body
     * @return the coroutine
     */
    public static Coroutine<@Nullable Void> spawn(EventLoop loop, Runnable body) {
        return spawn(loop, callable(body));
    }

    /**
     * The same as {@link #spawn(EventLoop, Callable)}, with a name for logs and dumps.
     *
     * @param loop the loop
     * @param name the name
     * @param body the body
     * @param <T> the type of its value
     * @return the coroutine
     */
    public static <T> Coroutine<T> spawn(EventLoop loop, String name, Callable<? extends T> body) {
        return start(loop, Objects.requireNonNull(name, "name"), body);
    }

    /**
     * The same as {@link #spawn(EventLoop, String, Callable)}, for a body without a value.
     *
     * @param loop the loop
     * @param name the name
     * @param body the body
     * @return the coroutine
     */
    public static Coroutine<@Nullable Void> spawn(EventLoop loop, String name, Runnable body) {
        return spawn(loop, name, callable(body));
    }

    /**
     * Starts a coroutine as {@link #spawn(Callable)} does, and calls back with its value, one hop after it is done. If it
     * fails, the callback is not called, and the failure goes to the loop's exception handler.
     *
     * <p>Source: the {@code callback} argument of a tornado coroutine (row T-15).
     *
     * @param body the body
     * @param callback gets the value, on the loop
     * @param <T> the type of the value
     * @return the coroutine
     */
    public static <T> Coroutine<T> spawn(Callable<? extends T> body, Consumer<? super T> callback) {
        Objects.requireNonNull(callback, "callback");
        Runner<T> runner = Runner.create(currentLoop(), null, Objects.requireNonNull(body, "body"));
        runner.loop().whenDone(runner.coroutine(), (value, failure) -> {
            if (failure == null) {
                callback.accept(value);
            } else if (!(failure instanceof CancellationException
                    && runner.loop().isClosing())) {
                throw Runner.<RuntimeException>sneaky(failure); // reported as the failure of this callback
            }
        });
        runner.start();
        return runner.coroutine();
    }

    /**
     * Makes a coroutine whose body starts in the next iteration.
     *
     * <p>Source: asyncio.create_task (row A-02).
     *
     * @param body the body
     * @param <T> the type of its value
     * @return the coroutine
     * @throws IllegalStateException if the caller is neither in a coroutine nor in a callback of a loop
     */
    public static <T> Coroutine<T> spawnLater(Callable<? extends T> body) {
        Runner<T> runner = Runner.create(currentLoop(), null, Objects.requireNonNull(body, "body"));
        runner.startLater();
        return runner.coroutine();
    }

    /**
     * The same as {@link #spawnLater(Callable)}, for a body without a value.
     *
     * @param body the body
     * @return the coroutine
     */
    public static Coroutine<@Nullable Void> spawnLater(Runnable body) {
        return spawnLater(callable(body));
    }

    private static <T> Coroutine<T> start(EventLoop loop, @Nullable String name, Callable<? extends T> body) {
        Runner<T> runner = Runner.create(loop, name, Objects.requireNonNull(body, "body"));
        if (loop.isOwner()) {
            runner.start();
        } else {
            runner.startLater();
        }
        return runner.coroutine();
    }

    private static EventLoop currentLoop() {
        EventLoop loop = EventLoop.currentOrNull();
        if (loop == null) {
            throw new IllegalStateException("spawn called by thread \""
                    + Thread.currentThread().getName() + "\", which is not on a loop; use Coroutines.run(body) to open"
                    + " one, or Coroutines.spawn(loop, body) to start a coroutine on one that runs");
        }
        return loop;
    }

    private static Callable<@Nullable Void> callable(Runnable body) {
        Objects.requireNonNull(body, "body");
        return () -> {
            body.run();
            return null;
        };
    }

    // ------------------------------------------------------------------------------------------------------ suspending

    /**
     * Waits for a future, and returns its value. If it is done, the coroutine goes on at once; else it goes on in the
     * iteration after the one in which the future is done, and others run meanwhile.
     *
     * <p>Source: {@code yield future} (rows T-05 to T-09).
     *
     * @param future what to wait for; also a {@code Deferred} or a {@link Coroutine}
     * @param <T> the type of the value
     * @return the value; if the future failed, this method throws the failure as it is, not wrapped, checked or not
     * @throws java.util.concurrent.CancellationException if this coroutine, or the future, is cancelled
     * @throws IllegalStateException if the caller is not a coroutine, or if it would wait for itself
     */
    public static <T> T await(CompletableFuture<T> future) {
        return Runner.current("await()").await(Objects.requireNonNull(future, "future"));
    }

    /**
     * The same as {@link #await(CompletableFuture)}, for any stage.
     *
     * @param stage what to wait for
     * @param <T> the type of the value
     * @return the value
     */
    public static <T> T await(CompletionStage<T> stage) {
        return Runner.current("await()").await(Objects.requireNonNull(stage, "stage"));
    }

    /**
     * The same as {@link #await(CompletableFuture)}, for a future that can only be waited for by blocking: another thread
     * does that. If this coroutine is cancelled, so is the future.
     *
     * <p>Source: row F-08.
     *
     * @param future what to wait for
     * @param <T> the type of the value
     * @return the value
     */
    @SuppressWarnings("unchecked") // the stage of a Future<T> that is one, too
    public static <T> T await(Future<T> future) {
        Runner<?> runner = Runner.current("await()");
        return runner.await((CompletableFuture<T>) Futures.convert(Objects.requireNonNull(future, "future")));
    }

    /**
     * Waits for all stages, and returns their values in the same order: {@code await(Futures.multi(stages))}.
     *
     * @param stages what to wait for
     * @param <T> the type of the values
     * @return the values
     */
    public static <T> List<T> await(Collection<? extends CompletionStage<? extends T>> stages) {
        return Runner.current("await()").await(Futures.<T>multi(stages));
    }

    /**
     * Waits for all values of a map, and returns a map with the same keys: {@code await(Futures.multi(stages))}.
     *
     * @param stages what to wait for
     * @param <K> the type of the keys
     * @param <T> the type of the values
     * @return the values
     */
    public static <K, T> Map<K, T> await(Map<K, ? extends CompletionStage<? extends T>> stages) {
        return Runner.current("await()").await(Futures.<K, T>multi(stages));
    }

    /**
     * Waits for whatever can be waited for: null is {@link #moment()}, anything else what {@link Futures#convert} makes of
     * it.
     *
     * <p>Source: {@code yield} of a tornado coroutine (rows T-12, T-13, U-23).
     *
     * @param yieldable what to wait for, or null
     * @return its value
     * @throws BadYieldException at once, if it cannot be waited for
     */
    public static @Nullable Object await(@Nullable Object yieldable) throws BadYieldException {
        return Runner.current("await()").awaitAny(yieldable);
    }

    /**
     * The same as {@link #await(CompletionStage)}, and tells the compiler which checked exception may come.
     *
     * @param stage what to wait for
     * @param mayThrow the type of the checked exception
     * @param <T> the type of the value
     * @param <X> the type of the checked exception
     * @return the value
     * @throws X if the stage failed with it
     */
    @SuppressWarnings("UnusedVariable") // the parameter is for the compiler
    public static <T, X extends Exception> T await(CompletionStage<T> stage, Class<X> mayThrow) throws X {
        Objects.requireNonNull(mayThrow, "mayThrow");
        return await(stage);
    }

    /**
     * Lets everybody else who is ready run once: the coroutine goes on in the next iteration.
     *
     * <p>Source: {@code yield gen.moment} (row T-10).
     *
     * @throws java.util.concurrent.CancellationException if this coroutine is cancelled
     * @throws IllegalStateException if the caller is not a coroutine
     */
    public static void moment() {
        Runner.current("moment()").moment();
    }

    /**
     * Waits for a duration on the loop's clock, while others run.
     *
     * <p>Source: asyncio.sleep (row A-09).
     *
     * @param duration how long; zero or negative is one {@link #moment()}, without a timer
     * @throws java.util.concurrent.CancellationException if this coroutine is cancelled
     * @throws IllegalStateException if the caller is not a coroutine
     */
    public static void sleep(Duration duration) {
        Runner<?> runner = Runner.current("sleep()");
        if (duration.isPositive()) {
            runner.await(Futures.after(duration));
        } else {
            runner.moment();
        }
    }

    /**
     * Runs blocking work (JDBC, files, a lock) on another thread, in the context of this one, and waits for it while other
     * coroutines run. If this coroutine is cancelled, that thread is interrupted.
     *
     * <p>Source: asyncio.to_thread.
     *
     * @param work what to run; it is off the loop, so it must not touch the state of the loop's coroutines
     * @param <T> the type of its value
     * @return its value; if it fails, this method throws the failure as it is, not wrapped, checked or not
     * @throws IllegalStateException if the caller is not a coroutine
     */
    public static <T> T blocking(Callable<? extends T> work) {
        return Runner.current("blocking()").await(Futures.<T>blocking(work));
    }

    /**
     * Makes {@code next} what the coroutine does when its body has returned, in its place: {@code return tailCall(() ->
     * next(...))}. The frame of the body is gone by then, so a chain of tail calls, of whatever length, takes the stack and
     * the memory of one; and it takes no iteration. The coroutine stays what it is: its outcome is that of the last body.
     *
     * {@snippet :
     * static BigInteger factorial(int n, BigInteger product) {
     *     return n <= 1 ? product : tailCall(() -> factorial(n - 1, product.multiply(BigInteger.valueOf(n))));
     * }
     * }
     *
     * <p>A {@code try} around the call does not see what {@code next} throws; its {@code finally} runs before.
     *
     * <p>Source: txcoroutine.noreturn (rows ). Deviation: it is a value to return and not an exception, and it
     * takes a function, which is called when the frame is gone.
     *
     * @param next the next body
     * @param <T> the type of its value; not a primitive one, because this method returns null
     * @return null, which the body must return
     * @throws IllegalStateException if the caller is not a coroutine, or has made a tail call already; and whatever waits
     *     after one
     */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // null stands for a value of whatever type
    public static <T> T tailCall(Callable<? extends T> next) {
        Runner.current("tailCall()").tailCall(Objects.requireNonNull(next, "next"));
        return null;
    }

    // --------------------------------------------------------------------------------------------------------- looking

    /**
     * {@return the coroutine that the calling thread runs}
     *
     * @throws IllegalStateException if it runs none
     */
    public static Coroutine<?> current() {
        return Runner.running("current()").coroutine();
    }

    /**
     * {@return the coroutines of a loop that have not ended, oldest first} May be called from any thread.
     *
     * <p>Source: asyncio.all_tasks (row A-48).
     *
     * @param loop the loop
     */
    public static Set<Coroutine<?>> all(EventLoop loop) {
        Set<Coroutine<?>> all = new LinkedHashSet<>();
        loop.liveFibers().forEach(fiber -> {
            if (fiber instanceof Runner<?> runner && !runner.coroutine().isDone()) {
                all.add(runner.coroutine());
            }
        });
        return all;
    }

    /**
     * {@return whether an object is a {@link Coroutine}}
     *
     * <p>Source: asyncio.iscoroutine (row A-46).
     *
     * @param object any object, or null
     */
    public static boolean isCoroutine(@Nullable Object object) {
        return object instanceof Coroutine;
    }

    /**
     * {@return every coroutine of a loop, what it waits for, who waits for it, and its stack} May be called from any thread, also while the
     * loop is blocked.
     *
     * @param loop the loop
     * @see CoroutineDump for the tree, for JSON, and for very many coroutines
     */
    public static String dump(EventLoop loop) {
        return CoroutineDump.of(loop).toString();
    }
}
