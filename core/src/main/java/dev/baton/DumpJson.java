package dev.baton;

import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopStatistics;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a {@link CoroutineDump} as JSON (RFC 8259), one coroutine a line. */
final class DumpJson {
    private final Appendable out;

    DumpJson(Appendable out) {
        this.out = out;
    }

    void write(CoroutineDump dump) throws IOException {
        EventLoop loop = dump.loop();
        LoopStatistics statistics = loop.statistics();
        out.append("{\"loop\":{\"name\":");
        string(loop.name());
        out.append(",\"handoff\":");
        string(loop.handoff().name());
        out.append(",\"iteration\":").append(Long.toString(statistics.iterations()));
        out.append(",\"ready\":").append(Integer.toString(statistics.ready()));
        out.append(",\"timers\":").append(Integer.toString(statistics.timers()));
        out.append(",\"closed\":").append(Boolean.toString(loop.isClosed()));
        out.append("},\n\"coroutines\":[");
        String separator = "\n";
        for (Iterator<CoroutineState> each = dump.coroutines().iterator(); each.hasNext(); ) {
            out.append(separator);
            write(each.next());
            separator = ",\n";
        }
        out.append("],\n\"cycles\":[");
        separator = "";
        for (List<Long> cycle : dump.cycles()) {
            out.append(separator);
            numbers(cycle);
            separator = ",";
        }
        out.append("]}\n");
    }

    private void write(CoroutineState state) throws IOException {
        out.append("{\"id\":").append(Long.toString(state.id())).append(",\"name\":");
        string(state.name());
        out.append(",\"status\":");
        string(state.status().name());
        out.append(",\"awaiting\":");
        string(state.awaiting());
        out.append(",\"awaits\":");
        numbers(state.awaits());
        out.append(",\"awaitedBy\":");
        numbers(state.awaitedBy());
        out.append(",\"waitingSeconds\":");
        out.append(
                state.waiting() == null
                        ? "null"
                        : Double.toString(state.waiting().toNanos() / 1e9));
        out.append(",\"stack\":");
        frames(state.stack());
        out.append(",\"spawnedAt\":");
        frames(state.spawnedAt());
        out.append('}');
    }

    private void numbers(List<Long> numbers) throws IOException {
        out.append(numbers.toString());
    }

    private void frames(List<StackTraceElement> frames) throws IOException {
        out.append('[');
        String separator = "";
        for (StackTraceElement frame : frames) {
            out.append(separator);
            string(frame.toString());
            separator = ",";
        }
        out.append(']');
    }

    private void string(@Nullable String text) throws IOException {
        if (text == null) {
            out.append("null");
            return;
        }
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            character(text, i);
        }
        out.append('"');
    }

    private void character(String text, int at) throws IOException {
        char c = text.charAt(at);
        switch (c) {
            case '"', '\\' -> out.append('\\').append(c);
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (c < ' ' || c == '\u2028' || c == '\u2029' || isAlone(text, at)) {
                    out.append(String.format("\\u%04x", (int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }

    /** Half a surrogate pair cannot be written in UTF-8. */
    private static boolean isAlone(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }
}
