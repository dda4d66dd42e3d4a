package dev.baton.legacy;

import dev.baton.future.Deferred;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The future of a function that calls back. It is done with what the function's callback is called with first, and
 * fails with what the function throws, or any callback, timer or {@link Engine} that the function has started on the
 * loop, in so far as nobody else waits for it. If none of this happens, it is never done.
 *
 * <p>{@link dev.baton.future.Futures#fromCallback} is the same, without the care for what the function has started.
 *
 * <p>Source: tornado.gen.Task (row U-21).
 */
public final class Task extends Deferred<@Nullable Object> {

    /**
     * Calls the function, at once.
     *
     * @param function gets the callback, which may be called from any thread
     */
    public Task(Consumer<? super ResultCallback> function) {
        Objects.requireNonNull(function, "function");
        ExceptionStackContext failures = new ExceptionStackContext(this::completeExceptionally);
        failures.run(() -> function.accept((ResultCallback) args -> complete(Arguments.result(args))));
    }
}
