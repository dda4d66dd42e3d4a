package dev.baton;

import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A loop for the length of one call ({@link Coroutines#run}). A virtual thread drives it, and the caller's thread only
 * waits: an OS thread that takes part in each idle period would cost a hundred switches.
 */
final class TopLevel<T> {
    private final LoopOptions options;
    private final @Nullable Duration timeout;
    private final Callable<? extends T> body;

    private Coroutine<T> main; // loop owner only
    private T value; // written by the driver before it ends; so is the failure
    private @Nullable Throwable failure;

    @SuppressWarnings("NullAway") // each is written before it is read
    TopLevel(LoopOptions options, @Nullable Duration timeout, Callable<? extends T> body) {
        this.options = options;
        this.timeout = timeout;
        this.body = Objects.requireNonNull(body, "body");
    }

    T run() {
        if (EventLoop.currentOrNull() != null || Runner.currentOrNull() != null) {
            throw new IllegalStateException("Coroutines.run called on " + EventLoop.currentOrNull()
                    + ", which would stand still until it returns; use Coroutines.spawn, and await the coroutine");
        }
        EventLoop loop = EventLoop.create(options);
        Thread driver = loop.newDriverThread(() -> drive(loop));
        driver.start();
        join(driver, loop);
        if (failure != null) {
            throw Runner.sneaky(failure);
        }
        return value;
    }

    private void drive(EventLoop loop) {
        try (loop) {
            value = loop.runUntil(this::start);
        } catch (Throwable thrown) {
            failure = thrown;
        }
    }

    /** Runs on the loop, before the first iteration. */
    private CompletionStage<T> start() {
        main = Coroutines.spawn("main", body);
        return timeout == null ? main : Futures.withTimeout(timeout, main); // closing the loop unwinds what is left
    }

    private void join(Thread driver, EventLoop loop) {
        boolean interrupted = false;
        for (boolean joined = false; !joined; ) {
            try {
                driver.join();
                joined = true;
            } catch (InterruptedException e) {
                interrupted = true;
                cancelMain(loop);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void cancelMain(EventLoop loop) {
        try {
            loop.executeWithoutContext(
                    () -> main.cancel("the thread that waits for it was interrupted")); // there is one by then
        } catch (RejectedExecutionException e) {
            // the loop is closing already
        }
    }
}
