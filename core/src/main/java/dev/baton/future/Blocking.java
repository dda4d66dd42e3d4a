package dev.baton.future;

import dev.baton.loop.EventLoop;
import dev.baton.loop.FailureReport;
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
        return startPlain(loop.capture(() -> settleWith(work))); // in the context of the caller
    }

    private Blocking<T> startPlain(Runnable inContext) {
        loop.beginExternal();
        try {
            thread = Thread.ofVirtual().name(loop.name() + "-blocking").start(() -> run(inContext));
        } catch (Throwable failure) { // no memory for a thread
            loop.endExternal();
            throw failure;
        }
        return this;
    }

    private void run(Runnable inContext) {
        try {
            inContext.run();
            if (!isDone()) { // or, if it is paused, keeps the first outcome
                completeExceptionally(new IllegalStateException("the context did not run the work: " + inContext));
            }
        } catch (Throwable failure) { // of the context, before or after the work
            if (!completeExceptionally(failure)) {
                loop.report(FailureReport.Kind.SURPLUS, "the context of blocking work failed", failure);
            }
        } finally {
            loop.endExternal(); // after the result is handed over, or a virtual clock would not wait for it
        }
    }

    private void settleWith(Callable<? extends T> work) {
        try {
            complete(work.call());
        } catch (Throwable failure) {
            completeExceptionally(failure);
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
            result.settleWith(() -> outcome(future));
            return result;
        }
        return result.startPlain(() -> result.settleWith(() -> outcome(future))); // no code of a user, so no context
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
