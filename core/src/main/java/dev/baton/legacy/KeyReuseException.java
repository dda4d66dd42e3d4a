package dev.baton.legacy;

/**
 * A {@link Callback} has the key of another one that is outstanding in the same coroutine.
 *
 * <p>Source: tornado.gen.KeyReuseError (row Y-03).
 */
public class KeyReuseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what happened
     */
    public KeyReuseException(String message) {
        super(message);
    }
}
