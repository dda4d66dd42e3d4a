package dev.baton;

import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.FailureReport;
import dev.baton.loop.TimerHandle;
import dev.baton.loop.Waiter;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of the body of {@link Coroutines#run}, if it comes in time. It looks at the clock when the outcome comes,
 * because a body that keeps the baton keeps it from the timer, too.
 */
final class InTime<T> extends Waiter<T> {
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(1); // between looks at a virtual clock

    private final EventLoop loop;
    private final @Nullable Duration timeout; // null: it is always in time
    private final @Nullable TimerHandle timer;
    private final CountDownLatch decided;
    private final Deferred<T> result = new Deferred<>();

    @SuppressWarnings("this-escape") // a loop that is not driven yet only keeps it
    InTime(EventLoop loop, @Nullable Duration timeout, CountDownLatch decided) {
        this.loop = loop;
        this.timeout = timeout;
        this.decided = decided;
        this.timer = timeout == null ? null : loop.scheduleWithoutContext(atLeastZero(timeout), this::expire);
    }

    private static Duration atLeastZero(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    Deferred<T> result() {
        return result;
    }

    /** {@return how long to wait before it may be over, in nanoseconds; positive} May be called from any thread. */
    long leftNanos() {
        return timer == null ? Long.MAX_VALUE : Math.max(SHORTEST_NANOS, timer.deadlineNanos() - loop.nanoTime() + 1);
    }

    /** {@return what the result fails with now, because it is late; else null} May be called from any thread. */
    @Nullable
    Throwable expireIfOver() {
        return isOver() ? expire() : null;
    }

    private boolean isOver() {
        return timer != null && loop.nanoTime() - timer.deadlineNanos() > 0;
    }

    private @Nullable Throwable expire() {
        AwaitTimeoutException late = new AwaitTimeoutException("not done after " + timeout + ": the body, \"main\"");
        return result.completeExceptionally(late) ? late : null;
    }

    @Override
    public void accept(@Nullable T value, @Nullable Throwable wrapped) {
        if (timer != null) {
            timer.cancel();
        }
        if (isOver()) {
            expire();
        }
        Throwable failure = wrapped == null ? null : unwrap(wrapped);
        boolean inTime = failure == null ? result.complete(value) : result.completeExceptionally(failure);
        if (!inTime && failure != null && !(failure instanceof CancellationException)) {
            loop.report(FailureReport.Kind.SURPLUS, "a failure after the timeout of the body", failure);
        }
        decided.countDown();
    }

    @Override
    public CompletionStage<?> leadsTo() {
        return result;
    }

    /** What is known of the outcome when the loop is closed. */
    TopLevel.Answer<T> outcome(EventLoop loop) {
        if (!result.isDone()) {
            return new TopLevel.Answer<>(
                    null, new IllegalStateException(loop + " was closed before its body was done"));
        }
        return result.handle((value, failure) -> new TopLevel.Answer<>(value, failure == null ? null : unwrap(failure)))
                .join();
    }
}
