package dev.baton.legacy;

/**
 * A {@link Wait} has a key for which no {@link Callback} is outstanding in the same coroutine.
 *
 * <p>Source: tornado.gen.UnknownKeyError (row Y-05).
 */
public class UnknownKeyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what happened
     */
    public UnknownKeyException(String message) {
        super(message);
    }
}
