package dev.baton.legacy;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Waits for YieldPoints, futures and whatever else can be awaited, together: {@link Futures#multi(Iterable, Class[])}
 * with the {@link YieldPoint} protocol. Gives a list, or for a map, a map with the same keys.
 *
 * <p>Source: tornado.gen.MultiYieldPoint (rows Y-08, U-02 to U-04).
 */
public final class MultiYieldPoint implements YieldPoint<Object> {
    private final @Nullable List<?> keys; // null: children of a collection
    private final List<?> children;
    private final Class<? extends Throwable>[] quiet;

    private @Nullable List<@Nullable Object> results; // one of these two when ready
    private @Nullable Throwable failure;

    /**
     * Waits for the elements of a collection.
     *
     * @param children what to wait for
     * @param quiet further failures of these types are not reported
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public MultiYieldPoint(Collection<?> children, Class<? extends Throwable>... quiet) {
        this.keys = null;
        this.children = List.copyOf(children);
        this.quiet = quiet.clone();
    }

    /**
     * Waits for the values of a map.
     *
     * @param children what to wait for
     * @param quiet further failures of these types are not reported
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public MultiYieldPoint(Map<?, ?> children, Class<? extends Throwable>... quiet) {
        this.keys = new ArrayList<>(children.keySet());
        this.children = List.copyOf(children.values());
        this.quiet = quiet.clone();
    }

    @Override
    public void start(Run run) {
        Iterable<?> all = children;
        Deferred<List<@Nullable Object>> together = Futures.multi(all, quiet);
        together.whenComplete((values, thrown) -> run.onLoop(() -> {
            results = values;
            failure = thrown;
            run.ask();
        }));
    }

    @Override
    public boolean isReady() {
        return results != null || failure != null;
    }

    @Override
    public Object getResult() {
        List<@Nullable Object> values = results;
        if (values == null) {
            throw Contexts.sneaky(failure == null ? new IllegalStateException("not ready") : failure);
        }
        if (keys == null) {
            return values;
        }
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        Iterator<@Nullable Object> value = values.iterator();
        keys.forEach(key -> map.put(key, value.next()));
        return map;
    }

    @Override
    public String toString() {
        return "MultiYieldPoint" + (keys == null ? children : keys);
    }
}
