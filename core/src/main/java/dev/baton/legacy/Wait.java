package dev.baton.legacy;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Waits until the {@link Callback} with the same key has been called, and gives what it was called with. The key is
 * free again then.
 *
 * <p>Source: tornado.gen.Wait (row Y-05).
 */
public final class Wait implements YieldPoint<@Nullable Object> {
    private final Object key;
    private @Nullable Run run; // null until it is started

    /**
     * Creates one.
     *
     * @param key the key; if it is not outstanding, the await throws {@link UnknownKeyException}
     */
    public Wait(Object key) {
        this.key = Objects.requireNonNull(key, "key");
    }

    @Override
    public void start(Run run) {
        this.run = run;
    }

    @Override
    public boolean isReady() {
        return run != null && run.isReady(key);
    }

    @Override
    @SuppressWarnings("NullAway") // null is a result
    public @Nullable Object getResult() {
        return Objects.requireNonNull(run, "not started").popResult(key);
    }

    @Override
    public String toString() {
        return "Wait[" + key + "]";
    }
}
