package dev.baton.legacy;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A callback whose call is the result that a coroutine waits for. May be called from any thread; calls that nobody
 * waits for any more do nothing.
 *
 * <p>Source: row Y-04.
 */
@FunctionalInterface
public interface ResultCallback extends Consumer<@Nullable Object>, Runnable {

    /**
     * Hands over a result: null if there is no argument, the argument if there is one, {@link Arguments} if there are
     * more.
     *
     * @param args the arguments
     */
    void call(@Nullable Object... args);

    /** Hands over one argument. */
    @Override
    default void accept(@Nullable Object argument) {
        call(new @Nullable Object[] {argument});
    }

    /** Hands over null. */
    @Override
    default void run() {
        call();
    }
}
