package dev.baton.loop;

import java.util.IdentityHashMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The stages that somebody on this loop waits for and that keep no order of their own: a plain CompletableFuture tells
 * its dependents last in, first out, and perhaps in the middle of an iteration of the loop. So each of them tells one
 * {@link Mirror}, and that tells its waiters in the order in which they came. Owner only.
 */
final class PlainStages {
    private final EventLoop loop;
    private final IdentityHashMap<CompletionStage<?>, Mirror<?>> mirrors = new IdentityHashMap<>();
    private int sweepAt = 64; // what nobody came back to forget is swept up when there are so many

    PlainStages(EventLoop loop) {
        this.loop = loop;
    }

    <T> void subscribe(CompletionStage<? extends T> stage, Waiter<? super T> waiter) {
        @SuppressWarnings("unchecked") // only a Mirror of the stage's own type is put there
        Mirror<T> known = (Mirror<T>) mirrors.get(stage);
        if (known != null && known.waiters.add(waiter)) {
            return;
        }
        Mirror<T> mirror = new Mirror<>(loop);
        mirror.waiters.add(waiter);
        mirror.subscribe(stage);
        if (!mirror.waiters.isTold()) {
            mirrors.put(stage, mirror);
        }
        if (mirrors.size() >= sweepAt) {
            mirrors.values().removeIf(each -> each.waiters.isTold());
            sweepAt = Math.max(64, 2 * mirrors.size());
        }
    }

    /** Lets go of a stage, if it is done. Called by those who were told. */
    void forget(CompletionStage<?> stage) {
        Mirror<?> mirror = mirrors.get(stage);
        if (mirror != null && mirror.waiters.isTold()) {
            mirrors.remove(stage);
        }
    }

    private static final class Mirror<T> extends Waiter<T> {
        final WaitQueue<T> waiters = new WaitQueue<>();
        private final EventLoop loop;

        Mirror(EventLoop loop) {
            this.loop = loop;
        }

        @Override
        public void accept(@Nullable T value, @Nullable Throwable failure) {
            try {
                waiters.tell(value, failure);
            } catch (Throwable thrown) { // a plain stage would keep it to itself
                loop.report(FailureReport.Kind.CALLBACK, "a waiter failed when it was told of an outcome", thrown);
            }
        }
    }
}
