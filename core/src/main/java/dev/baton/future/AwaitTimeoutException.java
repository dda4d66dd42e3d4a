package dev.baton.future;

/**
 * Something was not done in time. Unchecked, and of a type of its own, so that a future that failed with somebody else's
 * {@link java.util.concurrent.TimeoutException} is told apart.
 */
public class AwaitTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Creates the exception.
     *
     * @param message what was not done, and after how long
     */
    public AwaitTimeoutException(String message) {
        super(message);
    }
}
