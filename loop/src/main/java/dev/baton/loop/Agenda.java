package dev.baton.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What comes next, and the rule of one iteration: run exactly as many as were ready at its start, then the timers that
 * were due at its start (rows L-01 to L-05). It belongs to whoever holds the baton; {@link #next()} is how a suspending
 * fiber finds its successor without going through the driver.
 */
final class Agenda {
    /** {@link EventLoop#stop()} was called. */
    static final int STOP = 1;

    /** What {@link EventLoop#runUntil} waits for is done. */
    static final int SATISFIED = 2;

    /** {@link EventLoop#close()} was called. */
    static final int CLOSE = 4;

    private static final AtomicIntegerFieldUpdater<Agenda> SIGNALS =
            AtomicIntegerFieldUpdater.newUpdater(Agenda.class, "signals");
    private static final VarHandle ITERATION;

    static {
        try {
            ITERATION = MethodHandles.lookup().findVarHandle(Agenda.class, "iteration", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final ReadyQueue ready = new ReadyQueue();
    final TimerHeap timers = new TimerHeap();
    final Inbox inbox = new Inbox();

    private final EventLoop loop;
    private final LoopClock clock;

    private long iteration; // written by the owner, for all to see
    private long limit = Long.MAX_VALUE; // no iteration beyond this one; owner only
    private int remaining; // how many of the ready ones belong to this iteration; owner only

    @Nullable
    Ready returned; // taken from the queue, and still to run; owner only

    private @Nullable TimerHandle due; // the timers that belong to this iteration, in order; owner only
    private int heeded = ~0; // which signals count; owner only
    private boolean lastIteration; // whether nothing that is submitted now would run; owner only
    private boolean unwinding; // whether fibers that come in now have come too late; owner only
    private volatile int signals; // any thread; heeded between iterations

    Agenda(EventLoop loop, LoopClock clock) {
        this.loop = loop;
        this.clock = clock;
    }

    /** {@return what runs next, or null if the driver has to decide: nothing is ready, or there is a signal} */
    @Nullable
    Ready next() {
        do {
            while (remaining > 0 || returned != null) {
                Ready next = returned;
                if (next == null) {
                    next = ready.poll();
                    remaining--;
                } else {
                    returned = null;
                }
                if (!(next instanceof Fiber fiber)) {
                    return next;
                }
                fiber.queued = false; // fields, and no call: a stack overflow in it would lose the fiber
                if (!fiber.ended) { // of a StackOverflowError
                    return fiber;
                }
            }
            while (due != null) {
                TimerHandle next = due;
                due = (TimerHandle) next.next;
                next.next = null;
                if (next.isPending()) {
                    return next;
                }
            }
        } while (begin());
        return null;
    }

    /**
     * Counts an iteration of which the caller, ready again at once, would be the whole. Returns false, and does nothing,
     * if anybody else might have a part in it.
     */
    boolean iterateAlone() {
        if (!ready.isEmpty() // and so there are none that remain
                || returned != null
                || due != null
                || timers.size() > 0
                || !inbox.isEmpty()
                || signals != 0
                || iteration == limit
                || loop.listeners() != null) {
            return false;
        }
        ITERATION.setOpaque(this, iteration + 1);
        return true;
    }

    private boolean begin() {
        if (hasSignals() || iteration == limit) {
            return false;
        }
        inbox.drainTo(this);
        if (timers.size() > 0) {
            collectDue();
        }
        if (ready.isEmpty() && due == null) {
            return false;
        }
        ITERATION.setOpaque(this, iteration + 1);
        remaining = ready.size();
        Listeners listeners = loop.listeners();
        if (listeners != null) {
            listeners.iterationStarted(iteration);
        }
        return true;
    }

    private void collectDue() {
        long now = clock.nanoTime();
        TimerHandle last = null;
        for (TimerHandle first = timers.peek(); first != null; first = timers.peek()) {
            if (first.deadlineNanos() - now > 0) {
                break;
            }
            timers.poll();
            if (loop.listeners() != null) {
                first.readyNanos = first.deadlineNanos();
            }
            if (last == null) {
                due = first;
            } else {
                last.next = first;
            }
            last = first;
        }
    }

    /** Takes in what another thread has submitted. */
    void admit(Ready item) {
        item.admit(this);
        if (unwinding && item instanceof Fiber fiber && !fiber.hasStarted()) { // it slipped in when the loop closed
            fiber.cancel("its loop is closed");
        }
    }

    /** Allows {@code count} more iterations; a negative count, any number. Called between iterations. */
    void allow(int count) {
        limit = count < 0 ? Long.MAX_VALUE : iteration + count;
    }

    boolean isExhausted() {
        return iteration == limit;
    }

    long iteration() {
        return (long) ITERATION.getOpaque(this);
    }

    /** Asks for attention between two iterations. May be called from any thread. */
    void signal(int signal) {
        SIGNALS.accumulateAndGet(this, signal, (some, more) -> some | more);
        inbox.wake();
    }

    /** From now on the loop closes, and nothing stops it. */
    void heedNoSignals() {
        heeded = 0;
    }

    /** From now on the fibers end, and those of other threads that have slipped in do so at once. */
    void beginUnwinding() {
        unwinding = true;
    }

    /** From now on what the owner submits is refused, because no iteration comes in which it could run. */
    void beginLastIteration() {
        lastIteration = true;
    }

    boolean isInLastIteration() {
        return lastIteration;
    }

    /**
     * Drops what is ready. Called when the loop is closed: by force perhaps, and then on a thread that does not hold the
     * baton. The body that keeps it has been blocked for longer than the close timeout, and is refused from now on.
     */
    void dropReady() {
        Ready first = returned;
        returned = null;
        if (first != null) {
            first.dropped();
        }
        for (Ready left = ready.poll(); left != null; left = ready.poll()) {
            left.dropped();
        }
    }

    boolean hasSignals() {
        return (signals & heeded) != 0;
    }

    /** {@return whether the signal was there; it is not any more} */
    boolean takeSignal(int signal) {
        return (SIGNALS.getAndUpdate(this, some -> some & ~signal) & signal) != 0;
    }
}
