package dev.baton;

import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The coroutines of a loop that have not ended, and who of them waits for whom.
 *
 * {@snippet :
 * CoroutineDump.of(loop).writeTree(System.err);
 * }
 *
 * <p>Taken and written on any thread, also while the loop is blocked. It knows at once who lives and who waits for whom;
 * what each was doing, it asks when it is written, one after the other, so that a hundred thousand take no more memory
 * than one. While the loop runs, the parts need not fit together.
 *
 * <p>A wait is seen through the futures of {@link dev.baton.future.Futures}, but not through the dependent stages of a
 * CompletableFuture ({@code thenApply} and its kind), which nobody can ask.
 *
 * <p>Source: {@code asyncio ps} and {@code pstree}, and asyncio.capture_call_graph, of Python 3.14 (row B-05).
 */
public final class CoroutineDump {
    private static final int LONGEST_TEXT = 300;

    /** A coroutine, and the numbers of those that it awaits, and of those that await it. */
    record Node(Coroutine<?> coroutine, List<Long> awaits, List<Long> awaitedBy) {
        Node(Coroutine<?> coroutine) {
            this(coroutine, new ArrayList<>(1), new ArrayList<>(1));
        }

        CoroutineState state() {
            Object awaited = coroutine.awaiting();
            return new CoroutineState(
                    coroutine.id(),
                    coroutine.name(),
                    coroutine.status(),
                    awaited == null ? null : text(awaited),
                    List.copyOf(awaits),
                    List.copyOf(awaitedBy),
                    coroutine.waiting(),
                    coroutine.stack().reversed(),
                    coroutine.spawnedAt());
        }
    }

    private final EventLoop loop;
    private final String header;
    private final Map<Long, Node> nodes; // oldest first

    private CoroutineDump(EventLoop loop, Map<Long, Node> nodes) {
        this.loop = loop;
        this.header = loop.toString();
        this.nodes = nodes;
    }

    /**
     * Takes a dump of a loop. May be called from any thread.
     *
     * @param loop the loop
     * @return the dump
     */
    public static CoroutineDump of(EventLoop loop) {
        Map<Long, Node> nodes = new LinkedHashMap<>();
        for (Coroutine<?> each : Coroutines.all(loop)) {
            nodes.put(each.id(), new Node(each));
        }
        for (Node node : nodes.values()) {
            for (Coroutine<?> above : node.coroutine.awaiters()) {
                node.awaitedBy.add(above.id());
                Node waits = nodes.get(above.id()); // null: on another loop, or it came meanwhile
                if (waits != null) {
                    waits.awaits.add(node.coroutine.id());
                }
            }
        }
        for (Node node : nodes.values()) {
            if (node.coroutine.awaiting() instanceof Coroutine<?> other && !nodes.containsKey(other.id())) {
                node.awaits.add(other.id()); // on another loop
            }
        }
        return new CoroutineDump(loop, nodes);
    }

    /** {@return the loop} */
    public EventLoop loop() {
        return loop;
    }

    /** {@return how many coroutines there are} */
    public int size() {
        return nodes.size();
    }

    /** {@return what each coroutine is doing, oldest first; each is asked when the stream comes to it} */
    public Stream<CoroutineState> coroutines() {
        return nodes.values().stream().map(Node::state);
    }

    /**
     * {@return the numbers of coroutines that wait for each other in a circle, and so for ever, unless somebody cancels one}
     * Each circle begins with its oldest member.
     */
    public List<List<Long>> cycles() {
        return AwaitCycles.of(nodes);
    }

    /**
     * Writes each coroutine, with those who await it, and its stack. May be called from any thread.
     *
     * @param out where to
     * @throws IOException if {@code out} does
     */
    public void writeText(Appendable out) throws IOException {
        out.append(header).append('\n');
        for (Node node : nodes.values()) {
            CoroutineState state = node.state();
            out.append(line(state));
            String separator = " awaited by ";
            for (long id : state.awaitedBy()) {
                out.append(separator).append(label(id));
                separator = ", ";
            }
            out.append('\n');
            for (StackTraceElement frame : state.stack()) {
                out.append("    at ").append(frame.toString()).append('\n');
            }
            for (StackTraceElement frame : state.spawnedAt()) {
                out.append("    spawned at ").append(frame.toString()).append('\n');
            }
        }
        for (List<Long> cycle : cycles()) {
            out.append("cycle: ");
            for (long id : cycle) {
                out.append(label(id)).append(" awaits ");
            }
            out.append(label(cycle.getFirst())).append('\n');
        }
    }

    /**
     * Writes the tree of who waits for whom: below each coroutine those that it awaits, with the newest call of each. One that
     * several await is written in full once. May be called from any thread.
     *
     * @param out where to
     * @throws IOException if {@code out} does
     */
    public void writeTree(Appendable out) throws IOException {
        out.append(header).append('\n');
        new DumpTree(nodes, out).write();
    }

    /**
     * Writes one JSON object: {@code loop} (with {@code name}, {@code handoff}, {@code iteration}, {@code ready},
     * {@code timers}, {@code closed}), {@code coroutines} (an array of objects with the names of {@link CoroutineState}'s
     * components; {@code waitingSeconds} is a number or null, stacks are arrays of strings) and {@code cycles}. May be called
     * from any thread.
     *
     * @param out where to
     * @throws IOException if {@code out} does
     */
    public void writeJson(Appendable out) throws IOException {
        new DumpJson(out).write(this);
    }

    /** {@return name, number, status, and what it waits for} */
    static String line(CoroutineState state) {
        StringBuilder line = new StringBuilder("Coroutine[").append(state.label());
        line.append(' ').append(state.status());
        if (state.awaiting() != null) {
            line.append(" awaiting ").append(state.awaiting());
        }
        if (state.waiting() != null) {
            line.append(" for ").append(state.waiting().toMillis()).append(" ms");
        }
        return line.append(']').toString();
    }

    private String label(long id) {
        Node node = nodes.get(id);
        return node == null ? "#" + id : node.coroutine.label();
    }

    /** What somebody's toString() says; it may be long, and it may fail. */
    private static String text(Object awaited) {
        if (awaited instanceof Coroutine<?> other) {
            return other.label();
        }
        String text;
        try {
            text = String.valueOf(awaited.toString());
        } catch (RuntimeException e) {
            text = awaited.getClass().getName() + ", whose toString() failed with "
                    + e.getClass().getName();
        }
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
    }

    /** {@return the same as {@link #writeText} writes} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        try {
            writeText(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringBuilder throws none
        }
        return text.toString();
    }
}
