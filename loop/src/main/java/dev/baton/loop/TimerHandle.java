package dev.baton.loop;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A callback that a loop runs at a deadline, and the means to cancel it. All methods may be called from any thread.
 *
 * <p>Source: the handle of tornado.ioloop.IOLoop.add_timeout, with asyncio's {@code cancel()}.
 *
 * @see EventLoop#schedule
 */
public final class TimerHandle extends Task {
    static final int NOT_IN_HEAP = -1;

    private static final AtomicReferenceFieldUpdater<TimerHandle, Runnable> CALLBACK =
            AtomicReferenceFieldUpdater.newUpdater(TimerHandle.class, Runnable.class, "callback");

    private final EventLoop loop;
    private final long periodNanos; // zero: runs once
    private volatile long deadlineNanos; // written by the owner
    private volatile @Nullable Runnable callback; // null: it ran, or it was cancelled
    private volatile boolean cancelled;
    private @Nullable Runnable running; // what a report names; owner only

    long sequence; // the heap's, owner only
    int index = NOT_IN_HEAP; // the heap's, owner only

    TimerHandle(EventLoop loop, long deadlineNanos, long periodNanos, Runnable callback) {
        this.loop = loop;
        this.deadlineNanos = deadlineNanos;
        this.periodNanos = periodNanos;
        this.callback = callback;
    }

    /**
     * Sees to it that the callback does not run (again), and lets go of it. Does nothing if it ran already, or was
     * cancelled before. A timer that is due in the current iteration can still be cancelled by one that runs before it.
     */
    public void cancel() {
        StackReserve.forOneOperation();
        if (CALLBACK.getAndSet(this, null) != null) {
            cancelled = true;
            loop.removeTimer(this);
        }
    }

    /** {@return whether {@link #cancel()} came before the (only) run of the callback} */
    public boolean isCancelled() {
        return cancelled;
    }

    /** {@return when it is due, on the scale of {@link EventLoop#nanoTime()}; for a periodic one the next time} */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    boolean isPending() {
        return callback != null;
    }

    /** {@return whether this one runs before the other} Compares by difference: nanoTime may wrap around. */
    boolean isBefore(TimerHandle other) {
        long difference = deadlineNanos - other.deadlineNanos;
        return difference < 0 || (difference == 0 && sequence - other.sequence < 0);
    }

    @Override
    void admit(Agenda agenda) {
        if (isPending()) {
            agenda.timers.add(this);
        }
    }

    @Override
    void run() {
        boolean once = periodNanos == 0;
        running = once ? CALLBACK.getAndSet(this, null) : callback;
        try {
            if (running != null) {
                running.run();
            }
        } finally {
            if (!once) {
                scheduleNext();
            }
        }
        running = null;
    }

    /** Stays on the grid of the first deadline: periods that the callback overran are skipped (row L-17). */
    private void scheduleNext() {
        long last = deadlineNanos;
        long late = loop.nanoTime() - last;
        deadlineNanos = late < 0 ? last : last + (late / periodNanos + 1) * periodNanos;
        loop.addTimer(this);
    }

    @Override
    String describeRunning() {
        return "timer " + Reporter.text(running); // an old one is possible, and it stays where it is
    }

    @Override
    String describe() {
        Runnable failed = running;
        running = null;
        return "timer " + Reporter.text(failed);
    }

    @Override
    public String toString() {
        long in = deadlineNanos - loop.nanoTime();
        String state = cancelled ? "cancelled" : callback == null ? "done" : "due in " + in + " ns";
        return "TimerHandle[" + state + "]";
    }
}
