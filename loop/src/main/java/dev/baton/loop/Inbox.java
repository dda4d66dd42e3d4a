package dev.baton.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/*
 * The door for other threads: a stack of what they submit, which the owner takes as a whole and turns around.
 *
 * The head tells the state as well, so that one compare-and-set both submits and learns whether a wake-up is due:
 *
 *     null ──push──▶ items ──take──▶ null         somebody runs; the items are seen at the next iteration
 *     null ──sleep─▶ IDLE ──push──▶ items         the driver sleeps; the one who replaces IDLE wakes it, nobody else
 *                    IDLE ──wake──▶ null          the same for one who has no item: stop(), close()
 *     any ──close──▶ CLOSED                       push is refused
 */
final class Inbox {
    private static final Ready IDLE = new Mark();
    private static final Ready CLOSED = new Mark();

    private static final AtomicReferenceFieldUpdater<Inbox, @Nullable Ready> HEAD =
            AtomicReferenceFieldUpdater.newUpdater(Inbox.class, Ready.class, "head");

    private volatile @Nullable Ready head;
    private volatile @Nullable Thread sleeper; // written before IDLE is
    private volatile int drains; // odd while items are on their way to the agenda; written by the owner

    /** Submits, and wakes the driver if it sleeps. May be called from any thread. Returns false if closed. */
    boolean push(Ready item) {
        for (; ; ) {
            Ready top = head;
            if (top == CLOSED) {
                return false;
            }
            if (top == null || top == IDLE) {
                item.below = null;
                item.depth = 1;
            } else {
                item.below = top;
                item.depth = top.depth + 1;
            }
            if (HEAD.compareAndSet(this, top, item)) {
                if (top == IDLE) {
                    LockSupport.unpark(sleeper);
                }
                return true;
            }
        }
    }

    /** Wakes the driver if it sleeps. May be called from any thread. */
    void wake() {
        if (head == IDLE && HEAD.compareAndSet(this, IDLE, null)) {
            LockSupport.unpark(sleeper);
        }
    }

    boolean isEmpty() {
        return head == null;
    }

    /** Hands each item to the agenda, first in, first out. Owner only. */
    void drainTo(Agenda agenda) {
        Ready top = head;
        while (top != null && top != CLOSED && !HEAD.compareAndSet(this, top, null)) {
            top = head;
        }
        if (top == null || top == CLOSED) { // closed, while a driver that was blocked for too long finds its way out
            return;
        }
        int drain = drains;
        drains = drain + 1;
        try {
            forEach(top, agenda::admit);
        } finally {
            drains = drain + 2;
        }
    }

    /** {@return a number that changes when items begin or end their way to the agenda, and is odd in between} */
    int drains() {
        return drains;
    }

    private static void forEach(@Nullable Ready stack, Consumer<Ready> action) {
        Ready item = null;
        while (stack != null) { // turn it around
            Ready below = stack.below;
            stack.below = item;
            item = stack;
            stack = below;
        }
        while (item != null) {
            Ready above = item.below;
            item.below = null;
            action.accept(item);
            item = above;
        }
    }

    /** Announces that the calling thread is going to sleep. Returns false if there is something to do instead. */
    boolean sleep() {
        sleeper = Thread.currentThread();
        return HEAD.compareAndSet(this, null, IDLE);
    }

    /** {@return whether nobody has woken the one who sleeps} */
    boolean isAsleep() {
        return head == IDLE;
    }

    /** Ends what {@link #sleep} began. */
    void awake() {
        HEAD.compareAndSet(this, IDLE, null);
    }

    /** Refuses all further items. Callbacks that stand here were accepted and go to the agenda; the rest is dropped. */
    void closeInto(Agenda agenda) {
        closeAndPass(item -> {
            if (item instanceof Callback) {
                item.admit(agenda);
            } else {
                item.dropped();
            }
        });
    }

    /** Refuses all further items, and drops those that stand here. May be called from any thread. */
    void close() {
        closeAndPass(Ready::dropped);
    }

    private void closeAndPass(Consumer<Ready> heir) {
        Ready last = HEAD.getAndSet(this, CLOSED);
        if (last != CLOSED && last != IDLE) {
            forEach(last, heir);
        }
    }

    /**
     * {@return the new fibers that stand here, oldest first} May be called from any thread; what {@link #drains} says tells
     * whether some of them were on their way meanwhile.
     */
    List<Fiber> fibers() {
        List<Fiber> fibers = new ArrayList<>();
        Ready item = head;
        for (int left = size(); item != null && left > 0; left--) {
            if (item instanceof Fiber fiber && fiber.isNew()) {
                fibers.add(fiber);
            }
            item = item.below;
        }
        return fibers.reversed();
    }

    /** {@return about how many items stand here} May be called from any thread. */
    int size() {
        Ready top = head;
        return top == null ? 0 : top.depth;
    }

    private static final class Mark extends Ready {}
}
