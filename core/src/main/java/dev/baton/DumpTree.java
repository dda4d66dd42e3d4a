package dev.baton;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes the tree of a {@link CoroutineDump}: without recursion, because chains may be longer than a thread's stack. */
final class DumpTree {
    private static final int DEEPEST = 32; // no further indentation, which would grow with the square of the depth

    /** One whose awaits are being written. */
    private record Level(long id, String prefix, Iterator<Long> awaits) {}

    private final Map<Long, CoroutineDump.Node> nodes;
    private final Appendable out;
    private final Set<Long> written = new HashSet<>();
    private final Set<Long> above = new HashSet<>(); // on the way down to where we are
    private final Deque<Level> path = new ArrayDeque<>();

    DumpTree(Map<Long, CoroutineDump.Node> nodes, Appendable out) {
        this.nodes = nodes;
        this.out = out;
    }

    void write() throws IOException {
        for (CoroutineDump.Node node : nodes.values()) {
            if (node.awaitedBy().stream().noneMatch(nodes::containsKey)) {
                writeFrom(node.coroutine().id());
            }
        }
        for (long id : nodes.keySet()) { // those in a circle are below nobody
            if (!written.contains(id)) {
                writeFrom(id);
            }
        }
    }

    private void writeFrom(long root) throws IOException {
        enter(root, "", "");
        while (!path.isEmpty()) {
            Level level = path.getLast();
            if (level.awaits.hasNext()) {
                long next = level.awaits.next();
                boolean last = !level.awaits.hasNext();
                enter(next, level.prefix + (last ? "└── " : "├── "), level.prefix + (last ? "    " : "│   "));
            } else {
                above.remove(level.id);
                path.removeLast();
            }
        }
    }

    private void enter(long id, String branch, String below) throws IOException {
        CoroutineDump.Node node = nodes.get(id);
        int depth = path.size();
        out.append(branch);
        if (depth > DEEPEST) {
            out.append("(depth ").append(Integer.toString(depth)).append(") ");
        }
        if (node == null) {
            out.append("coroutine #").append(Long.toString(id)).append(" of another loop, or ended\n");
        } else if (above.contains(id)) {
            out.append(node.coroutine().label()).append(" (a cycle: see above)\n");
        } else if (!written.add(id)) {
            out.append(node.coroutine().label()).append(" (see above)\n");
        } else {
            CoroutineState state = node.state();
            out.append(CoroutineDump.line(state));
            List<StackTraceElement> stack = state.stack();
            if (!stack.isEmpty()) {
                out.append(" at ").append(stack.getFirst().toString());
            }
            out.append('\n');
            above.add(id);
            String prefix = depth < DEEPEST || path.isEmpty() ? below : path.getLast().prefix;
            path.addLast(new Level(id, prefix, node.awaits().iterator()));
        }
    }
}
