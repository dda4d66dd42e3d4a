package dev.baton.future;

import org.jspecify.annotations.Nullable;

/**
 * How something ended ({@link Futures#gatherOutcomes}).
 *
 * {@snippet :
 * switch (outcome) {
 *     case Outcome.Success<Page>(var page) -> show(page);
 *     case Outcome.Failure<Page>(var cause) -> complain(cause);
 * }
 * }
 *
 * @param <T> the type of the value
 */
public sealed interface Outcome<T extends @Nullable Object> {

    /**
     * It has a value.
     *
     * @param value the value; null if it has none
     * @param <T> the type of the value
     */
    record Success<T extends @Nullable Object>(T value) implements Outcome<T> {}

    /**
     * It failed, or was cancelled.
     *
     * @param cause what it failed with, as it is; a {@link java.util.concurrent.CancellationException} if it was cancelled
     * @param <T> the type of the value that it does not have
     */
    record Failure<T extends @Nullable Object>(Throwable cause) implements Outcome<T> {}
}
