package dev.baton.loop;

import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A callback that a loop runs one hop after a stage is done ({@link EventLoop#whenDone}). */
final class WhenDone<T> extends Waiter<T> {
    private final EventLoop loop;
    private final @Nullable Object source;
    private final BiConsumer<? super T, ? super @Nullable Throwable> callback;

    WhenDone(EventLoop loop, CompletionStage<T> stage, BiConsumer<? super T, ? super @Nullable Throwable> callback) {
        this.loop = loop;
        this.source = stage instanceof Awaitable ? null : stage;
        this.callback = callback;
    }

    @Override
    public void accept(@Nullable T value, @Nullable Throwable failure) {
        Callback hop = new Callback(() -> callback.accept(value, failure == null ? null : unwrap(failure)), callback);
        hop.source = source;
        loop.resume(hop);
    }
}
