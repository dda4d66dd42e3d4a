package dev.baton.legacy;

/**
 * A coroutine has ended, and a {@link Callback} of it was never waited for.
 *
 * <p>Source: tornado.gen.LeakedCallbackError (row Y-07).
 */
public class LeakedCallbackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what happened
     */
    public LeakedCallbackException(String message) {
        super(message);
    }
}
