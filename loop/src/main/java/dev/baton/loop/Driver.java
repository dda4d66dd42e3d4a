package dev.baton.loop;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Who runs the callbacks and waits when nothing is ready: the one holder that is not a fiber. It lasts as long as a
 * thread drives the loop, in {@link EventLoop#run()} or one of its kind.
 */
final class Driver extends Holder {
    private static final ThreadLocal<@Nullable Driver> CURRENT = new ThreadLocal<>();

    private final EventLoop loop;
    private final Agenda agenda;
    private final LoopClock clock;
    private final boolean ownThread; // the loop's, so that nobody waits for it to return
    private @Nullable Driver outer; // of the loop that this thread drives already, further down its stack
    private volatile boolean wasInterrupted; // any thread
    private InterruptBell bell = new InterruptBell(this);
    private final AtomicReference<@Nullable Task> running = new AtomicReference<>(); // for the watchdog; set lazily
    private volatile boolean awaited; // whether somebody waits for an outcome, and not for a stop()
    private @Nullable Long wallBoundNanos; // while fibers unwind: no park lasts longer, whatever the loop's clock says

    Driver(EventLoop loop, Agenda agenda, LoopClock clock, Thread thread, boolean ownThread) {
        super(thread, true);
        this.loop = loop;
        this.agenda = agenda;
        this.clock = clock;
        this.ownThread = ownThread;
    }

    /** {@return the loop that the calling thread drives, while it holds the baton} */
    static @Nullable EventLoop currentLoop() {
        Driver driver = CURRENT.get();
        return driver != null && driver.loop.baton().holder() == driver ? driver.loop : null;
    }

    /** Called on the thread that drives. */
    void begin() {
        outer = CURRENT.get();
        CURRENT.set(this);
        Watchdog.wake();
    }

    /** {@return the callback or timer that runs now, or null} May be called from any thread. */
    @Nullable
    Task running() {
        return running.get();
    }

    /** {@return whether it waits, because nothing is ready} May be called from any thread. */
    boolean isIdle() {
        return agenda.inbox.isAsleep();
    }

    /** {@return whether somebody waits for an outcome} May be called from any thread. */
    boolean isAwaited() {
        return awaited;
    }

    void setAwaited() {
        awaited = true;
    }

    void end() {
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
        if (wasInterrupted) {
            thread.interrupt();
        }
    }

    /**
     * Runs iterations until there is a signal or the limit is reached, and waits in between if it may.
     *
     * @return false if it stopped because the loop can never go on
     */
    boolean iterate(boolean mayWait) {
        while (!loop.isClosed()) { // which happens in the middle of things only if they took too long
            Ready next = agenda.next();
            if (Thread.interrupted()) {
                interrupted();
            }
            if (next instanceof Fiber fiber) {
                loop.baton().passToFiber(this, fiber);
            } else if (next != null) {
                runTask((Task) next);
            } else if (!loop.baton().relay().runStrays(this)) {
                if (agenda.hasSignals() || agenda.isExhausted() || !mayWait) {
                    return true;
                }
                if (!idle()) {
                    return false;
                }
            }
        }
        return true;
    }

    private void runTask(Task task) {
        Listeners listeners = loop.listeners();
        if (listeners != null) {
            listeners.stepBegins(task);
        }
        running.lazySet(task);
        try {
            task.run();
        } catch (Throwable failure) {
            failed(task, failure);
        }
        running.lazySet(null);
        listeners = loop.listeners();
        if (listeners != null) {
            listeners.stepEnded();
        }
    }

    private void failed(Task task, Throwable failure) {
        String message = "a callback failed";
        try {
            message = task.describe() + " failed";
        } catch (Throwable nameless) {
            // no memory for its name: the failure itself still counts
        }
        loop.report(FailureReport.Kind.CALLBACK, message, failure);
    }

    /** Waits for the inbox, a signal or the next deadline. Returns false if none of these can ever come. */
    private boolean idle() {
        Inbox inbox = agenda.inbox;
        if (!inbox.sleep()) {
            return true;
        }
        tellIdle(true);
        try {
            if (agenda.hasSignals() || loop.baton().relay().runStrays(this)) {
                return true;
            }
            TimerHandle first = agenda.timers.peek();
            // Outside work submits its result before it is counted off, so the order of these two reads matters.
            if (clock.isVirtual() && !loop.hasExternal()) {
                if (!inbox.isAsleep()) {
                    return true;
                }
                if (first != null) {
                    clock.advanceTo(first.deadlineNanos());
                    return true;
                }
                if (loop.fibers().count() > 0 && !ownThread) {
                    return false;
                }
            }
            park(first);
        } finally {
            inbox.awake();
            Watchdog.wake();
            tellIdle(false);
        }
        return true;
    }

    void tellIdle(boolean idle) {
        Listeners listeners = loop.listeners();
        if (listeners == null) {
            return;
        }
        if (idle) {
            listeners.idleStarted();
        } else {
            listeners.idleEnded();
        }
    }

    private void park(@Nullable TimerHandle first) {
        long nanos = Long.MAX_VALUE;
        if (first != null && !clock.isVirtual()) {
            nanos = first.deadlineNanos() - clock.nanoTime();
        }
        if (wallBoundNanos != null) {
            nanos = Math.min(nanos, wallBoundNanos - System.nanoTime());
        }
        if (nanos == Long.MAX_VALUE) {
            LockSupport.park(loop);
        } else if (nanos > 0) {
            LockSupport.parkNanos(loop, nanos);
        }
    }

    /** {@return a bell that rings when the calling thread is interrupted while it carries fibers} */
    InterruptBell armBell() {
        if (!bell.isOpen()) {
            bell = new InterruptBell(this);
        }
        bell.arm();
        return bell;
    }

    /** The thread that drives the loop is wanted back. May be called from any thread. The loop's own serves no other. */
    @Override
    void interrupted() {
        if (!ownThread) {
            wasInterrupted = true;
            agenda.signal(Agenda.STOP);
        }
    }

    /**
     * Cancels every fiber, and runs iterations until all have ended, the loop is stuck, or the timeout has passed on the
     * loop's clock or on the wall clock. Keeps the signals that come meanwhile.
     */
    void unwind(String reason, Duration timeout) {
        for (Fiber fiber : loop.fibers().snapshot()) {
            try {
                fiber.cancel(reason);
            } catch (Throwable failure) {
                loop.report(FailureReport.Kind.CALLBACK, Reporter.text(fiber) + " failed to be cancelled", failure);
            }
        }
        long nanos = EventLoop.nanos(timeout);
        TimerHandle loopBound = new TimerHandle(loop, Deadlines.after(clock, nanos), 0, () -> {});
        if (timeout.isZero() || loopBound.deadlineNanos() - clock.nanoTime() > 0) { // or virtual time is at its end
            agenda.timers.add(loopBound); // not through the loop: it may be closed by force meanwhile
        }
        long wallBound = System.nanoTime() + nanos;
        wallBoundNanos = wallBound;
        int signals = 0;
        boolean going = true;
        while (going
                && !loop.isClosed() // by force
                && loop.fibers().count() > 0
                && loopBound.isPending()
                && System.nanoTime() - wallBound < 0) {
            agenda.allow(1);
            going = iterate(true);
            for (int signal = Agenda.STOP; signal <= Agenda.CLOSE; signal <<= 1) {
                signals |= agenda.takeSignal(signal) ? signal : 0;
            }
        }
        agenda.allow(-1);
        loopBound.cancel();
        wallBoundNanos = null;
        if (signals != 0) {
            agenda.signal(signals);
        }
    }

    @Override
    public String toString() {
        return "driver of " + loop;
    }
}
