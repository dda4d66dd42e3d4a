package dev.baton;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Finds circles among coroutines that wait for each other. An await that would close one directly is refused; through a
 * combinator it may come about. A depth-first walk with a stack of its own, because chains may be longer than a thread's.
 */
final class AwaitCycles {
    private record Step(long id, Iterator<Long> awaits) {}

    private final Map<Long, CoroutineDump.Node> nodes;
    private final Map<Long, Boolean> onPath = new HashMap<>(); // false: done with
    private final List<List<Long>> cycles = new ArrayList<>();

    private AwaitCycles(Map<Long, CoroutineDump.Node> nodes) {
        this.nodes = nodes;
    }

    static List<List<Long>> of(Map<Long, CoroutineDump.Node> nodes) {
        AwaitCycles walk = new AwaitCycles(nodes);
        nodes.keySet().forEach(walk::from);
        return walk.cycles;
    }

    private void from(long root) {
        Deque<Step> path = new ArrayDeque<>();
        enter(path, root);
        while (!path.isEmpty()) {
            Step last = path.getLast();
            if (last.awaits.hasNext()) {
                long next = last.awaits.next();
                if (Boolean.TRUE.equals(onPath.get(next))) {
                    cycles.add(cycle(path, next));
                } else {
                    enter(path, next);
                }
            } else {
                onPath.put(last.id, false);
                path.removeLast();
            }
        }
    }

    private void enter(Deque<Step> path, long id) {
        CoroutineDump.Node node = nodes.get(id);
        if (node != null && onPath.putIfAbsent(id, true) == null) {
            path.addLast(new Step(id, node.awaits().iterator()));
        }
    }

    private static List<Long> cycle(Deque<Step> path, long from) {
        List<Long> ids = new ArrayList<>();
        boolean inside = false;
        for (Step step : path) {
            inside |= step.id == from;
            if (inside) {
                ids.add(step.id);
            }
        }
        Collections.rotate(ids, -ids.indexOf(Collections.min(ids)));
        return ids;
    }
}
