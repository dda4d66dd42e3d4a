package dev.baton.loop;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A virtual thread that belongs to a loop: it runs only while it holds the loop's baton. The primitive that coroutines
 * are made of; most programs never see it.
 *
 * <p>A fiber holds the baton from the moment it is started or resumed until it {@linkplain #suspend() suspends} or ends.
 *
 * <pre>
 *          start, startLater            suspend
 *    NEW ───────────────────▶ RUNNING ◀─────────▶ SUSPENDED        one that has ended is never resumed:
 *                                │      resume                     resume() does nothing then
 *                                ▼
 *                              ENDED
 * </pre>
 */
public abstract class Fiber extends Holder {

    /** How a fiber ended. */
    public enum Outcome {
        /** It returned. */
        SUCCESS,
        /** It threw. */
        FAILURE,
        /** It was cancelled. */
        CANCELLED
    }

    private static final Set<String> RUNTIME = Set.of(
            "dev.baton.loop.Fiber",
            "dev.baton.loop.FiberThread",
            "dev.baton.loop.Baton",
            "dev.baton.loop.ContextCapture",
            "dev.baton.loop.DirectRelay",
            "dev.baton.loop.CarrierRelay",
            "dev.baton.loop.Carried",
            "java.lang.Thread",
            "java.util.concurrent.locks.LockSupport");

    private static final AtomicIntegerFieldUpdater<Fiber> SUBMITTED =
            AtomicIntegerFieldUpdater.newUpdater(Fiber.class, "submitted");

    private final EventLoop loop;
    private final Baton baton;
    private @Nullable Holder lender; // gets the baton back at the first suspension or the end; owner only
    private boolean known; // whether the loop holds it; owner only
    volatile boolean ended;
    boolean queued; // whether it stands in the ready queue; owner only

    // 1: it stands in the inbox, or is about to. Any thread sets it, and so its owner need not: a fiber that gives way,
    // or
    // is resumed by its neighbours, costs no atomic instruction.
    @SuppressWarnings("UnusedVariable") // through SUBMITTED
    private volatile int submitted;

    Carried carried; // the CARRIER relay's, written before the thread starts; null in others
    boolean pinned; // it waited where it must not, and was given the baton back; written with the baton on its behalf
    private long startedNanos = UNMEASURED;
    long suspendedNanos = UNMEASURED; // written by the owner while somebody listens; others may read an old value
    private final @Nullable Throwable made; // where; null unless the options ask for it

    @Nullable
    Telling telling; // in progress on its thread; its own

    @Nullable
    Fiber newer; // links of the loop's live fibers, see Fibers

    volatile @Nullable Fiber older;

    /**
     * Creates a fiber. Its thread inherits what a thread inherits from the one that calls this constructor.
     *
     * @param loop the loop whose baton it needs
     * @param name the name of its thread
     */
    @SuppressWarnings({"this-escape", "NullAway"}) // the thread is started later, by the holder of the baton
    protected Fiber(EventLoop loop, String name) {
        super(null, false);
        this.loop = Objects.requireNonNull(loop, "loop");
        this.baton = loop.baton();
        this.thread = baton.newThread(Objects.requireNonNull(name, "name"), this);
        this.made = loop.recordsSpawnSites() ? new Throwable() : null;
    }

    /** {@return the fiber that the calling thread runs, or null if it runs none} */
    public static @Nullable Fiber current() {
        return FiberThread.current();
    }

    /** {@return the loop that it belongs to} May be called from any thread. */
    public final EventLoop loop() {
        return loop;
    }

    /** {@return the name of its thread} May be called from any thread. */
    public final String name() {
        return thread.getName();
    }

    /** {@return whether its thread has begun to run} */
    public final boolean hasStarted() {
        return started;
    }

    /** {@return whether the loop has not seen it yet} An old answer is possible. */
    boolean isNew() {
        return !known && !ended;
    }

    /** {@return whether it has ended, or was given up when its loop closed} May be called from any thread. */
    public final boolean hasEnded() {
        return ended;
    }

    /**
     * Runs the fiber at once: lends it the baton, and returns when it has suspended for the first time, or has ended.
     *
     * @throws WrongThreadException if the calling thread does not hold the baton
     * @throws IllegalStateException if the fiber was started before
     */
    public final void start() {
        loop.ensureOwner("start()");
        StackReserve.forOneOperation();
        claimTurn();
        submitted = 0; // it runs at once, and stands in no queue
        Holder self = Objects.requireNonNull(baton.holder());
        lender = self;
        loop.fibers().add(this);
        known = true;
        baton.lend(self, this);
    }

    /**
     * Makes the fiber ready to run in a later iteration. May be called from any thread.
     *
     * @throws IllegalStateException if the fiber was started before
     * @throws java.util.concurrent.RejectedExecutionException if the loop is closed
     */
    public final void startLater() {
        StackReserve.forTelling(); // more than submit() asks for: the turn is claimed by then
        claimTurn();
        loop.submit(this);
    }

    private void claimTurn() {
        if (started || known || !SUBMITTED.compareAndSet(this, 0, 1)) {
            throw new IllegalStateException(this + " was started before; a fiber runs once");
        }
    }

    /**
     * The body. What it throws is reported to the loop.
     *
     * @return how it ended
     * @throws Exception if it fails in a way that it did not deal with itself
     */
    protected abstract Outcome run() throws Exception;

    /**
     * Asks the fiber to end soon. Called by the holder of the baton when the loop closes, or after somebody has
     * interrupted the fiber's thread.
     *
     * @param reason why, for people
     */
    protected abstract void cancel(String reason);

    /**
     * The loop has closed, or could not run the fiber, and will never resume it. Whoever waits for the fiber must hear
     * of it here. May be called from any thread.
     *
     * @param reason why
     */
    protected abstract void abandoned(Throwable reason);

    /**
     * Suspends this fiber until the stage is done, whatever its outcome. Called on the fiber's own thread.
     *
     * @param stage what to wait for
     * @throws java.util.concurrent.CancellationException if the fiber is asked to end; the stage may not be done then
     */
    public abstract void awaitDone(CompletionStage<?> stage);

    /**
     * Gives the baton up until {@link #resume()} is called, before or after this call. It may return without that, if two
     * threads have resumed it, so callers check their condition again.
     *
     * @throws IllegalStateException if this fiber does not hold the baton, because the loop is closed
     * @throws StackOverflowError if there is too little stack left to wait; the fiber keeps the baton then
     */
    protected final void suspend() {
        ensureHolding();
        StackReserve.forOneOperation();
        if (Thread.interrupted()) {
            cancel("interrupted");
        }
        pass();
    }

    private void pass() {
        Holder to = lender;
        if (to == null) {
            baton.passOn(this);
        } else {
            lender = null;
            baton.giveBack(this, to);
        }
        if (pinned) {
            pinned = false;
            throw new IllegalStateException(Reporter.text(this)
                    + " waited in a synchronized block or in a native method, which stops "
                    + (loop.handoff() == Handoff.CARRIER
                            ? "the thread that carries " + loop + "; wait outside of it, or use Handoff.PORTABLE"
                            : "the virtual threads of this JVM, and " + loop + "; wait outside of it"));
        }
    }

    /**
     * Goes on in the next iteration, if nobody else has a part in this one and the next: a queue with one element, which
     * takes no switch, nor even a walk through the queue.
     *
     * @return false, and nothing else, if there is somebody
     * @throws IllegalStateException if this fiber does not hold the baton, because the loop is closed
     */
    protected final boolean goesOnAlone() {
        ensureHolding();
        return lender == null && !Thread.currentThread().isInterrupted() && baton.keep();
    }

    /**
     * Lets everybody else who is ready run once, and goes on in the next iteration.
     *
     * @throws IllegalStateException as {@link #suspend()} does
     * @throws StackOverflowError as {@link #suspend()} does
     */
    protected final void giveWay() {
        ensureHolding();
        StackReserve.forOneOperation();
        if (Thread.interrupted()) {
            cancel("interrupted");
        }
        if (!queued) {
            if (loop.listeners() != null) {
                readyNanos = AT_ONCE;
            }
            enqueue();
        }
        pass();
    }

    /** The one who started this fiber could not wait for the baton to come back, and has it already. */
    boolean takeBackLoan(Holder from) {
        boolean lent = lender == from;
        if (lent) {
            lender = null;
        }
        return lent;
    }

    /**
     * Does nothing if this fiber, on its own thread, holds the baton.
     *
     * @throws IllegalStateException if it does not, because the loop is closed, or the caller is another thread
     */
    protected final void ensureHolding() {
        if (!holdsBaton() || thread != Thread.currentThread()) {
            throw new IllegalStateException(
                    loop.isClosed() ? loop + " is closed; " + this + " cannot wait any more" : notHolding());
        }
    }

    boolean holdsBaton() {
        return baton.holder() == this;
    }

    private String notHolding() {
        return this + " does not hold the baton of " + loop + " (thread \""
                + Thread.currentThread().getName() + "\"); only a fiber's own code can suspend it";
    }

    /**
     * Makes this fiber ready: it goes on in the next iteration, behind all that are ready before it. Does nothing if it is
     * ready already, or has ended. May be called from any thread.
     */
    public final void resume() {
        StackReserve.forOneOperation();
        if (loop.isOwner()) {
            if (!queued) {
                loop.stamp(this);
                enqueue();
            }
        } else if (SUBMITTED.compareAndSet(this, 0, 1)) {
            loop.resumeFromOutside(this);
        }
    }

    /**
     * The fiber could not suspend, and has given the baton away: asks for it, as other threads do.
     *
     * @return false if the baton comes back by itself, from the fiber that it was lent to
     */
    boolean recall() {
        if (!lends && SUBMITTED.compareAndSet(this, 0, 1)) {
            loop.resumeFromOutside(this);
        }
        return !lends;
    }

    /** It comes out of the inbox, or is to start later. */
    @Override
    void admit(Agenda agenda) {
        submitted = 0; // and a fence, before it looks at its condition: who finds it set does not resume it
        if (!queued) {
            enqueue();
        }
    }

    private void enqueue() {
        if (ended) {
            return;
        }
        queued = true;
        if (!known) {
            known = true;
            loop.fibers().add(this);
        }
        baton.enqueue(this);
    }

    @Override
    void dropped() {
        if (!known) {
            abandon(new CancellationException(loop + " was closed before " + this + " could start"));
        }
    }

    @Override
    void interrupted() {
        loop.interrupted(this);
    }

    void awaitGrant() {
        baton.relay().awaitGrant(this);
    }

    void runToItsEnd() {
        Listeners listeners = loop.listeners();
        if (listeners != null) {
            startedNanos = loop.nanoTime();
            listeners.fiberStarted(this);
        }
        Outcome outcome = Outcome.FAILURE;
        try {
            outcome = run();
        } catch (Throwable failure) {
            loop.report(FailureReport.Kind.FATAL, Reporter.text(this) + " failed", failure);
        } finally {
            end(outcome);
        }
    }

    void end(Outcome outcome) {
        if (!holdsBaton()) {
            endWithoutBaton();
            return;
        }
        if (!ended) {
            ended = true;
            loop.fibers().remove(this);
            Listeners listeners = loop.listeners();
            if (listeners != null) {
                long duration = startedNanos == UNMEASURED ? 0 : loop.nanoTime() - startedNanos;
                listeners.fiberEnded(this, outcome, duration);
            }
        }
        Holder to = lender;
        lender = null;
        baton.leave(this, to);
    }

    /** The loop has closed by force; or there was no memory left between giving the baton and waking the one that has it. */
    private void endWithoutBaton() {
        ended = true;
        loop.buryLater(this);
        Holder holder = baton.holder();
        if (holder != null) {
            LockSupport.unpark(holder.thread);
        } else {
            baton.release(this, lender); // those who wait for it to come back are to find their way out, too
        }
    }

    /** {@return whether it waits for a fiber that it has started to give the baton back} An old answer is possible. */
    boolean isLending() {
        return lends;
    }

    /** {@return whether it will get the baton back soon: it stands in the queue, or has lent the baton} */
    boolean isBusy() {
        return queued || lends;
    }

    /** {@return whether it was given the baton, but has no thread that could take it: there was no memory for one} */
    boolean isStillborn() {
        Thread.State state = thread.getState();
        return isGranted() && (state == Thread.State.NEW || state == Thread.State.TERMINATED);
    }

    /** It will never run (again): the loop has given it up. */
    void abandon(Throwable reason) {
        ended = true;
        try {
            abandoned(reason);
        } catch (Throwable failure) {
            loop.report(FailureReport.Kind.CALLBACK, Reporter.text(this) + " failed to be abandoned", failure);
        }
    }

    /**
     * {@return where the fiber is, newest call first, without the frames of the runtime; empty if it is not started or
     * has ended} May be called from any thread.
     */
    public final List<StackTraceElement> stack() {
        if (ended) {
            return List.of();
        }
        StackTraceElement[] frames = thread.getStackTrace();
        int from = 0; // what the JDK does on behalf of a hand-over is not the body's
        for (int i = 0; i < frames.length; i++) {
            if (frames[i].getClassName().equals("dev.baton.loop.Baton")) {
                from = i;
                break;
            }
        }
        return Stream.of(frames)
                .skip(from)
                .filter(frame -> !isRuntimeFrame(frame))
                .toList();
    }

    /**
     * {@return where it was made, newest call first, without the frames of the runtime; empty unless the loop's options
     * {@linkplain LoopOptions#withSpawnSites() ask} for it} May be called from any thread.
     */
    public final List<StackTraceElement> spawnSite() {
        return made == null
                ? List.of()
                : Stream.of(made.getStackTrace())
                        .filter(frame -> !isRuntimeFrame(frame))
                        .toList();
    }

    /**
     * {@return how long it has been suspended, in nanoseconds on the loop's clock; empty if it runs, or if nobody has
     * {@linkplain EventLoop#addListener listened} to the loop since then, which would read no clock for it} May be called
     * from any thread; while the loop runs, what it says may be over already.
     */
    public final OptionalLong waitingNanos() {
        Listeners listeners = loop.listeners();
        if (listeners == null || ended || !started || holdsBaton()) {
            return OptionalLong.empty();
        }
        long since = listeners.waitingSince(this);
        return since == UNMEASURED ? OptionalLong.empty() : OptionalLong.of(loop.nanoTime() - since);
    }

    /**
     * {@return whether a frame belongs to the machinery and not to the body} Subclasses add their own.
     *
     * @param frame a frame of a fiber's stack
     */
    protected boolean isRuntimeFrame(StackTraceElement frame) {
        return isLoopFrame(frame);
    }

    /**
     * {@return whether a frame belongs to this package, or to the JDK's virtual threads}
     *
     * @param frame a frame of a fiber's stack
     */
    protected static boolean isLoopFrame(StackTraceElement frame) {
        String type = frame.getClassName();
        return RUNTIME.contains(type)
                || type.startsWith("java.lang.VirtualThread")
                || type.startsWith("java.lang.System$") // the JDK's own way to a virtual thread's park
                || type.startsWith("jdk.internal.");
    }

    @Override
    public String toString() {
        return "Fiber[" + name() + "]";
    }
}
