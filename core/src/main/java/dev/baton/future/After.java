package dev.baton.future;

import dev.baton.loop.EventLoop;
import dev.baton.loop.TimerHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A future that a timer completes ({@link Futures#after}). */
final class After<T extends @Nullable Object> extends Deferred<T> {
    private final Duration delay;
    private final TimerHandle timer;

    After(EventLoop loop, Duration delay, T value) {
        super(loop);
        this.delay = delay.isNegative() ? Duration.ZERO : delay;
        this.timer = loop.scheduleWithoutContext(this.delay, () -> complete(value));
    }

    @Override
    public boolean cancel(@Nullable String message) {
        timer.cancel();
        return super.cancel(message);
    }

    @Override
    public String toString() {
        return "after " + delay + (isDone() ? " (done)" : "");
    }
}
