package dev.baton.legacy;

import dev.baton.future.Deferred;
import dev.baton.future.YieldConverter;

/** Makes each {@link YieldPoint} awaitable. Found by {@link java.util.ServiceLoader}; nobody else needs it. */
public final class YieldPointConverter implements YieldConverter<YieldPoint<?>> {

    /** Creates the converter. */
    public YieldPointConverter() {}

    @Override
    @SuppressWarnings("unchecked") // a class literal has no type arguments
    public Class<YieldPoint<?>> type() {
        return (Class<YieldPoint<?>>) (Class<?>) YieldPoint.class;
    }

    /**
     * Starts a YieldPoint of the coroutine that calls.
     *
     * @throws IllegalStateException if the caller is not a coroutine
     */
    @Override
    public Deferred<?> convert(YieldPoint<?> value) {
        return Run.current().start(value);
    }
}
