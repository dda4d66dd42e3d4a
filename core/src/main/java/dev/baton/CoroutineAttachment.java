package dev.baton;

import org.jspecify.annotations.Nullable;

/**
 * What somebody keeps with a coroutine for as long as its body runs ({@link Coroutine#attachment}). Both methods are called
 * on the coroutine's own thread.
 */
public interface CoroutineAttachment {

    /**
     * An await of the coroutine is about to throw.
     *
     * @param failure what it throws
     */
    default void awaitFailed(Throwable failure) {}

    /**
     * The body has ended, and its outcome is not known to anybody yet.
     *
     * @param failure what it failed with, or null
     * @throws Exception what the coroutine is to fail with; reported to the loop if it has failed already
     */
    default void ended(@Nullable Throwable failure) throws Exception {}
}
