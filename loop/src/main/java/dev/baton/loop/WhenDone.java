package dev.baton.loop;

import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A callback that a loop runs one hop after a stage is done ({@link EventLoop#whenDone}). */
final class WhenDone<T> extends Waiter<T> {
    private final EventLoop loop;
    private volatile @Nullable Object source; // written when subscribed: a stage that is done calls in order
    private final BiConsumer<? super T, ? super @Nullable Throwable> callback;

    WhenDone(EventLoop loop, BiConsumer<? super T, ? super @Nullable Throwable> callback) {
        this.loop = loop;
        this.callback = callback;
    }

    void waitFor(CompletionStage<T> stage) {
        subscribe(stage);
        source = stage instanceof Awaitable ? null : stage;
    }

    @Override
    public void accept(@Nullable T value, @Nullable Throwable failure) {
        Callback hop = new Callback(() -> callback.accept(value, failure == null ? null : unwrap(failure)), callback);
        hop.source = source;
        loop.resume(hop);
    }
}
