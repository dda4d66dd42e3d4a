package dev.baton.legacy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Waits until all {@link Callback}s with these keys have been called, and gives what they were called with, in the
 * order of the keys.
 *
 * <p>Source: tornado.gen.WaitAll (row Y-06).
 */
public final class WaitAll implements YieldPoint<List<@Nullable Object>> {
    private final List<Object> keys;
    private @Nullable Run run; // null until it is started

    /**
     * Creates one.
     *
     * @param keys the keys; if one is not outstanding, the await throws {@link UnknownKeyException}
     */
    public WaitAll(Object... keys) {
        this(List.of(keys));
    }

    /**
     * Creates one.
     *
     * @param keys the keys; if one is not outstanding, the await throws {@link UnknownKeyException}
     */
    public WaitAll(Collection<?> keys) {
        this.keys = List.copyOf(keys);
    }

    @Override
    public void start(Run run) {
        this.run = run;
    }

    @Override
    public boolean isReady() {
        Run started = run;
        return started != null && keys.stream().allMatch(started::isReady);
    }

    @Override
    public List<@Nullable Object> getResult() {
        Run started = Objects.requireNonNull(run, "not started");
        List<@Nullable Object> results = new ArrayList<>();
        keys.forEach(key -> results.add(started.popResult(key)));
        return results;
    }

    @Override
    public String toString() {
        return "WaitAll" + keys;
    }
}
