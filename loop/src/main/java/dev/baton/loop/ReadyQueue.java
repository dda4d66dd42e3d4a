package dev.baton.loop;

import org.jspecify.annotations.Nullable;

/**
 * First in, first out, through links in the elements, so that neither a callback nor a fiber costs an allocation to
 * queue. Owner only, but for {@link #size()}.
 *
 * <p>One exception to the order keeps a promise: a plain CompletableFuture notifies its dependents last in, first out.
 * Elements that one such stage makes ready, one right after the other, form a group at the tail, and each takes its
 * place at the <em>front</em> of the group, so that they run in the order in which they began to wait.
 */
final class ReadyQueue {
    private @Nullable Ready head;
    private @Nullable Ready tail;
    private int size; // written by the owner; others may read an old value

    private @Nullable Object groupSource; // what made the group at the tail ready; null if there is no group
    private @Nullable Ready beforeGroup; // the element that the group follows; null if the group starts at the head

    void add(Ready ready) {
        size++;
        Object source = ready.source;
        if (source != null) {
            ready.source = null;
            if (source == groupSource) {
                addToFrontOfGroup(ready);
                return;
            }
            beforeGroup = tail;
        }
        groupSource = source;
        if (tail == null) {
            head = ready;
        } else {
            tail.next = ready;
        }
        tail = ready;
    }

    private void addToFrontOfGroup(Ready ready) {
        if (beforeGroup == null) {
            ready.next = head;
            head = ready;
        } else {
            ready.next = beforeGroup.next;
            beforeGroup.next = ready;
        }
        if (ready.next == null) { // the rest of the group has been taken already
            tail = ready;
        }
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
        if (first == beforeGroup) {
            beforeGroup = null;
        }
        return first;
    }

    /** Closes the group at the tail: what comes from now on runs in a later iteration, whatever made it ready. */
    void endGroup() {
        groupSource = null;
        beforeGroup = null;
    }

    boolean isEmpty() {
        return head == null;
    }

    int size() {
        return size;
    }
}
