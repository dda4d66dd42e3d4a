package dev.baton.legacy;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gives the coroutine a callback to pass on; a {@link Wait} with the same key waits for its call. A coroutine must wait
 * for each of its callbacks before it ends, or it fails with {@link LeakedCallbackException}; unless an await of it has
 * ever thrown.
 *
 * <p>Source: tornado.gen.Callback (rows Y-03, Y-04, Y-07).
 */
public final class Callback implements YieldPoint<ResultCallback> {
    private final Object key;
    private @Nullable ResultCallback callback; // null until it is started

    /**
     * Creates one.
     *
     * @param key the key, which must be unique among those of the coroutine that are outstanding
     */
    public Callback(Object key) {
        this.key = Objects.requireNonNull(key, "key");
    }

    @Override
    public void start(Run run) {
        run.registerCallback(key);
        callback = run.resultCallback(key);
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public ResultCallback getResult() {
        return Objects.requireNonNull(callback, "not started");
    }

    @Override
    public String toString() {
        return "Callback[" + key + "]";
    }
}
