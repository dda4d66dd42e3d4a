package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReadyQueueTest {
    private final ReadyQueue queue = new ReadyQueue();

    @Test
    @DisplayName("L-02 first in, first out")
    void firstInFirstOut() {
        add("a", null);
        add("b", null);
        assertEquals("a", poll());
        add("c", null);
        assertEquals(List.of("b", "c"), rest());
    }

    @Test
    void anEmptyQueueHasNothingAndCanBeUsedAgain() {
        assertTrue(queue.isEmpty());
        assertNull(queue.poll());
        add("a", null);
        assertEquals(1, queue.size());
        assertEquals(false, queue.isEmpty());
        assertEquals("a", poll());
        assertNull(queue.poll());
        assertEquals(0, queue.size());
        add("b", null);
        assertEquals(List.of("b"), rest());
    }

    @Test
    void aGroupIsTurnedAround() {
        add("before", null);
        addGroup("stage", "c", "b", "a");
        add("after", null);

        assertEquals(List.of("before", "a", "b", "c", "after"), rest());
    }

    @Test
    void aGroupAtTheHeadIsTurnedAround() {
        addGroup("stage", "c", "b", "a");
        add("after", null);

        assertEquals(List.of("a", "b", "c", "after"), rest());
    }

    @Test
    void twoGroupsStayApart() {
        addGroup("one", "b1", "a1");
        addGroup("two", "b2", "a2");
        addGroup("one", "d1", "c1");

        assertEquals(List.of("a1", "b1", "a2", "b2", "c1", "d1"), rest());
    }

    @Test
    void somethingElseBetweenEndsTheGroup() {
        addGroup("stage", "b", "a");
        add("x", null);
        addGroup("stage", "d", "c");

        assertEquals(List.of("a", "b", "x", "c", "d"), rest());
    }

    @Test
    @DisplayName("L-02 after the end of a group the same source joins behind it")
    void afterTheEndOfAGroupTheSameSourceJoinsBehindIt() {
        addGroup("stage", "b", "a");
        queue.endGroup();
        addGroup("stage", "d", "c");

        assertEquals(List.of("a", "b", "c", "d"), rest());
    }

    @Test
    void aGroupGoesOnWhenWhatStoodBeforeItIsTaken() {
        add("before", null);
        addGroup("stage", "c", "b");
        assertEquals("before", poll());
        addGroup("stage", "a");

        assertEquals(List.of("a", "b", "c"), rest());
    }

    @Test
    void aGroupGoesOnWhenAllOfItIsTaken() {
        addGroup("stage", "b");
        assertEquals("b", poll());
        addGroup("stage", "a");
        add("after", null);

        assertEquals(List.of("a", "after"), rest());
    }

    @Test
    void theSourceIsTheSameObjectAndNotAnEqualOne() {
        add("b", new String("stage"));
        add("a", new String("stage"));

        assertEquals(List.of("b", "a"), rest());
    }

    @Test
    void nothingIsRetainedInAnElementThatWasTaken() {
        Item first = new Item("first");
        Item second = new Item("second");
        first.source = "stage";
        second.source = "stage";
        queue.add(first);
        queue.add(second);

        assertSame(second, queue.poll());
        assertNull(second.next);
        assertNull(second.source);
        assertSame(first, queue.poll());
        assertNull(first.next);
        assertNull(first.source);
    }

    @Test
    void agreesWithAList() {
        Random random = new Random(20261122);
        Object[] sources = {null, new Object(), new Object()};
        List<String> model = new ArrayList<>();
        Object groupSource = null;
        int group = 0; // where the group begins
        for (int i = 0; i < 200_000; i++) {
            int dice = random.nextInt(100);
            if (dice < 50) {
                Object source = sources[random.nextInt(sources.length)];
                String name = "" + i;
                if (source == null || source != groupSource) {
                    group = model.size();
                }
                groupSource = source;
                model.add(source == null ? model.size() : group, name);
                add(name, source);
            } else if (dice < 95) {
                String expected = model.isEmpty() ? null : model.removeFirst();
                group = Math.max(0, group - 1);
                Ready polled = queue.poll();
                assertEquals(expected, polled == null ? null : ((Item) polled).name);
            } else {
                queue.endGroup();
                groupSource = null;
            }
            assertEquals(model.size(), queue.size());
            assertEquals(model.isEmpty(), queue.isEmpty());
        }
        assertEquals(model, rest());
    }

    private void add(String name, Object source) {
        Item item = new Item(name);
        item.source = source;
        queue.add(item);
    }

    private void addGroup(Object source, String... names) {
        for (String name : names) {
            add(name, source);
        }
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
