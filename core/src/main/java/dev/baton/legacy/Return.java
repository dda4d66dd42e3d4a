package dev.baton.legacy;

import dev.baton.EarlyReturn;
import org.jspecify.annotations.Nullable;

/**
 * Ends the coroutine in which it is thrown, with a value; also from a helper method that the body has called. An
 * {@link Engine} has no value to give, so there it must be null.
 *
 * <p>Source: tornado.gen.Return (rows T-04, U-01, E-04).
 */
public class Return extends EarlyReturn {
    private static final long serialVersionUID = 1L;

    /** Ends the coroutine with null. */
    public Return() {
        this(null);
    }

    /**
     * Ends the coroutine with a value.
     *
     * @param value the value; its type is the coroutine's, which nobody checks
     */
    public Return(@Nullable Object value) {
        super(value);
    }
}
