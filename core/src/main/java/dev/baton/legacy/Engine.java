package dev.baton.legacy;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Coroutines that return nothing to their callers, not even a future: they call a callback when they have something to
 * say.
 *
 * <p>A failure before the first pending await is thrown at the call. A later one goes to the
 * {@link ExceptionStackContext} of the call, or if there is none, to the loop's exception handler.
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
            coroutine.loop().whenDone(coroutine, new End(coroutine));
        }
    }

    private record End(Coroutine<?> engine) implements BiConsumer<@Nullable Object, @Nullable Throwable> {
        @Override
        public void accept(@Nullable Object value, @Nullable Throwable failure) {
            if (failure instanceof CancellationException && engine.loop().isClosing()) {
                return; // all that run are cancelled then, which is nobody's fault
            }
            raise(complaint(value, failure));
        }

        @Override
        public String toString() {
            return "engine " + engine;
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
