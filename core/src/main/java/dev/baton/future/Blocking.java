package dev.baton.future;

import dev.baton.loop.EventLoop;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Work that blocks, on a thread of its own ({@link Futures#blocking}). */
class Blocking<T> extends Deferred<T> {
    private final EventLoop loop;
    private volatile @Nullable Thread thread;

    Blocking(EventLoop loop) {
        super(loop);
        this.loop = loop;
    }

    Blocking<T> start(Callable<? extends T> work) {
        loop.beginExternal();
        try {
            thread = Thread.ofVirtual().name(loop.name() + "-blocking").start(() -> run(work));
        } catch (Throwable failure) { // no memory for a thread
            loop.endExternal();
            throw failure;
        }
        return this;
    }

    private void run(Callable<? extends T> work) {
        try {
            complete(work.call());
        } catch (Throwable failure) {
            completeExceptionally(failure);
        } finally {
            loop.endExternal(); // after the result is handed over, or a virtual clock would not wait for it
        }
    }

    @Override
    public boolean cancel(@Nullable String message) {
        boolean taken = super.cancel(message); // first: the work may be interrupted, but it does not decide the outcome
        Thread working = thread;
        if (taken && working != null) {
            working.interrupt();
        }
        return taken;
    }

    /** The outcome of a future that can only be waited for by blocking (row F-08). Cancelling it cancels the future. */
    static <T> Deferred<T> result(EventLoop loop, Future<T> future) {
        Blocking<T> result = new Blocking<>(loop) {
            @Override
            public boolean cancel(@Nullable String message) {
                boolean taken = super.cancel(message); // first, with its message, which the future would lose
                future.cancel(true);
                return taken;
            }
        };
        if (future.isDone()) {
            result.settleWith(future);
            return result;
        }
        return result.start(() -> outcome(future));
    }

    private void settleWith(Future<T> future) {
        try {
            complete(outcome(future));
        } catch (Throwable failure) {
            completeExceptionally(failure);
        }
    }

    private static <T> T outcome(Future<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }
}
