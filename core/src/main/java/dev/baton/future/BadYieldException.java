package dev.baton.future;

import org.jspecify.annotations.Nullable;

/**
 * Something was awaited that cannot be. Source: tornado.gen.BadYieldError (row T-13).
 *
 * @see YieldConverters
 */
public class BadYieldException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Creates the exception.
     *
     * @param yielded what was awaited
     */
    public BadYieldException(@Nullable Object yielded) {
        super("cannot await " + yielded
                + (yielded == null ? "" : " (" + yielded.getClass().getName() + ")")
                + "; await a CompletionStage, a Future, a collection or map of these,"
                + " or register a YieldConverter for its type");
    }
}
