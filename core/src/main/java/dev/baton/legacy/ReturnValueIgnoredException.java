package dev.baton.legacy;

/**
 * An {@link Engine} has returned a value, which nobody can get.
 *
 * <p>Source: tornado.gen.ReturnValueIgnoredError (row E-03).
 */
public class ReturnValueIgnoredException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what happened
     */
    public ReturnValueIgnoredException(String message) {
        super(message);
    }
}
