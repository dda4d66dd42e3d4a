package dev.baton.future;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Waits for all, and passes a cancel on to them: fails at once with the first failure in time ({@link Futures#gather}), or
 * takes failures for outcomes ({@link Futures#gatherOutcomes}).
 */
final class Gather<T, R> extends Deferred<R> {
    private final Children children;
    private final Function<Inputs<T>, R> assemble;
    private final boolean failFast;
    private volatile boolean cancelRequested;
    private volatile @Nullable String cancelMessage;

    @SuppressWarnings("this-escape") // the last thing that the constructor does
    private Gather(
            Collection<? extends CompletionStage<? extends T>> stages,
            Function<Inputs<T>, R> assemble,
            boolean failFast) {
        this.assemble = assemble;
        this.failFast = failFast;
        children = new Children(stages);
        children.begin();
    }

    static <T> Gather<T, List<T>> values(Collection<? extends CompletionStage<? extends T>> stages) {
        return new Gather<>(stages, Inputs::values, true);
    }

    static <T> Gather<T, List<Outcome<T>>> outcomes(Collection<? extends CompletionStage<? extends T>> stages) {
        return new Gather<>(stages, Inputs::outcomes, false);
    }

    /** Passes the request on; the outcome follows when the children have obeyed, or not (row A-28). */
    @Override
    public boolean cancel(@Nullable String message) {
        if (isDone() || !children.keepOpen()) {
            return false;
        }
        cancelMessage = message;
        boolean taken = false;
        boolean alone = false;
        for (Inputs<T>.Input child : children.distinct()) {
            boolean obeys = Futures.cancel(child.stage, message);
            taken |= obeys;
            alone |= !obeys && !child.done && !(child.stage instanceof Deferred);
        }
        if (alone) { // there is one that cannot be cancelled, so it is left alone
            completeExceptionally(new CancellationException(message));
        }
        if (taken) { // else all were done by the time that they were asked; not |=, which would undo another's true
            cancelRequested = true;
        }
        children.countDown();
        return taken || alone;
    }

    /** A plain future that was cancelled at our request has lost the message. */
    private Throwable withMessage(Throwable failure) {
        return cancelMessage != null && failure instanceof CancellationException && failure.getMessage() == null
                ? new CancellationException(cancelMessage)
                : failure;
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
        CompletionStage<?> outcome() {
            return Gather.this;
        }

        @Override
        void done(Input child) {
            if (failFast && child.failure != null) {
                completeExceptionally(withMessage(child.failure));
                unsubscribe();
            }
            countDown();
        }

        /** Returns whether there is one that is not done. If so, nothing is decided before the next {@link #countDown}. */
        boolean keepOpen() {
            return pending.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
        }

        void countDown() {
            if (pending.decrementAndGet() > 0 || isDone()) {
                return;
            }
            if (cancelRequested) { // and every child has swallowed it
                completeExceptionally(new CancellationException(cancelMessage));
            } else {
                complete(assemble.apply(this));
            }
        }
    }
}
