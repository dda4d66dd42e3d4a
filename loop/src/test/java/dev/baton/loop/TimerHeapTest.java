package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The heap against a list that is kept sorted. */
class TimerHeapTest {
    private final EventLoop loop = EventLoop.create(LoopOptions.defaults());
    private final TimerHeap heap = new TimerHeap();
    private final List<TimerHandle> model = new ArrayList<>(); // by deadline, then by the order of adding

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void anEmptyHeapHasNothing() {
        assertNull(heap.peek());
        assertNull(heap.poll());
        assertEquals(0, heap.size());
        TimerHandle stranger = timer(1);
        heap.remove(stranger);
        assertEquals(0, heap.size());
    }

    @Test
    @DisplayName("L-05 equal deadlines leave in the order in which they came")
    void equalDeadlinesLeaveInTheOrderInWhichTheyCame() {
        List<TimerHandle> timers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            timers.add(timer(7));
            heap.add(timers.get(i));
        }
        for (TimerHandle expected : timers) {
            assertSame(expected, heap.poll());
        }
        assertNull(heap.poll());
    }

    @Test
    @DisplayName("L-06 a timer that was polled or removed can be removed again without harm, and can come back")
    void aTimerCanBeRemovedTwiceAndCanComeBack() {
        TimerHandle one = timer(1);
        TimerHandle two = timer(2);
        TimerHandle three = timer(3);
        heap.add(one);
        heap.add(two);
        heap.add(three);
        assertSame(one, heap.poll());
        heap.remove(one);
        heap.remove(two);
        heap.remove(two);
        assertEquals(1, heap.size());
        assertSame(three, heap.peek());

        heap.add(one);
        assertSame(one, heap.poll());
        assertSame(three, heap.poll());
        assertNull(heap.poll());
        assertEquals(0, heap.size());
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                -1_000, // around zero
                Long.MAX_VALUE - 500, // around the end of the range, where nanoTime wraps
                Long.MIN_VALUE
            })
    void agreesWithASortedList(long base) {
        Random random = new Random(20261122);
        for (int round = 0; round < 30; round++) {
            int range = 1 + random.nextInt(1_000); // many ties, or few
            int adding = 30 + random.nextInt(50); // growing, or shrinking
            for (int i = 0; i < 1_000; i++) {
                int dice = random.nextInt(100);
                if (dice < adding) {
                    add(base + random.nextInt(range));
                } else if (dice % 2 == 0 && !model.isEmpty()) {
                    TimerHandle removed = model.remove(random.nextInt(model.size()));
                    heap.remove(removed);
                    assertEquals(TimerHandle.NOT_IN_HEAP, removed.index);
                } else {
                    poll();
                }
                assertSame(model.isEmpty() ? null : model.getFirst(), heap.peek());
                assertEquals(model.size(), heap.size());
            }
        }
        assertTrue(model.size() > 100, "the end is worth looking at: " + model.size());
        while (!model.isEmpty()) {
            poll();
        }
        assertNull(heap.poll());
    }

    @Test
    void aBurstLeavesAWorkingHeap() {
        Random random = new Random(1);
        for (int burst = 0; burst < 3; burst++) {
            for (int i = 0; i < 3_000; i++) {
                add(random.nextInt());
            }
            while (model.size() > 3) { // from the middle, so that the array shrinks under way
                TimerHandle removed = model.remove(model.size() / 2);
                heap.remove(removed);
                assertSame(model.getFirst(), heap.peek());
            }
        }
        while (!model.isEmpty()) {
            poll();
        }
        assertEquals(0, heap.size());
    }

    private TimerHandle timer(long deadline) {
        return new TimerHandle(loop, deadline, 0, () -> {});
    }

    private void add(long deadline) {
        TimerHandle timer = timer(deadline);
        heap.add(timer);
        int low = 0;
        int high = model.size();
        while (low < high) { // behind the last one whose deadline is not later
            int middle = (low + high) >>> 1;
            if (model.get(middle).deadlineNanos() - deadline <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        model.add(low, timer);
    }

    private void poll() {
        TimerHandle expected = model.isEmpty() ? null : model.removeFirst();
        assertSame(expected, heap.poll());
        if (expected != null) {
            assertEquals(TimerHandle.NOT_IN_HEAP, expected.index);
        }
    }
}
