package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReadyQueueTest {
    private final ReadyQueue queue = new ReadyQueue();

    @Test
    @DisplayName("L-02 first in, first out")
    void firstInFirstOut() {
        add("a");
        add("b");
        assertEquals("a", poll());
        add("c");
        assertEquals(List.of("b", "c"), rest());
    }

    @Test
    void anEmptyQueueHasNothingAndCanBeUsedAgain() {
        assertTrue(queue.isEmpty());
        assertNull(queue.poll());
        add("a");
        assertEquals(1, queue.size());
        assertEquals(false, queue.isEmpty());
        assertEquals("a", poll());
        assertNull(queue.poll());
        assertEquals(0, queue.size());
        add("b");
        assertEquals(List.of("b"), rest());
    }

    @Test
    void anElementThatWasTakenHasNoLinkAndCanComeBack() {
        Item first = new Item("first");
        queue.add(first);
        add("second");

        assertSame(first, queue.poll());
        assertNull(first.next);
        queue.add(first);

        assertEquals(List.of("second", "first"), rest());
    }

    @Test
    void agreesWithAnArrayDeque() {
        Random random = new Random(20261122);
        Deque<String> model = new ArrayDeque<>();
        for (int i = 0; i < 100_000; i++) {
            if (random.nextBoolean()) {
                model.add("" + i);
                add("" + i);
            } else {
                String expected = model.poll();
                Ready polled = queue.poll();
                assertEquals(expected, polled == null ? null : ((Item) polled).name);
            }
            assertEquals(model.size(), queue.size());
            assertEquals(model.isEmpty(), queue.isEmpty());
        }
        assertEquals(List.copyOf(model), rest());
    }

    private void add(String name) {
        queue.add(new Item(name));
    }

    private String poll() {
        return ((Item) queue.poll()).name;
    }

    private List<String> rest() {
        List<String> names = new ArrayList<>();
        for (Ready item = queue.poll(); item != null; item = queue.poll()) {
            names.add(((Item) item).name);
        }
        assertEquals(0, queue.size());
        return names;
    }

    private static final class Item extends Ready {
        final String name;

        Item(String name) {
            this.name = name;
        }
    }
}
