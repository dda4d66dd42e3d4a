package dev.baton.micrometer;

import dev.baton.loop.EventLoop;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * <tr><th>name<th>type<th>unit<th>tag<th>what it says
 * <tr><td>{@code baton.coroutines.active}<td>gauge<td><td>
 *     <td>Coroutines that have started and have not ended
 * <tr><td>{@code baton.coroutines.suspended}<td>gauge<td><td>
 *     <td>Coroutines that wait for something
 * <tr><td>{@code baton.coroutines.spawned}<td>counter<td><td>
 *     <td>Coroutines that were started
 * <tr><td>{@code baton.coroutines.unretrieved}<td>counter<td>failures<td>
 *     <td>Failures that nobody retrieved
 * <tr><td>{@code baton.coroutine.duration}<td>timer<td>seconds<td>outcome
 *     <td>From the start of a coroutine to its end
 * <tr><td>{@code baton.loop.iterations}<td>counter<td>iterations<td>
 *     <td>Iterations of the loop
 * <tr><td>{@code baton.loop.ready}<td>gauge<td>tasks<td>
 *     <td>Callbacks and coroutines that could run now
 * <tr><td>{@code baton.loop.timers}<td>gauge<td>timers<td>
 *     <td>Timers that are scheduled
 * <tr><td>{@code baton.loop.lag}<td>timer<td>seconds<td>
 *     <td>From being ready, or due, to running
 * <tr><td>{@code baton.loop.step}<td>timer<td>seconds<td>
 *     <td>One hold of the baton
 * <tr><td>{@code baton.loop.blocked}<td>counter<td>steps<td>
 *     <td>Holds of the baton that the watchdog found longer than its threshold
 * <tr><td>{@code baton.loop.time}<td>counter<td>seconds<td>state
 *     <td>Time in which the loop ran something, and in which it waited
 * <tr><td>{@code baton.loop.utilization}<td>gauge<td>ratio<td>
 *     <td>Part of the last ten to twenty seconds in which the loop ran something, from 0 to 1
 * </table>
 *
 * <p>The values of {@code outcome} are {@code success}, {@code failure} and {@code cancelled}; those of {@code state} are
 * {@code busy} and {@code idle}, where a loop that nobody drives is idle. A gauge without a unit counts what its name says.
 *
 * <p>Lag, step, duration and time are measured only while this object is bound. A loop that is closed keeps its last
 * figures, until {@link #close()} removes them. All methods may be called from any thread.
 */
public final class CoroutineMetrics implements MeterBinder, AutoCloseable {
    private final EventLoop loop;
    private final Tags tags;
    private final Map<BatonMeter, List<Duration>> objectives;
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
        this(
                loop,
                Tags.of("loop", loop.name(), "handoff", loop.handoff().name().toLowerCase(Locale.ROOT))
                        .and(tags),
                Map.of());
    }

    private CoroutineMetrics(EventLoop loop, Tags tags, Map<BatonMeter, List<Duration>> objectives) {
        this.loop = loop;
        this.tags = tags;
        this.objectives = objectives;
    }

    /**
     * {@return metrics of the same loop, bound to nothing yet, with a histogram of one of the timers}
     *
     * @param timer which one
     * @param buckets the upper bounds of the buckets; without any, the timer has no histogram
     * @throws IllegalArgumentException if the meter is not a timer
     */
    public CoroutineMetrics withServiceLevelObjectives(BatonMeter timer, Duration... buckets) {
        if (timer.type() != Meter.Type.TIMER) {
            throw new IllegalArgumentException(timer.meterName() + " is a " + timer.type() + " and has no buckets");
        }
        Map<BatonMeter, List<Duration>> all = new EnumMap<>(BatonMeter.class);
        all.putAll(objectives);
        all.put(timer, List.of(buckets));
        return new CoroutineMetrics(loop, tags, all);
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
            LoopMeters meters = new LoopMeters(loop, registry, tags, objectives);
            loop.addListener(meters);
            loop.wakeUp(); // if it is idle: it tells so again
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
