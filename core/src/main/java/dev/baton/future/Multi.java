package dev.baton.future;

import dev.baton.loop.EventLoop;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Waits for all, then fails with the first failure by position ({@link Futures#multi}). */
final class Multi<T, R> extends Inputs<T> {
    private final @Nullable EventLoop loop = EventLoop.currentOrNull();
    private final Function<List<T>, R> assemble;
    private final Quiet quiet;
    private final Result<R> result = new Result<>();
    private final AtomicInteger pending;

    Multi(Collection<? extends CompletionStage<? extends T>> stages, Function<List<T>, R> assemble, Quiet quiet) {
        super(stages);
        this.assemble = assemble;
        this.quiet = quiet;
        this.pending = new AtomicInteger(distinct().size() + 1); // one more: not before all are subscribed
    }

    /** Who waits for it holds the stages, too, or one that nobody else holds would be collected, and never be done. */
    private static final class Result<R> extends Deferred<R> {
        @Nullable
        @SuppressWarnings("UnusedVariable") // it is there to be held
        Multi<?, R> inputs;
    }

    Deferred<R> result() {
        result.inputs = this;
        subscribe();
        countDown();
        return result;
    }

    @Override
    CompletionStage<?> outcome() {
        return result;
    }

    @Override
    void done(Input input) {
        countDown();
    }

    private void countDown() {
        if (pending.decrementAndGet() > 0) {
            return;
        }
        result.inputs = null;
        boolean decided = false;
        for (Input input : distinct()) { // in the order of their first positions
            if (input.failure != null && (decided || !result.completeExceptionally(input.failure))) {
                quiet.report(loop, "a further failure among those awaited together", input.failure);
            }
            decided |= input.failure != null;
        }
        if (!decided) {
            result.complete(assemble.apply(values()));
        }
    }
}
