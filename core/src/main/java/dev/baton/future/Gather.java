package dev.baton.future;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Waits for all, but fails at once with the first failure in time ({@link Futures#gather}). */
final class Gather<T> extends Deferred<List<T>> {
    private final Children children;
    private volatile boolean cancelRequested;
    private volatile @Nullable String cancelMessage;

    @SuppressWarnings("this-escape") // the last thing that the constructor does
    Gather(Collection<? extends CompletionStage<? extends T>> stages) {
        children = new Children(stages);
        children.begin();
    }

    /** Passes the request on; the outcome follows when the children have obeyed, or not (row A-28). */
    @Override
    public boolean cancel(@Nullable String message) {
        if (isDone()) {
            return false;
        }
        cancelMessage = message;
        cancelRequested = true;
        boolean taken = false;
        for (Inputs<T>.Input child : children.distinct()) {
            taken |= Futures.cancel(child.stage, message);
        }
        return taken;
    }

    private final class Children extends Inputs<T> {
        private final AtomicInteger pending;

        Children(Collection<? extends CompletionStage<? extends T>> stages) {
            super(stages);
            pending = new AtomicInteger(distinct().size() + 1); // one more: not before all are subscribed
        }

        void begin() {
            subscribe();
            countDown();
        }

        @Override
        void done(Input child) {
            if (child.failure != null) {
                completeExceptionally(child.failure);
            }
            countDown();
        }

        private void countDown() {
            if (pending.decrementAndGet() > 0 || isDone()) {
                return;
            }
            if (cancelRequested) { // and every child has swallowed it
                completeExceptionally(new CancellationException(cancelMessage));
            } else {
                complete(values());
            }
        }
    }
}
