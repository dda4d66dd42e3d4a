package dev.baton.future;

import dev.baton.loop.Waiter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Has the outcome of a stage, and keeps a cancel to itself ({@link Futures#shield}). */
final class Shield<T> extends Deferred<T> {
    private final CompletionStage<T> inner;

    private Shield(CompletionStage<T> inner) {
        this.inner = inner;
    }

    static <T> CompletableFuture<T> of(CompletionStage<T> stage) {
        CompletableFuture<T> inner = Futures.future(stage);
        if (inner.isDone()) {
            return inner;
        }
        Shield<T> outer = new Shield<>(inner);
        if (inner instanceof Deferred<T> deferred) {
            deferred.observe(outer.new Inside());
        } else {
            outer.new Inside().subscribe(inner);
        }
        return outer;
    }

    private final class Inside extends Waiter<T> {
        @Override
        public void accept(@Nullable T value, @Nullable Throwable failure) {
            boolean taken = settle(value, failure == null ? null : unwrap(failure));
            if (taken && inner instanceof Deferred<T> deferred) {
                deferred.ignoreFailure(); // the shield has it now; given up, it leaves it to its owner (row A-36)
            }
        }
    }

    @Override
    public String toString() {
        return "shield of " + inner;
    }
}
