package dev.baton.examples.aggregator;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopStatistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a loop is doing: its coroutines, and which of them waits for which. Any thread may ask, the loop blocked or not. */
final class Dump {
    private Dump() {}

    static String text(EventLoop loop) {
        return Coroutines.dump(loop);
    }

    /** {@return the same as maps and lists, ready to be written as JSON} */
    static Map<String, Object> json(EventLoop loop) {
        LoopStatistics statistics = loop.statistics();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("name", loop.name());
        figures.put("handoff", loop.handoff().name().toLowerCase(Locale.ROOT));
        figures.put("iterations", statistics.iterations());
        figures.put("ready", statistics.ready());
        figures.put("timers", statistics.timers());
        figures.put("suspended", statistics.suspended());
        List<Map<String, Object>> coroutines = new ArrayList<>();
        for (Coroutine<?> each : Coroutines.all(loop)) {
            coroutines.add(json(each));
        }
        Map<String, Object> dump = new LinkedHashMap<>();
        dump.put("loop", figures);
        dump.put("coroutines", coroutines);
        return dump;
    }

    private static Map<String, Object> json(Coroutine<?> coroutine) {
        Object awaited = coroutine.awaiting();
        List<Long> awaits = new ArrayList<>();
        addCoroutines(awaited, awaits);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", coroutine.id());
        fields.put("name", coroutine.name());
        fields.put("status", coroutine.status().name().toLowerCase(Locale.ROOT));
        fields.put("awaiting", describe(awaited));
        fields.put("awaits", awaits);
        fields.put(
                "stack",
                coroutine.stack().stream().map(StackTraceElement::toString).toList());
        return fields;
    }

    /** Adds the coroutines that keep it from being done: itself, or those that a {@link Visible} was made of. */
    private static void addCoroutines(@Nullable Object awaited, List<Long> ids) {
        if (awaited instanceof Coroutine<?> coroutine && !coroutine.isDone()) {
            ids.add(coroutine.id());
        } else if (awaited instanceof Visible<?> visible) {
            visible.parts().forEach(part -> addCoroutines(part, ids));
        }
    }

    private static @Nullable String describe(@Nullable Object awaited) {
        if (awaited == null) {
            return null;
        }
        if (awaited instanceof Coroutine<?> coroutine) {
            return coroutine.name();
        }
        return awaited instanceof Visible<?> visible
                ? visible.kind()
                : awaited.getClass().getSimpleName();
    }
}
