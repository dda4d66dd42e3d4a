package dev.baton.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Waiters in the order in which they came, until they are told, once and together. For implementors of
 * {@link Awaitable}. All methods may be called from any thread.
 *
 * @param <T> the type of the value that they wait for
 */
public final class WaitQueue<T> {
    private static final int SWEEP_AT = 16;

    /** Stands for those who have been told; who comes now has to look for himself. */
    private static final Waiter<Object> TOLD = new Waiter<>() {
        @Override
        public void accept(@Nullable Object value, @Nullable Throwable failure) {}
    };

    @SuppressWarnings("rawtypes") // one updater for every T
    private static final AtomicReferenceFieldUpdater<WaitQueue, Waiter> NEWEST =
            AtomicReferenceFieldUpdater.newUpdater(WaitQueue.class, Waiter.class, "newest");

    private volatile @Nullable Waiter<?> newest; // a stack, linked downwards
    private volatile boolean sweeping; // set and reset under the lock, read by the one who tells
    private int garbage; // how many have left and are still linked, less how many may; about

    /** Creates an empty queue. */
    public WaitQueue() {}

    /**
     * Adds a waiter behind the others.
     *
     * @param waiter the waiter, which stands in no other queue
     * @return false, and nothing else, if the others have been told already
     */
    public boolean add(Waiter<? super T> waiter) {
        for (; ; ) {
            Waiter<?> top = newest;
            if (top == TOLD) {
                return false;
            }
            waiter.next = staying(top); // those on top who have left fall off
            if (NEWEST.compareAndSet(this, top, waiter)) {
                return true;
            }
            waiter.next = null;
        }
    }

    private static @Nullable Waiter<?> staying(@Nullable Waiter<?> first) {
        Waiter<?> waiter = first;
        while (waiter != null && waiter.left) {
            waiter = waiter.next;
        }
        return waiter;
    }

    /**
     * Lets a waiter go before it was told; it may still be told if that happens just now. What a queue retains of those who
     * have left is bounded by the number of those who have not.
     *
     * @param waiter one that stands in this queue
     */
    public void remove(Waiter<?> waiter) {
        waiter.left = true;
        Waiter<?> top = newest;
        if (top == waiter && NEWEST.compareAndSet(this, top, staying(top))) {
            return;
        }
        synchronized (this) { // short, and only between those who leave
            if (++garbage >= SWEEP_AT) {
                sweep();
            }
        }
    }

    /**
     * Unlinks those who have left. Only the top of the stack is changed without the lock; and the one who tells takes the top
     * away, and waits here if he finds that somebody sweeps. One of the two sees the other: each writes, then reads.
     */
    private void sweep() {
        sweeping = true;
        Waiter<?> waiter = newest;
        if (waiter != TOLD) {
            int staying = 0;
            for (; waiter != null; waiter = waiter.next) {
                waiter.next = staying(waiter.next);
                staying++;
            }
            garbage = -staying;
        }
        sweeping = false;
    }

    /**
     * Does nothing; called before what is waited for is done, so that {@link #tell} will not stop half-way.
     *
     * @throws StackOverflowError if there is too little stack left to tell waiters
     */
    public static void reserveStack() {
        try {
            StackReserve.forTelling();
        } catch (StackOverflowError e) {
            if (!Telling.isUnderWay()) {
                throw e;
            }
        }
    }

    /**
     * Tells every waiter, first come, first told, on the calling thread. From now on nobody can be added. If waiters throw,
     * the others are told all the same; then this method throws the first of these failures, with the others suppressed.
     *
     * @param value the value, or null if there is a failure
     * @param failure the failure, or null
     */
    public void tell(@Nullable T value, @Nullable Throwable failure) {
        Waiter<?> waiter = NEWEST.getAndSet(this, TOLD);
        if (sweeping) {
            synchronized (this) {
                garbage = 0; // any use of the lock will do
            }
        }
        Waiter<?> oldest = null;
        while (waiter != null && waiter != TOLD) { // turn the stack around
            Waiter<?> older = waiter.next;
            if (!waiter.left) {
                waiter.next = oldest;
                oldest = waiter;
            }
            waiter = older;
        }
        Telling.tell(oldest, value, failure);
    }

    /** {@return who waits here now, newest first; while they are being told, perhaps not all of them} */
    public List<Waiter<?>> toList() {
        List<Waiter<?>> all = new ArrayList<>();
        for (Waiter<?> waiter = staying(newest); waiter != null && waiter != TOLD; waiter = staying(waiter.next)) {
            all.add(waiter);
        }
        return all;
    }

    boolean isTold() {
        return newest == TOLD;
    }
}
