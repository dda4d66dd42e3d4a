package dev.baton.loop;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A callback that a loop runs one hop after a stage is done ({@link EventLoop#whenDone}). */
final class WhenDone<T> extends Waiter<T> implements Runnable {
    private final EventLoop loop;
    private final BiConsumer<? super T, ? super @Nullable Throwable> callback;
    private final Runnable task; // this one, in its context

    private @Nullable T value; // written by the completing thread, before it submits the task; so is the failure
    private @Nullable Throwable failure;

    @SuppressWarnings("this-escape") // a capture only keeps it
    WhenDone(EventLoop loop, BiConsumer<? super T, ? super @Nullable Throwable> callback) {
        this.loop = loop;
        this.callback = callback;
        this.task = loop.capture(this);
    }

    @Override
    protected boolean completesOthers() {
        return false;
    }

    @Override
    public void accept(@Nullable T value, @Nullable Throwable failure) {
        this.value = value;
        this.failure = failure == null ? null : unwrap(failure);
        loop.resume(new Callback(task, callback, null));
    }

    @Override
    public void run() {
        callback.accept(value, failure);
    }
}
