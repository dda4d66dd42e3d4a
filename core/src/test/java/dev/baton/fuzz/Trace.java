package dev.baton.fuzz;

import java.util.ArrayList;
import java.util.List;

/** What happened, in order: who did what, in which iteration, at which time. Written by the holder of the baton. */
final class Trace {
    /** Lines are made only when a difference is shown: to write each would take longer than to run a program. */
    private record Event(long iteration, long micros, int who, String what, Object detail) {
        @Override
        public String toString() {
            return iteration + " @" + micros + " µs  #" + who + " " + what + (detail.equals("") ? "" : " " + detail);
        }
    }

    private final List<Event> events = new ArrayList<>();

    void add(long iteration, long nanos, int who, String what, Object detail) {
        events.add(new Event(iteration, nanos / 1000, who, what, detail));
    }

    int size() {
        return events.size();
    }

    List<String> lines() {
        return events.stream().map(Event::toString).toList();
    }

    /** {@return where two traces part, with what came before; empty if they are the same} */
    static String difference(Trace one, Trace other) {
        if (one.events.equals(other.events)) {
            return "";
        }
        int at = 0;
        while (at < Math.min(one.size(), other.size()) && one.events.get(at).equals(other.events.get(at))) {
            at++;
        }
        StringBuilder text = new StringBuilder("the traces part at line " + at + "\n");
        for (int i = Math.max(0, at - 10); i < at; i++) {
            text.append("    ").append(one.events.get(i)).append('\n');
        }
        return text + "  portable: " + from(one, at) + "\n  carrier:  " + from(other, at);
    }

    private static String from(Trace trace, int at) {
        return at < trace.size() ? trace.events.get(at).toString() : "(ends)";
    }
}
