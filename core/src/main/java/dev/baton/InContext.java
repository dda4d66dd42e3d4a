package dev.baton;

import dev.baton.loop.EventLoop;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A body that carries along the context of the one who spawned it. Its outcome passes the context by. */
final class InContext<T> implements Callable<T>, Runnable {
    private @Nullable Callable<? extends T> body; // null once it runs, so that only its own frame holds it
    private @Nullable Runnable surrounded; // the same
    private boolean ran;
    private @Nullable T value;
    private @Nullable Throwable failure;

    private InContext(Callable<? extends T> body) {
        this.body = body;
    }

    /** {@return the body as it is to run on the loop: the same one if there is no context to restore} */
    static <T> Callable<? extends T> of(EventLoop loop, Callable<? extends T> body) {
        if (!loop.capturesContext()) {
            return body;
        }
        InContext<T> inner = new InContext<>(body);
        Runnable surrounded = loop.capture(inner);
        if (surrounded == inner) {
            return body;
        }
        inner.surrounded = surrounded;
        return inner;
    }

    @Override
    @SuppressWarnings("NullAway") // null is a value if T says so; and it is surrounded
    public T call() {
        Runnable around = surrounded;
        surrounded = null;
        around.run();
        if (!ran) {
            throw new IllegalStateException("the context did not run the coroutine's body: " + around);
        }
        if (failure != null) {
            throw Runner.sneaky(failure);
        }
        return value;
    }

    @Override
    public void run() {
        Callable<? extends T> start = body;
        if (start == null) {
            throw new IllegalStateException("the context has run the coroutine's body before");
        }
        body = null;
        ran = true;
        try {
            value = start.call();
        } catch (Throwable thrown) {
            failure = thrown;
        }
    }
}
