package dev.baton.micrometer;

import dev.baton.loop.EventLoop;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Publishes what a loop is doing.
 *
 * {@snippet :
 * CoroutineMetrics metrics = new CoroutineMetrics(loop);
 * metrics.bindTo(registry);
 * }
 *
 * <p>Every meter has the tags {@code loop} (the name of the loop) and {@code handoff}, and those given to the constructor.
 * Coroutines are never told apart by name.
 *
 * <table>
 * <caption>The meters</caption>
 * <tr><th>name<th>type<th>unit<th>what it says
 * <tr><td>{@code baton.coroutines.active}<td>gauge<td>coroutines<td>started, and not ended
 * <tr><td>{@code baton.coroutines.suspended}<td>gauge<td>coroutines<td>waiting for something
 * <tr><td>{@code baton.coroutines.spawned}<td>counter<td>coroutines<td>started, ever
 * <tr><td>{@code baton.coroutines.unretrieved}<td>counter<td>failures<td>failures that nobody retrieved
 * <tr><td>{@code baton.coroutine.duration}<td>timer<td>seconds<td>from start to end; tag {@code outcome} is
 *     {@code success}, {@code failure} or {@code cancelled}
 * <tr><td>{@code baton.loop.iterations}<td>counter<td>iterations<td>iterations, ever
 * <tr><td>{@code baton.loop.ready}<td>gauge<td>tasks<td>callbacks and coroutines that could run now
 * <tr><td>{@code baton.loop.timers}<td>gauge<td>timers<td>timers that are scheduled
 * <tr><td>{@code baton.loop.lag}<td>timer<td>seconds<td>from being ready (for a timer: its deadline) to running
 * <tr><td>{@code baton.loop.step}<td>timer<td>seconds<td>one hold of the baton
 * </table>
 *
 * <p>Lag, step and duration are measured only while this object is bound. All methods may be called from any thread.
 */
public final class CoroutineMetrics implements MeterBinder, AutoCloseable {
    private final EventLoop loop;
    private final Tags tags;
    private final ConcurrentMap<MeterRegistry, LoopMeters> bound = new ConcurrentHashMap<>();

    /**
     * Metrics of a loop.
     *
     * @param loop the loop
     */
    public CoroutineMetrics(EventLoop loop) {
        this(loop, Tags.empty());
    }

    /**
     * Metrics of a loop, with tags of one's own.
     *
     * @param loop the loop
     * @param tags tags that every meter gets
     */
    public CoroutineMetrics(EventLoop loop, Iterable<Tag> tags) {
        this.loop = Objects.requireNonNull(loop, "loop");
        this.tags = Tags.of(
                        "loop", loop.name(), "handoff", loop.handoff().name().toLowerCase(Locale.ROOT))
                .and(tags);
    }

    /**
     * Registers the meters, and begins to measure. May be called for several registries; for the same one again, it has
     * no effect.
     *
     * @param registry where to register them
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        bound.computeIfAbsent(registry, any -> {
            LoopMeters meters = new LoopMeters(loop, registry, tags);
            loop.addListener(meters);
            return meters;
        });
    }

    /** Removes the meters from every registry, and measures no more. */
    @Override
    public void close() {
        for (MeterRegistry registry : bound.keySet()) {
            LoopMeters meters = bound.remove(registry);
            if (meters != null) {
                loop.removeListener(meters);
                meters.remove();
            }
        }
    }
}
