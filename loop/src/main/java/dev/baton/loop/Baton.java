package dev.baton.loop;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Who may run: one {@link Holder} at a time. Decides to whom the baton goes; the {@link Relay} moves it.
 *
 * <p>A fiber that suspends gives the baton straight to the next ready fiber. It goes to the driver only if that is what
 * it takes: a callback or timer is next, or nothing is.
 */
final class Baton {
    private final EventLoop loop;
    private final Agenda agenda;
    private final Lifecycle lifecycle;
    private final Relay relay;

    // Written by the giver before it gives, and read by anyone without a fence. A thread that does not hold the baton
    // may see an old holder, but never itself, because it has written its successor here; and who holds it sees itself.
    private @Nullable Holder holder;

    private long watchedTurns; // the pinned watch's

    private int suspended; // written by the owner; others may read an old value

    Baton(EventLoop loop, Agenda agenda, Lifecycle lifecycle, Relay relay) {
        this.loop = loop;
        this.agenda = agenda;
        this.lifecycle = lifecycle;
        this.relay = relay;
        if (relay.kind() == Handoff.CARRIER) {
            PinnedWatch.watch(this);
        }
        OpenBatons.add(this);
    }

    Handoff handoff() {
        return relay.kind();
    }

    Thread newThread(String name, Fiber fiber) {
        return relay.newThread(name, fiber);
    }

    Relay relay() {
        return relay;
    }

    /** The loop is closed. */
    void close() {
        holder = null;
        OpenBatons.remove(this);
        relay.close();
    }

    /** A driver that still waits for a body which keeps the baton goes on, and finds the loop closed. */
    void letGo(@Nullable Driver driver) {
        if (driver != null && driver.thread != Thread.currentThread()) {
            driver.grant();
            LockSupport.unpark(driver.thread);
        }
    }

    @Nullable
    Holder holder() {
        return holder;
    }

    void setHolder(@Nullable Holder next) {
        holder = next;
    }

    boolean isHeldByCurrentThread() {
        Holder now = holder();
        return now != null && now.thread == Thread.currentThread();
    }

    /** The suspending fiber gives the baton to whoever is next, which may be itself. */
    void passOn(Fiber from) {
        suspended++;
        boolean passed = false;
        for (Fiber suspends = from; !passed; suspends = null) {
            Ready next = next(suspends);
            if (next == from) {
                passed = true;
            } else {
                passed = pass(from, holderOf(next));
            }
        }
    }

    /** Returns true if the fiber may go on at once, in the next iteration, because nobody else wants the baton. */
    boolean keep() {
        return agenda.iterateAlone();
    }

    /** The suspending fiber gives the baton back to the one who lent it. */
    void giveBack(Fiber from, Holder lender) {
        suspended++;
        Listeners listeners = loop.listeners();
        if (listeners != null) {
            listeners.stepEnded();
            listeners.fiberSuspended(from);
        }
        pass(from, lender);
    }

    /** Lends the baton to a fiber that starts; returns when it suspends or ends. */
    void lend(Holder from, Fiber to) {
        stepEnded();
        from.lends = true;
        try {
            pass(from, to);
        } finally {
            from.lends = false;
        }
        if (holder != from && from instanceof Driver) { // the baton has not come back: the loop was closed by force
            throw new IllegalStateException(loop + " is closed, and " + to + " has not given the baton back");
        }
    }

    /** The driver gives the baton to a fiber that the agenda names. */
    void passToFiber(Driver from, Fiber to) {
        Listeners listeners = loop.listeners();
        if (listeners != null) {
            listeners.stepBegins(to);
        }
        pass(from, to);
    }

    /** The calling thread is about to end, and gives the baton to the one who lent it, or to whoever is next. */
    void leave(Fiber from, @Nullable Holder lender) {
        Holder to = lender;
        for (boolean left = false; !left; ) {
            if (to == null) {
                to = holderOf(next(null));
            } else {
                stepEnded();
            }
            holder = to;
            try {
                relay.leave(from, to);
                left = true;
            } catch (Throwable failure) {
                buryStillborn(to, failure);
                to = null;
            }
        }
    }

    /** The loop has closed without the calling fiber: wakes the one who lent it the baton, or the driver. */
    void release(Fiber from, @Nullable Holder lender) {
        Holder to = lender != null ? lender : lifecycle.driverOrNull();
        if (to != null) {
            relay.leave(from, to);
        }
    }

