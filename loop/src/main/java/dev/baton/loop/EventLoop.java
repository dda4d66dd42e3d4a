package dev.baton.loop;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs callbacks, timers and fibers one at a time, in an order that does not depend on chance.
 *
 * <p>State that only they touch needs no lock: at most one thread holds the loop's baton, and nothing else runs. What an
 * iteration is, and what is visible to whom, is said in the {@linkplain dev.baton.loop package's description}.
 *
 * {@snippet :
 * try (EventLoop loop = EventLoop.open()) {
 *     loop.schedule(Duration.ofSeconds(1), () -> System.out.println("a second later"));
 *     loop.execute(() -> System.out.println("at once"));
 * }
 * }
 *
 * <p>A loop is driven either by a thread of its own ({@link #open()}) or by its callers ({@link #create}, then
 * {@link #run}, {@link #runOnce} or {@link #runUntil}).
 *
 * <h2>Failures</h2>
 *
 * What a callback throws goes to the exception handler of the {@link LoopOptions}, and the loop goes on. The default
 * handler logs at level ERROR, to the {@link System.Logger} {@code dev.baton.loop}.
 *
 * <p>Source: tornado.ioloop.IOLoop (4.5.3), without file descriptors. Deviations: {@link #execute} after {@link #close()}
 * is refused, not ignored; every method but the driving ones may be called from any thread.
 */
public final class EventLoop implements Executor, AutoCloseable {
    private static final AtomicReferenceFieldUpdater<EventLoop, @Nullable Listeners> LISTENERS =
            AtomicReferenceFieldUpdater.newUpdater(EventLoop.class, Listeners.class, "listeners");

    private static final AtomicLong NUMBERS = new AtomicLong();

    private static final int DUMP_ATTEMPTS = 10_000;

    private final String name;
    private final LoopClock clock;
    private final Agenda agenda;
    private final Fibers fibers = new Fibers();
    private final PlainStages plainStages = new PlainStages(this);
    private final Lifecycle lifecycle;
    private final AtomicInteger external = new AtomicInteger();
    private final ReentrantLock attachmentsLock = new ReentrantLock();
    private final Map<Class<?>, Object> attachments = new LinkedHashMap<>(); // guarded by the lock

    private final Baton baton;
    private final Reporter reporter;

    private volatile @Nullable Listeners listeners; // null: nobody listens
    private final boolean spawnSites;
    private final @Nullable StepWatch watch; // held here, because the watchdog holds it weakly

    private final AtomicReference<@Nullable ContextCapture> context; // null: nothing is captured

    private EventLoop(LoopOptions options) {
        this.name = options.name() != null ? options.name() : "loop-" + NUMBERS.incrementAndGet();
        this.clock = options.clock();
        this.context = new AtomicReference<>(options.context());
        this.reporter = new Reporter(this, options.exceptionHandler());
        this.agenda = new Agenda(this, clock);
        this.lifecycle = new Lifecycle(this, agenda, clock, options.closeTimeout());
        this.baton = new Baton(this, agenda, lifecycle, options.handoff().open(this));
        this.spawnSites = options.watching().spawnSites();
        this.watch = options.watching().watch(this, clock);
    }

    // ---------------------------------------------------------------------------------------------- making and finding

    /**
     * Opens a loop with default options, driven by a (virtual) thread of its own, which keeps no JVM alive.
     *
     * @return the running loop
     */
    public static EventLoop open() {
        return open(LoopOptions.defaults());
    }

    /**
     * Opens a loop that is driven by a (virtual) thread of its own, which keeps no JVM alive.
     *
     * @param options how to set it up
     * @return the running loop
     * @throws UnsupportedOperationException if the options ask for a hand-over that this JDK does not allow
     * @throws IllegalStateException if the clock serves another loop
     */
    public static EventLoop open(LoopOptions options) {
        EventLoop loop = create(options);
        loop.lifecycle.startOwnDriver();
        return loop;
    }

    /**
     * Creates a loop that its callers drive.
     *
     * @param options how to set it up
     * @return the loop, which does nothing yet
     * @throws UnsupportedOperationException if the options ask for a hand-over that this JDK does not allow
     * @throws IllegalStateException if the clock serves another loop
     */
    public static EventLoop create(LoopOptions options) {
        EventLoop loop = new EventLoop(options);
        loop.clock.attach(loop);
        if (loop.watch != null) {
            Watchdog.watch(loop.watch);
        }
        return loop;
    }

    /**
     * Finds the loop whose baton the calling thread holds: in a callback, a timer or a fiber.
     *
     * @return the loop
     * @throws IllegalStateException if the calling thread holds no baton
     */
    public static EventLoop current() {
        EventLoop loop = currentOrNull();
        if (loop == null) {
            throw new IllegalStateException("thread \"" + Thread.currentThread().getName()
                    + "\" holds no loop's baton; call this in a coroutine or in a callback of a loop");
        }
        return loop;
    }

    /** {@return the loop whose baton the calling thread holds, or null} */
    public static @Nullable EventLoop currentOrNull() {
        Fiber fiber = Fiber.current();
        if (fiber != null) {
            return fiber.holdsBaton() ? fiber.loop() : null;
        }
        return Driver.currentLoop();
    }

    // ------------------------------------------------------------------------------------------------------ submitting

    /**
     * Runs the callback in a later iteration, in the order of submission. May be called from any thread.
     *
     * <p>Source: IOLoop.add_callback (rows L-02, L-08).
     *
     * @param callback what to run
     * @throws RejectedExecutionException if the loop is closed, if it closes and the caller does not hold the baton, or if
     *     it runs its last iteration
     */
    @Override
    public void execute(Runnable callback) {
        submit(new Callback(capture(callback), callback, this));
    }

    /**
     * Runs the callback in a later iteration, as soon as the delay has passed. May be called from any thread.
     *
     * <p>Source: IOLoop.call_later (rows L-04, L-05).
     *
     * @param delay how long to wait; a negative delay is a deadline in the past, so the callback runs in the next
     *     iteration, before those with later deadlines
     * @param callback what to run
     * @return the means to cancel it
     * @throws RejectedExecutionException if the loop is closed
     */
    public TimerHandle schedule(Duration delay, Runnable callback) {
        return schedule(Deadlines.after(clock, nanos(delay)), 0, capture(callback));
    }

    /**
     * Runs the callback in a later iteration, as soon as the clock has reached the deadline. May be called from any
     * thread.
     *
     * <p>Source: IOLoop.call_at (row L-07).
     *
     * @param deadlineNanos a time on the scale of {@link #nanoTime()}
     * @param callback what to run
     * @return the means to cancel it
     * @throws RejectedExecutionException if the loop is closed
     */
    public TimerHandle scheduleAt(long deadlineNanos, Runnable callback) {
        return schedule(Deadlines.at(clock, deadlineNanos), 0, capture(callback));
    }

    /**
     * Runs the callback once in each period, first when one period has passed, until it is cancelled. A run that takes
     * longer than a period makes the loop skip the periods that it overran; what it throws is reported, and the next run
     * comes all the same. May be called from any thread.
     *
     * <p>Source: PeriodicCallback (row L-17).
     *
     * @param period the time from one deadline to the next
     * @param callback what to run
     * @return the means to cancel it
     * @throws IllegalArgumentException if {@code period} is zero or negative
     * @throws RejectedExecutionException if the loop is closed
     */
    public TimerHandle scheduleAtFixedRate(Duration period, Runnable callback) {
        long periodNanos = nanos(period);
        if (periodNanos <= 0) {
            throw new IllegalArgumentException("a period must be positive: " + period);
        }
        return schedule(Deadlines.after(clock, periodNanos), periodNanos, capture(callback));
    }

    private TimerHandle schedule(long deadlineNanos, long periodNanos, Runnable callback) {
        Objects.requireNonNull(callback, "callback");
        StackReserve.forOneOperation();
        TimerHandle timer = new TimerHandle(this, deadlineNanos, periodNanos, callback);
        if (isOwner()) {
            agenda.timers.add(timer);
        } else {
            submitFromOutside(timer);
        }
        return timer;
    }

    static long nanos(Duration duration) {
        return Deadlines.nanos(duration);
    }

    /**
     * Calls back on the loop when the stage is done: always exactly one hop later, even if it is done already. May be
     * called from any thread, and the stage may be completed by any thread. A loop that is closed meanwhile does not
     * call.
     *
     * <p>The callbacks for one {@link Awaitable} come in the order of these calls; those for another stage, in the order in
     * which it tells its dependents, which for a plain CompletableFuture is the opposite.
     *
     * <p>Source: IOLoop.add_future (row L-12).
     *
     * @param stage what to wait for
     * @param callback gets the value and null, or null and the failure as it is, not wrapped
     * @param <T> the type of the value
     */
    public <T> void whenDone(CompletionStage<T> stage, BiConsumer<? super T, ? super @Nullable Throwable> callback) {
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(callback, "callback");
        new WhenDone<T>(this, callback).subscribe(stage);
    }

    // --------------------------------------------------------------------------------------------------------- driving

    /**
     * Drives the loop on the calling thread until {@link #stop()} or {@link #close()}. An interrupt of the thread stops
     * it as well, and the interrupt status is set again.
     *
     * @throws IllegalStateException if the loop is driven already or closed, if the caller is a coroutine, or if under
     *     virtual time the loop can never go on
     */
    public void run() {
        lifecycle.run();
    }

    /**
     * Runs one iteration on the calling thread, and never waits, nor moves a virtual clock.
     *
     * @return whether there was anything to run; if not, no iteration is counted
     * @throws IllegalStateException if the loop is driven already or closed, or if the caller is a coroutine
     */
    public boolean runOnce() {
        return lifecycle.runOnce();
    }

    /**
     * Drives the loop on the calling thread until the stage is done, to the end of that iteration.
     *
     * @param stage what to wait for
     * @param <T> the type of the value
     * @return the value of the stage; if it fails, this method throws the failure as it is, not wrapped, checked or not
     * @throws IllegalStateException if the loop is driven already or closed, if it is stopped before the stage is done,
     *     if the caller is a coroutine, or if under virtual time the loop can never go on
     */
    public <T> T runUntil(CompletionStage<T> stage) {
        Objects.requireNonNull(stage, "stage");
        return lifecycle.runUntil(() -> stage);
    }

    /**
     * Calls {@code start} on this thread with the baton, before any iteration; then drives the loop until the stage that
     * it returned is done, as {@link #runUntil(CompletionStage)} does.
     *
     * @param start begins what to wait for
     * @param <T> the type of the value
     * @return the value of the stage; if it fails, this method throws the failure as it is, not wrapped, checked or not
     * @throws IllegalStateException as {@link #runUntil(CompletionStage)} does
     */
    public <T> T runUntil(Supplier<? extends CompletionStage<T>> start) {
        return lifecycle.runUntil(Objects.requireNonNull(start, "start"));
    }

    /**
     * Makes the driving method return at the end of the current iteration; what is ready then stays ready. While nobody
     * drives the loop, the next one who does returns at once. May be called from any thread.
     *
     * <p>Source: IOLoop.stop (row L-14).
     */
    public void stop() {
        lifecycle.stop();
    }

    /**
     * Ends the loop: refuses new work from outside, runs what was submitted before, cancels every live fiber, and goes on
     * driving them while they unwind, for at most the {@linkplain LoopOptions#withCloseTimeout close timeout}. Those that
     * refuse are reported with their stacks. Returns when all is done; called on the loop itself, it only begins, and
     * the driver does the rest. Closing again has no effect. May be called from any thread.
     *
     * <p>If a body blocks and so keeps the baton, another thread closes the loop by force a moment after the close timeout:
     * it reports the fibers that have not ended, and the accepted callbacks that have not run, and the driver returns. A
     * driver returns only later if its own thread is what blocks: in a callback, or with {@link Handoff#CARRIER} in a
     * fiber that does not unmount.
     */
    @Override
    public void close() {
        lifecycle.close();
    }

    /** {@return whether {@link #close()} has begun} May be called from any thread. */
    public boolean isClosing() {
        return lifecycle.isClosing();
    }

    /** {@return whether {@link #close()} has come to its end} May be called from any thread. */
    public boolean isClosed() {
        return lifecycle.isClosed();
    }

    // --------------------------------------------------------------------------------------------------------- looking

    /** {@return whether the calling thread holds the baton} May be called from any thread. */
    public boolean isOwner() {
        return baton.isHeldByCurrentThread();
    }

    /** {@return the number of the current iteration, or of the last one; 0 before the first} */
    public long iteration() {
        return agenda.iteration();
    }

    /** {@return the time on the loop's clock, in nanoseconds} May be called from any thread. */
    public long nanoTime() {
        return clock.nanoTime();
    }

    /** {@return the name of the loop} */
    public String name() {
        return name;
    }

    /** {@return the hand-over that this loop uses; never {@link Handoff#AUTO}} */
    public Handoff handoff() {
        return baton.handoff();
    }

    /** {@return what the loop is doing now} May be called from any thread. */
    public LoopStatistics statistics() {
        int count = fibers.count();
        int waiting = Math.clamp(baton.suspended(), 0, count);
        return new LoopStatistics(
                agenda.iteration(),
                agenda.ready.size(),
                agenda.timers.size(),
                agenda.inbox.size(),
                count,
                waiting,
                fibers.total());
    }

    /**
     * {@return the fibers that have been started, or are queued to be, and have not ended; oldest first} May be called from
     * any thread.
     */
    public List<Fiber> liveFibers() {
        Inbox inbox = agenda.inbox;
        for (int attempt = 1; ; attempt++) {
            int drains = inbox.drains();
            List<Fiber> waiting = inbox.fibers(); // first: one that leaves here meanwhile is in the snapshot then
            Set<Fiber> all = new LinkedHashSet<>(fibers.snapshot());
            all.addAll(waiting);
            // One that is on its way is in neither. An owner that is interrupted on that way for long is not waited
            // for.
            if ((drains % 2 == 0 && drains == inbox.drains()) || attempt == DUMP_ATTEMPTS) {
                return List.copyOf(all);
            }
            Thread.onSpinWait();
        }
    }

    /**
     * {@return every live fiber, a line each, with its stack below it} May be called from any thread, also while the
     * loop is blocked.
     */
    public String dump() {
        return dump(Reporter::text);
    }

    /**
     * The same as {@link #dump()}, with the lines that a front end writes.
     *
     * @param line what to write about a fiber
     * @return the lines, with the stacks
     */
    public String dump(Function<? super Fiber, String> line) {
        StringBuilder text = new StringBuilder(toString()).append('\n');
        for (Fiber fiber : liveFibers()) {
            text.append(line.apply(fiber)).append('\n');
            for (StackTraceElement frame : fiber.stack()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        return text.toString();
    }

    /**
     * Lets a listener watch this loop. May be called from any thread.
     *
     * @param listener the listener
     */
    public void addListener(LoopListener listener) {
        Objects.requireNonNull(listener, "listener");
        LISTENERS.updateAndGet(this, old -> Listeners.with(this, old, listener));
    }

    /**
     * Lets a listener go; does nothing if it was not listening. May be called from any thread.
     *
     * @param listener the listener
     */
    public void removeListener(LoopListener listener) {
        LISTENERS.updateAndGet(this, old -> Listeners.without(this, old, listener));
    }

    // ---------------------------------------------------------------------------------------- for what is built on top

    /**
     * Lets every task that is submitted from now on carry its context along, beside what the {@link LoopOptions} say. May
     * be called from any thread.
     *
     * @param more captures the context, and sets it inside that of those which were there before
     */
    public void addContext(ContextCapture more) {
        Objects.requireNonNull(more, "more");
        context.updateAndGet(some -> some == null ? more : some.and(more));
    }

    /**
     * The same as {@link #execute}, without the context of the calling thread.
     *
     * <p>Source: IOLoop.spawn_callback (row L-11).
     *
     * @param callback what to run
     * @throws RejectedExecutionException if the loop is closed
     */
    public void executeWithoutContext(Runnable callback) {
        submit(new Callback(Objects.requireNonNull(callback, "callback"), callback, this));
    }

    /**
     * The same as {@link #executeWithoutContext}, but a loop that closes takes the callback as well, from any thread and
     * until it is closed. For what ends a fiber or lets it go on, which fibers that unwind still need.
     *
     * @param callback what to run
     * @return whether the loop takes it; false if the loop is closed
     */
    public boolean executeUntilClosed(Runnable callback) {
        return offer(new Callback(Objects.requireNonNull(callback, "callback")));
    }

    /**
     * The same as {@link #schedule}, without the context of the calling thread.
     *
     * @param delay how long to wait
     * @param callback what to run
     * @return the means to cancel it
     * @throws RejectedExecutionException if the loop is closed
     */
    public TimerHandle scheduleWithoutContext(Duration delay, Runnable callback) {
        return schedule(Deadlines.after(clock, nanos(delay)), 0, callback);
    }

    /** {@return whether tasks of this loop carry a context along} May be called from any thread. */
    public boolean capturesContext() {
        return context.get() != null;
    }

    /**
     * {@return the task, made to run in the context of the calling thread; the task itself if there is nothing to restore}
     * May be called from any thread.
     *
     * @param task what is to run later
     */
    public Runnable capture(Runnable task) {
        Objects.requireNonNull(task, "callback");
        ContextCapture captures = context.get();
        return captures == null ? task : Objects.requireNonNull(captures.wrap(task), "a ContextCapture gave null");
    }

    /**
     * Reports a failure that nobody waits for to the exception handler, and to the listeners. May be called from any
     * thread; the handler runs on the loop as long as there is one.
     *
     * @param kind what sort of thing went wrong
     * @param message what failed, by name; for the log
     * @param failure the failure
     */
    public void report(FailureReport.Kind kind, String message, Throwable failure) {
        reporter.report(kind, message, failure, agenda.inbox);
    }

    Reporter reporter() {
        return reporter;
    }

    /**
     * Finds, or makes, the one object of a type that a front end keeps with this loop. If it is {@link AutoCloseable},
     * it is closed with the loop, on the loop, after all fibers have ended. May be called from any thread.
     *
     * @param type the type, of which a loop has at most one
     * @param factory makes the object
     * @param <A> the type
     * @return the object
     */
    public <A> A attachment(Class<A> type, Function<? super EventLoop, ? extends A> factory) {
        attachmentsLock.lock(); // reentrant: a factory may ask for another attachment
        try {
            Object attachment = attachments.get(type);
            if (attachment == null) {
                attachment = factory.apply(this);
                attachments.put(type, attachment);
            }
            return type.cast(attachment);
        } finally {
            attachmentsLock.unlock();
        }
    }

    List<AutoCloseable> closeableAttachments() {
        attachmentsLock.lock();
        try {
            return attachments.values().stream()
                    .filter(AutoCloseable.class::isInstance)
                    .map(AutoCloseable.class::cast)
                    .toList();
        } finally {
            attachmentsLock.unlock();
        }
    }

    /**
     * Lets a waiter be told when a stage is done, in one order with all others that are subscribed here to the same stage,
     * of whatever kind it is. Called with the baton. The loop holds the stage and the waiter until the stage is done, so
     * this is for fibers, which it holds anyway.
     *
     * @param stage what to wait for
     * @param waiter whom to tell; when it goes on, it calls {@link #forget}
     * @param <T> the type of the value
     */
    public <T> void subscribe(CompletionStage<? extends T> stage, Waiter<? super T> waiter) {
        if (stage instanceof Awaitable) {
            waiter.subscribe(stage);
        } else {
            plainStages.subscribe(Objects.requireNonNull(stage, "stage"), waiter);
        }
    }

    /**
     * Lets go of a stage that {@link #subscribe} has been called for, once it is done; does nothing otherwise. Called with
     * the baton.
     *
     * @param stage the stage
     */
    public void forget(CompletionStage<?> stage) {
        if (!(stage instanceof Awaitable) && isOwner()) { // which it is not where the loop was closed by force
            plainStages.forget(stage);
        }
    }

    /**
     * Tells that work outside the loop is under way whose result will come back to it. Until the matching
     * {@link #endExternal()} a virtual clock stands still, and the loop does not count as stuck. May be called from any
     * thread.
     */
    public void beginExternal() {
        external.incrementAndGet();
    }

    /** Ends what {@link #beginExternal()} began, after the result has been handed over. May be called from any thread. */
    public void endExternal() {
        external.decrementAndGet();
        wakeUp();
    }

    boolean hasExternal() {
        return external.get() > 0;
    }

    /** {@return whether fibers wait, and neither a timer nor work outside is known to go on with} An old answer is possible. */
    boolean hasNothingToCome() {
        return fibers.count() > 0 && agenda.timers.size() == 0 && !hasExternal();
    }

    boolean recordsSpawnSites() {
        return spawnSites;
    }

    @Nullable
    Driver driverOrNull() {
        return lifecycle.driverOrNull();
    }

    /**
     * {@return a thread, not yet started, of the kind that drives this loop fastest, and that keeps no JVM alive} For those
     * who drive a loop and whose own thread only waits.
     *
     * @param task what drives the loop
     */
    public Thread newDriverThread(Runnable task) {
        return baton.relay().newDriverThread(name + "-driver", task);
    }

    /** Makes a waiting loop look at its clock and its timers again. May be called from any thread. For clocks. */
    public void wakeUp() {
        agenda.inbox.wake();
    }

    // ---------------------------------------------------------------------------------- for its parts, package-private

    Baton baton() {
        return baton;
    }

    @Nullable
    Listeners listeners() {
        return listeners;
    }

    Fibers fibers() {
        return fibers;
    }

    void ensureOwner(String what) {
        if (!isOwner()) {
            throw new WrongThreadException(what + " was called by thread \""
                    + Thread.currentThread().getName() + "\", which does not hold the baton of " + this);
        }
    }

    void submit(Ready item) {
        StackReserve.forOneOperation();
        if (isOwner()) {
            if (agenda.isInLastIteration()) {
                throw refusal();
            }
            stamp(item);
            item.admit(agenda);
        } else {
            submitFromOutside(item);
        }
    }

    private void submitFromOutside(Ready item) {
        stamp(item);
        if (lifecycle.isClosing() || !agenda.inbox.push(item)) {
            throw refusal();
        }
    }

    private RejectedExecutionException refusal() {
        return new RejectedExecutionException(this + " is closed and takes no more work");
    }

    /** A fiber that waits is resumed while the loop closes, too; when it is closed, there is nobody to resume. */
    void resumeFromOutside(Fiber fiber) {
        stamp(fiber);
        agenda.inbox.push(fiber);
    }

    void stamp(Ready item) {
        if (listeners != null) {
            item.readyNanos = clock.nanoTime();
        }
    }

    /** The same for a callback that a stage has made ready; a closed loop ignores it. */
    void resume(Callback callback) {
        offer(callback);
    }

    private boolean offer(Callback callback) {
        StackReserve.forOneOperation();
        stamp(callback);
        if (isOwner()) {
            callback.admit(agenda);
            return !agenda.isInLastIteration();
        }
        return agenda.inbox.push(callback);
    }

    /** A suspended fiber's thread was interrupted: the holder of the baton is to cancel it. */
    void interrupted(Fiber fiber) {
        agenda.inbox.push(new Callback(() -> fiber.cancel("interrupted")));
    }

    /** A fiber has ended without the baton, which it takes to strike it off. */
    void buryLater(Fiber fiber) {
        agenda.inbox.push(new Callback(() -> fibers.remove(fiber)));
    }

    /** A periodic timer goes back, unless virtual time ends before it is due; owner only. */
    void addTimer(TimerHandle timer) {
        if (Deadlines.comes(clock, timer.deadlineNanos())) {
            timer.admit(agenda);
        }
    }

    void removeTimer(TimerHandle timer) {
        if (isOwner()) {
            agenda.timers.remove(timer);
        } else {
            agenda.inbox.push(new Removal(timer));
        }
    }

    @SuppressWarnings("unchecked")
    static <X extends Throwable> RuntimeException sneaky(Throwable failure) throws X {
        throw (X) failure;
    }

    @Override
    public String toString() {
        return "EventLoop[" + name + ", " + handoff() + ", iteration " + iteration() + ", " + fibers.count() + " fibers"
                + (isClosed() ? ", closed" : isClosing() ? ", closing" : "") + "]";
    }
}
