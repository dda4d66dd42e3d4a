package dev.baton.loop;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a loop is set up: an immutable value, changed by its {@code with} methods, each of which returns a new one.
 *
 * {@snippet :
 * EventLoop loop = EventLoop.open(LoopOptions.defaults().withName("orders").withCloseTimeout(Duration.ofSeconds(1)));
 * }
 */
public final class LoopOptions {
    private static final LoopOptions DEFAULTS = new LoopOptions(
            null, LoopClock.system(), Handoff.AUTO, null, Duration.ofSeconds(5), null, Watching.DEFAULTS);

    private final @Nullable String name;
    private final LoopClock clock;
    private final Handoff handoff;
    private final @Nullable Consumer<? super Throwable> exceptionHandler;
    private final Duration closeTimeout;
    private final @Nullable ContextCapture context;
    private final Watching watching;

    private LoopOptions(
            @Nullable String name,
            LoopClock clock,
            Handoff handoff,
            @Nullable Consumer<? super Throwable> exceptionHandler,
            Duration closeTimeout,
            @Nullable ContextCapture context,
            Watching watching) {
        this.name = name;
        this.clock = clock;
        this.handoff = handoff;
        this.exceptionHandler = exceptionHandler;
        this.closeTimeout = closeTimeout;
        this.context = context;
        this.watching = watching;
    }

    /** {@return the wall clock, the fastest hand-over, reports to the log, five seconds to close, a numbered name} */
    public static LoopOptions defaults() {
        return DEFAULTS;
    }

    /**
     * {@return these options with another name}
     *
     * @param name what logs, metrics and dumps call the loop
     */
    public LoopOptions withName(String name) {
        return new LoopOptions(
                Objects.requireNonNull(name, "name"),
                clock,
                handoff,
                exceptionHandler,
                closeTimeout,
                context,
                watching);
    }

    /**
     * {@return these options with another clock}
     *
     * @param clock where the loop reads the time
     */
    public LoopOptions withClock(LoopClock clock) {
        return new LoopOptions(
                name,
                Objects.requireNonNull(clock, "clock"),
                handoff,
                exceptionHandler,
                closeTimeout,
                context,
                watching);
    }

    /**
     * {@return these options with another hand-over}
     *
     * @param handoff how the baton changes hands
     */
    public LoopOptions withHandoff(Handoff handoff) {
        return new LoopOptions(
                name,
                clock,
                Objects.requireNonNull(handoff, "handoff"),
                exceptionHandler,
                closeTimeout,
                context,
                watching);
    }

    /**
     * {@return these options with a handler for the failures that nobody waits for; without one they are logged}
     *
     * @param handler gets each such failure as it is, not wrapped, on the loop
     */
    public LoopOptions withExceptionHandler(Consumer<? super Throwable> handler) {
        return new LoopOptions(
                name, clock, handoff, Objects.requireNonNull(handler, "handler"), closeTimeout, context, watching);
    }

    /**
     * {@return these options with another bound for {@link EventLoop#close()}}
     *
     * @param timeout how long fibers may take to unwind; both on the loop's clock and on the wall clock
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public LoopOptions withCloseTimeout(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("a close timeout cannot be negative: " + timeout);
        }
        return new LoopOptions(name, clock, handoff, exceptionHandler, timeout, context, watching);
    }

    /**
     * {@return these options with a context that tasks carry along, beside those given before}
     *
     * @param more captures the context; see {@link ContextCapture}
     */
    public LoopOptions withContext(ContextCapture more) {
        ContextCapture all = context == null ? Objects.requireNonNull(more, "more") : context.and(more);
        return new LoopOptions(name, clock, handoff, exceptionHandler, closeTimeout, all, watching);
    }

    /**
     * {@return these options with another threshold for the watchdog}
     *
     * <p>While a callback, a timer or a fiber holds the baton longer than that, the watchdog logs who it is, for how long,
     * and where, at level WARNING to the {@link System.Logger} {@code dev.baton.loop}, and tells the
     * {@linkplain LoopListener#stepBlocked listeners}; again at ten times the threshold, and again when it is over.
     *
     * <p>Source: the slow_callback_duration of asyncio's debug mode (row A-58). Deviation: it is told while it lasts.
     *
     * @param threshold how long a step may take on the wall clock; zero: the watchdog does not look. Without this call it
     *     is 100 ms, and zero on a virtual clock.
     * @throws IllegalArgumentException if {@code threshold} is negative
     */
    public LoopOptions withSlowStepThreshold(Duration threshold) {
        return with(watching.withSlowStep(threshold));
    }

    /**
     * {@return these options, without a watchdog in a JVM that was started for a debugger} A breakpoint in a body is not a
     * slow step. (A debugger that stops all threads stops the watchdog, too, and such a pause never counts.)
     */
    public LoopOptions withoutWatchdogUnderDebugger() {
        return with(watching.withoutDebugger());
    }

    /**
     * {@return these options with another time after which an idle loop counts as stuck}
     *
     * <p>If somebody drives the loop {@linkplain EventLoop#runUntil until a stage is done}, and for so long nothing is
     * ready, no timer is scheduled and no work outside is known, while fibers wait, the watchdog logs them once. It cannot
     * know what other threads are about to do, so it does no more. A loop on a virtual clock finds out for itself.
     *
     * @param idle how long, on the wall clock; zero: never. Without this call it is 30 seconds.
     * @throws IllegalArgumentException if {@code idle} is negative
     */
    public LoopOptions withStuckReportAfter(Duration idle) {
        return with(watching.withStuckAfter(idle));
    }

    /**
     * {@return these options, with each fiber remembering where it was made} To walk the stack takes a few microseconds for
     * each; without this call nobody does.
     *
     * @see Fiber#spawnSite()
     */
    public LoopOptions withSpawnSites() {
        return with(watching.withSpawnSites());
    }

    private LoopOptions with(Watching other) {
        return new LoopOptions(name, clock, handoff, exceptionHandler, closeTimeout, context, other);
    }

    /** {@return the name, or null if the loop is to be numbered} */
    public @Nullable String name() {
        return name;
    }

    /** {@return where the loop reads the time} */
    public LoopClock clock() {
        return clock;
    }

    /** {@return how the baton changes hands} */
    public Handoff handoff() {
        return handoff;
    }

    /** {@return who gets the failures that nobody waits for, or null if they are logged} */
    public @Nullable Consumer<? super Throwable> exceptionHandler() {
        return exceptionHandler;
    }

    /** {@return how long fibers may take to unwind when the loop is closed} */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /** {@return what captures the context of tasks, or null if nothing does} */
    public @Nullable ContextCapture context() {
        return context;
    }

    Watching watching() {
        return watching;
    }

    @Override
    public String toString() {
        return "LoopOptions[name=" + name + ", clock=" + clock + ", handoff=" + handoff + ", closeTimeout="
                + closeTimeout + "]";
    }
}
