package dev.baton.loop;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A callback that a loop runs one hop after a stage is done ({@link EventLoop#whenDone}). */
final class WhenDone<T> extends Waiter<T> {
    private final EventLoop loop;
    private final BiConsumer<? super T, ? super @Nullable Throwable> callback;

    WhenDone(EventLoop loop, BiConsumer<? super T, ? super @Nullable Throwable> callback) {
        this.loop = loop;
        this.callback = callback;
    }

    @Override
    public void accept(@Nullable T value, @Nullable Throwable failure) {
        loop.resume(new Callback(() -> callback.accept(value, failure == null ? null : unwrap(failure)), callback));
    }
}
