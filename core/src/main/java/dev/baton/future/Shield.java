package dev.baton.future;

import dev.baton.loop.Waiter;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Has the outcome of a stage, and keeps a cancel to itself ({@link Futures#shield}). */
final class Shield<T> extends Deferred<T> {
    private final CompletionStage<T> inner;
    private final Inside inside = new Inside();

    private Shield(CompletionStage<T> inner) {
        this.inner = inner;
    }

    static <T> CompletableFuture<T> of(CompletionStage<T> stage) {
        Objects.requireNonNull(stage, "stage");
        // not toCompletableFuture() of a Deferred: that would be to ask for its failure
        CompletableFuture<T> inner = stage instanceof Deferred<T> deferred ? deferred : Futures.future(stage);
        if (inner.isDone()) {
            return inner;
        }
        Shield<T> outer = new Shield<>(inner);
        if (inner instanceof Deferred<T> told) {
            told.observe(outer.inside);
        } else {
            outer.inside.subscribe(inner);
        }
        return outer;
    }

    @Override
    public boolean cancel(@Nullable String message) {
        boolean taken = super.cancel(message);
        if (taken) {
            inside.unsubscribe(inner);
        }
        return taken;
    }

    private final class Inside extends Waiter<T> {
        @Override
        public CompletionStage<?> leadsTo() {
            return Shield.this;
        }

        @Override
        public void accept(@Nullable T value, @Nullable Throwable failure) {
            boolean taken = settle(value, failure == null ? null : unwrap(failure));
            if (taken && inner instanceof Deferred<T> deferred) {
                deferred.ignoreFailure(); // the shield has it now; given up, it leaves it to its owner (row A-36)
            }
        }
    }
}
