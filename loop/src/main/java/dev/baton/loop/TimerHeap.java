package dev.baton.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/*
 * A binary heap ordered by (deadline, sequence). Each timer knows its index, so that a cancelled one leaves at once, in
 * O(log n), and nothing of it is retained. Owner only, but for size().
 */
final class TimerHeap {
    private @Nullable TimerHandle[] heap = new TimerHandle[16];
    private int size; // written by the owner; others may read an old value
    private long sequence; // breaks ties: equal deadlines run in the order of scheduling

    void add(TimerHandle timer) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        timer.sequence = sequence++;
        siftUp(size++, timer);
    }

    @Nullable
    TimerHandle peek() {
        return heap[0];
    }

    @Nullable
    TimerHandle poll() {
        TimerHandle first = heap[0];
        if (first != null) {
            removeAt(0);
            first.index = TimerHandle.NOT_IN_HEAP;
        }
        return first;
    }

    /** Does nothing if the timer is not here. */
    void remove(TimerHandle timer) {
        if (timer.index != TimerHandle.NOT_IN_HEAP) {
            removeAt(timer.index);
            timer.index = TimerHandle.NOT_IN_HEAP;
        }
    }

    private void removeAt(int index) {
        TimerHandle last = at(--size);
        heap[size] = null;
        if (index == size) {
            return;
        }
        siftDown(index, last);
        if (heap[index] == last) {
            siftUp(index, last);
        }
        if (size < heap.length / 4 && heap.length > 64) { // or a burst of timers would hold its array for ever
            heap = Arrays.copyOf(heap, heap.length / 2);
        }
    }

    private void siftUp(int index, TimerHandle timer) {
        while (index > 0) {
            int parent = (index - 1) >>> 1;
            TimerHandle above = at(parent);
            if (!timer.isBefore(above)) {
                break;
            }
            put(index, above);
            index = parent;
        }
        put(index, timer);
    }

    private void siftDown(int index, TimerHandle timer) {
        int half = size >>> 1;
        while (index < half) {
            int child = 2 * index + 1;
            if (child + 1 < size && at(child + 1).isBefore(at(child))) {
                child++;
            }
            TimerHandle below = at(child);
            if (!below.isBefore(timer)) {
                break;
            }
            put(index, below);
            index = child;
        }
        put(index, timer);
    }

    private void put(int index, TimerHandle timer) {
        heap[index] = timer;
        timer.index = index;
    }

    @SuppressWarnings("NullAway") // below size there are timers
    private TimerHandle at(int index) {
        return heap[index];
    }

    int size() {
        return size;
    }
}
