package dev.baton.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Waiters in the order in which they came, until they are told, once and together. For implementors of
 * {@link Awaitable}. All methods may be called from any thread.
 *
 * @param <T> the type of the value that they wait for
 */
public final class WaitQueue<T> {

    /** Stands for those who have been told; who comes now has to look for himself. */
    private static final Waiter<Object> TOLD = new Waiter<>() {
        @Override
        public void accept(@Nullable Object value, @Nullable Throwable failure) {}
    };

    private final AtomicReference<@Nullable Waiter<?>> newest = new AtomicReference<>(); // a stack, linked downwards

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
            Waiter<?> top = newest.get();
            if (top == TOLD) {
                return false;
            }
            waiter.next = top;
            if (newest.compareAndSet(top, waiter)) {
                return true;
            }
            waiter.next = null;
        }
    }

    /**
     * Tells every waiter, first come, first told, on the calling thread. From now on nobody can be added.
     *
     * @param value the value, or null if there is a failure
     * @param failure the failure, or null
     */
    public void tell(@Nullable T value, @Nullable Throwable failure) {
        Waiter<?> waiter = newest.getAndSet(TOLD);
        Waiter<?> oldest = null;
        while (waiter != null && waiter != TOLD) { // turn the stack around
            Waiter<?> older = waiter.next;
            waiter.next = oldest;
            oldest = waiter;
            waiter = older;
        }
        while (oldest != null) {
            @SuppressWarnings("unchecked") // add takes no other
            Waiter<? super T> told = (Waiter<? super T>) oldest;
            oldest = told.next;
            told.next = null;
            told.accept(value, failure);
        }
    }

    /** {@return whether nobody waits here, or all have been told} */
    public boolean isEmpty() {
        Waiter<?> top = newest.get();
        return top == null || top == TOLD;
    }

    /** {@return who waits here now, newest first; while they are being told, perhaps not all of them} */
    public List<Waiter<?>> toList() {
        List<Waiter<?>> all = new ArrayList<>();
        for (Waiter<?> waiter = newest.get(); waiter != null && waiter != TOLD; waiter = waiter.next) {
            all.add(waiter);
        }
        return all;
    }

    boolean isTold() {
        return newest.get() == TOLD;
    }
}