    /** A fiber is ready: one that waits, or that is to wait; or a new one. */
    void enqueue(Fiber fiber) {
        agenda.ready.add(fiber);
        if (fiber.started) {
            suspended--;
        }
    }

    int suspended() {
        return suspended;
    }

    /**
     * Looks whether a fiber has given the baton away and waits on the thread that would have to carry the next one; then it
     * gets the baton back, and an exception. Called by the watch. Returns whether anything has moved since the last time.
     */
    boolean watchPinned() {
        if (!(relay instanceof CarrierRelay carrier)) {
            return false;
        }
        long turns = carrier.turns;
        if (turns != watchedTurns) {
            watchedTurns = turns;
            return true;
        }
        Holder to = holder;
        if (to != null && carrier.parking instanceof Fiber giver && to.isGranted()) {
            StackTraceElement[] stack = giver.thread.getStackTrace();
            if (PinnedWatch.isParkedOnCarrier(stack) && carrier.turns == turns && holder == to && reclaim(giver, to)) {
                Throwable where = new IllegalStateException("where it waits");
                where.setStackTrace(stack);
                // Last: its name and the log are user code, which may fail, and the loop has stood still for long
                // enough.
                loop.reporter()
                        .log(
                                Reporter.text(giver) + " waits where it cannot be unmounted, and would have stopped "
                                        + loop,
                                where);
                return true;
            }
        }
        return false;
    }

    /**
     * Gives the baton back to a fiber that waits pinned, before {@code to} could take it: on CARRIER there is no thread but
     * the blocked one that could run {@code to}, on PORTABLE there is no carrier. Called by a watch. What was granted is on
     * its way, and the watch that claims it holds the baton until it has granted it anew.
     *
     * @return false if {@code to} has taken it meanwhile, or is the pinned fiber itself
     */
    boolean reclaim(Fiber pinned, Holder to) {
        if (to == pinned || !to.claimGrant()) { // the same one: it has the baton back already, and is about to wake
            return false;
        }
        pinned.pinned = !withdraw(pinned, to);
        pinned.grant();
        LockSupport.unpark(pinned.thread);
        return true;
    }

    /** What was to run next runs later, and the giver goes on. Returns whether it had lent the baton. */
    private boolean withdraw(Holder giver, Holder to) {
        boolean lent = false;
        if (to instanceof Fiber next) {
            agenda.returned = next;
            lent = next.takeBackLoan(giver);
        }
        if (!lent && giver instanceof Fiber) {
            suspended--;
        }
        holder = giver;
        return lent;
    }

    private Holder holderOf(@Nullable Ready next) {
        if (next instanceof Fiber fiber) {
            return fiber;
        }
        agenda.returned = next; // the driver takes it from there
        return lifecycle.driver();
    }

    /** Returns true when {@code from} has the baton again, false if {@code to} could not take it. */
    private boolean pass(Holder from, Holder to) {
        holder = to;
        try {
            relay.pass(from, to);
            return true;
        } catch (StackOverflowError failure) {
            if (holder == to && !loop.isClosed()) {
                withdraw(from, to);
            }
            throw failure;
        } catch (Throwable failure) {
            buryStillborn(to, failure);
            holder = from;
            return false;
        }
    }

    /** There was no memory to start the thread of {@code to}: that is its outcome, and not the giver's failure. */
    private void buryStillborn(Holder to, Throwable failure) {
        if (!(to instanceof Fiber fiber && fiber.isStillborn())) {
            throw EventLoop.sneaky(failure);
        }
        loop.fibers().remove(fiber);
        fiber.abandon(failure);
    }

    /** The end of a step, by which a fiber suspends perhaps; and what the next one is. */
    private @Nullable Ready next(@Nullable Fiber suspends) {
        Listeners listeners = loop.listeners();
        if (listeners == null) {
            return agenda.next();
        }
        listeners.stepEnded(); // before the agenda begins another iteration, perhaps
        if (suspends != null) {
            listeners.fiberSuspended(suspends);
        }
        Ready next = agenda.next();
        listeners.stepStarted(next);
        return next;
    }

    private void stepEnded() {
        Listeners listeners = loop.listeners();
        if (listeners != null) {
            listeners.stepEnded();
        }
    }
}
