package dev.baton.future;

import dev.baton.loop.EventLoop;
import dev.baton.loop.TimerHandle;
import dev.baton.loop.Waiter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Waits for a stage, but not for ever ({@link Futures#withTimeout}). */
final class Timeout<T> extends Waiter<T> {
    private final EventLoop loop;
    private final CompletionStage<T> stage;
    private final Quiet quiet;
    private final Deferred<T> result = new Deferred<>(self -> stopTimer());
    private volatile @Nullable TimerHandle timer;

    Timeout(EventLoop loop, CompletionStage<T> stage, Quiet quiet) {
        this.loop = loop;
        this.stage = Objects.requireNonNull(stage, "stage");
        this.quiet = quiet;
    }

    Deferred<T> start(Duration timeout) {
        subscribe(stage);
        if (!result.isDone()) {
            timer = loop.scheduleWithoutContext(timeout, () -> expire(timeout));
            if (result.isDone()) { // by another thread, which has seen no timer
                stopTimer();
            }
        }
        return result;
    }

    /*
     * It is tempting to cancel the stage here. But others may wait for it, and it is theirs as well: waitFor is the
     * function that owns what it waits for.
     */
    private void expire(Duration timeout) {
        result.completeExceptionally(new AwaitTimeoutException("not done after " + timeout + ": " + stage));
    }

    @Override
    public CompletionStage<?> leadsTo() {
        return result;
    }

    @Override
    public void accept(@Nullable T value, @Nullable Throwable failure) {
        stopTimer();
        boolean inTime = failure == null ? result.complete(value) : result.completeExceptionally(unwrap(failure));
        if (!inTime && failure != null) {
            quiet.report(loop, "a failure after the timeout of " + stage, failure);
        }
    }

    private void stopTimer() {
        TimerHandle running = timer;
        if (running != null) {
            running.cancel();
        }
    }
}
