package dev.baton.loop;

import org.jspecify.annotations.Nullable;

/**
 * First in, first out, through links in the elements, so that neither a callback nor a fiber costs an allocation to
 * queue. Owner only, but for {@link #size()}.
 */
final class ReadyQueue {
    private @Nullable Ready head;
    private @Nullable Ready tail;
    private int size; // written by the owner; others may read an old value

    void add(Ready ready) {
        size++;
        if (tail == null) {
            head = ready;
        } else {
            tail.next = ready;
        }
        tail = ready;
    }

    @Nullable
    Ready poll() {
        Ready first = head;
        if (first == null) {
            return null;
        }
        size--;
        head = first.next;
        first.next = null;
        if (head == null) {
            tail = null;
        }
        return first;
    }

    boolean isEmpty() {
        return head == null;
    }

    int size() {
        return size;
    }
}
