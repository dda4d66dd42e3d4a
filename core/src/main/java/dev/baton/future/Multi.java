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
    private final Deferred<R> result = new Deferred<>();
    private final AtomicInteger pending;

    Multi(Collection<? extends CompletionStage<? extends T>> stages, Function<List<T>, R> assemble, Quiet quiet) {
        super(stages);
        this.assemble = assemble;
        this.quiet = quiet;
        this.pending = new AtomicInteger(distinct().size() + 1); // one more: not before all are subscribed
    }

    Deferred<R> result() {
        subscribe();
        countDown();
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
