package dev.baton;

import org.jspecify.annotations.Nullable;

/**
 * Thrown in the body of a coroutine, ends it at once with a value, as a {@code return} of the body does; so a helper
 * method may end its caller. Outside a coroutine it is an exception as any other.
 *
 * <p>For front ends that have such a statement; plain Java returns. It has no stack trace, because it is no failure.
 *
 * <p>Source: tornado.gen.Return (row T-04), twisted.internet.defer.returnValue (rows W-07, W-08).
 */
public abstract class EarlyReturn extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Object value;

    /**
     * Creates one with a value.
     *
     * @param value the value of the coroutine; its type is the coroutine's, which nobody checks
     */
    protected EarlyReturn(@Nullable Object value) {
        super("an early return of " + value + ", which only a coroutine's body can make", null, false, false);
        this.value = value;
    }

    /** {@return the value} */
    public final @Nullable Object value() {
        return value;
    }
}
