package dev.baton.legacy;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.loop.FailureReport;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Coroutines that return nothing to their callers, not even a future: they call a callback when they have something to
 * say.
 *
 * <p>A failure before the first pending await is thrown at the call. A later one goes at once,
 * before anything else runs, to the {@link ExceptionStackContext} of the call, or if there is none, to the loop's
 * exception handler.
 *
 * <p>Source: tornado.gen.engine (rows E-01 to E-04).
 */
public final class Engine {
    private Engine() {}

    /**
     * Starts an engine: runs the body at once, up to its first pending await, as
     * {@link Coroutines#spawn(Runnable)} does.
     *
     * @param body the body
     * @throws IllegalStateException if the caller is neither in a coroutine nor in a callback of a loop
     */
    public static void engine(Runnable body) {
        Objects.requireNonNull(body, "body");
        call(() -> {
            body.run();
            return null;
        });
    }

    /**
     * Starts an engine, as {@link #engine(Runnable)} does, whose body has a value. That is null, or
     * {@link ReturnValueIgnoredException} tells so.
     *
     * @param body the body
     * @throws IllegalStateException if the caller is neither in a coroutine nor in a callback of a loop
     */
    public static void call(Callable<?> body) {
        Coroutine<?> coroutine = Coroutines.spawn(body);
        if (coroutine.isDone()) {
            raise(coroutine.handle(Engine::complaint).resultNow());
        } else {
            Runnable end = Contexts.surround(coroutine.loop(), new End(coroutine));
            coroutine.whenComplete((value, failure) -> ended(coroutine, end));
        }
    }

    /** In the step that has failed, and not one hop later: nothing else runs before the handler (row E-02). */
    private static void ended(Coroutine<?> engine, Runnable end) {
        try {
            if (engine.loop().isOwner()) {
                end.run();
            } // else the loop has given the engine up, and has said so
        } catch (Throwable failure) {
            engine.loop().report(FailureReport.Kind.CALLBACK, "callback engine " + engine, failure);
        }
    }

    private record End(Coroutine<?> engine) implements Runnable {
        @Override
        public void run() {
            if (engine.isCancelled() && engine.loop().isClosing()) {
                return; // a loop that closes cancels all that run, which is no failure
            }
            raise(engine.handle(Engine::complaint).resultNow());
        }
    }

    private static @Nullable Throwable complaint(@Nullable Object value, @Nullable Throwable failure) {
        return failure != null || value == null
                ? failure
                : new ReturnValueIgnoredException("an engine cannot return a value: " + value);
    }

    private static void raise(@Nullable Throwable failure) {
        if (failure != null) {
            throw Contexts.sneaky(failure);
        }
    }
}
