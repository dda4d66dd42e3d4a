package dev.baton.future;

import dev.baton.loop.EventLoop;
import dev.baton.loop.TimerHandle;
import dev.baton.loop.Waiter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a stage that it owns: when the time is up it cancels the stage, and still waits for what becomes of that
 * ({@link Futures#waitFor}).
 */
final class WaitFor<T> extends Deferred<T> {
    private final Duration timeout;
    private final CompletionStage<T> stage;
    private final @Nullable BiFunction<? super T, ? super @Nullable Throwable, ? extends T> onExpiry;
    private volatile boolean expired;
    private @Nullable TimerHandle timer; // written before the stage can see this

    WaitFor(
            EventLoop loop,
            Duration timeout,
            CompletionStage<T> stage,
            @Nullable BiFunction<? super T, ? super @Nullable Throwable, ? extends T> onExpiry) {
        super(loop);
        this.timeout = timeout;
        this.onExpiry = onExpiry;
        this.stage = Objects.requireNonNull(stage, "stage");
    }

    WaitFor<T> start() {
        Inner inner = new Inner();
        if (timeout.isPositive()) {
            timer = EventLoop.current().scheduleWithoutContext(timeout, this::expire);
            inner.subscribe(stage);
        } else { // what is done already has won
            inner.subscribe(stage);
            if (!isDone()) {
                expire();
            }
        }
        return this;
    }

    private void expire() {
        expired = true;
        cancelStage("not done after " + timeout);
    }

    /** Passes the request on; the outcome follows when the stage has obeyed, or not. */
    @Override
    public boolean cancel(@Nullable String message) {
        if (isDone()) {
            return false;
        }
        stopTimer(); // the first request is the one that counts
        return cancelStage(message);
    }

    private boolean cancelStage(@Nullable String message) {
        if (stage instanceof Deferred) { // it may take its time: its outcome comes
            return Futures.cancel(stage, message);
        }
        // First, and with its message, which any other stage would lose; and one that cannot be cancelled is left
        // alone.
        end(null, new CancellationException(message));
        Futures.cancel(stage, message);
        return true;
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
        }
    }

    private void end(@Nullable T value, @Nullable Throwable failure) {
        if (isDone()) {
            return; // it was left alone, and comes late
        }
        if (expired && onExpiry != null) {
            try {
                complete(onExpiry.apply(value, failure));
            } catch (Throwable thrown) {
                completeExceptionally(thrown);
            }
        } else if (expired && failure instanceof CancellationException) {
            completeExceptionally(new AwaitTimeoutException("not done after " + timeout + ": " + stage));
        } else {
            settle(value, failure);
        }
    }

    private final class Inner extends Waiter<T> {
        @Override
        public CompletionStage<?> leadsTo() {
            return WaitFor.this;
        }

        @Override
        public void accept(@Nullable T value, @Nullable Throwable failure) {
            stopTimer();
            end(value, failure == null ? null : unwrap(failure));
        }
    }
}
