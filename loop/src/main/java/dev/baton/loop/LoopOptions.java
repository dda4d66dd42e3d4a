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
    private static final LoopOptions DEFAULTS =
            new LoopOptions(null, LoopClock.system(), Handoff.AUTO, null, Duration.ofSeconds(5), null);

    private final @Nullable String name;
    private final LoopClock clock;
    private final Handoff handoff;
    private final @Nullable Consumer<? super Throwable> exceptionHandler;
    private final Duration closeTimeout;
    private final @Nullable ContextCapture context;

    private LoopOptions(
            @Nullable String name,
            LoopClock clock,
            Handoff handoff,
            @Nullable Consumer<? super Throwable> exceptionHandler,
            Duration closeTimeout,
            @Nullable ContextCapture context) {
        this.name = name;
        this.clock = clock;
        this.handoff = handoff;
        this.exceptionHandler = exceptionHandler;
        this.closeTimeout = closeTimeout;
        this.context = context;
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
                Objects.requireNonNull(name, "name"), clock, handoff, exceptionHandler, closeTimeout, context);
    }

    /**
     * {@return these options with another clock}
     *
     * @param clock where the loop reads the time
     */
    public LoopOptions withClock(LoopClock clock) {
        return new LoopOptions(
                name, Objects.requireNonNull(clock, "clock"), handoff, exceptionHandler, closeTimeout, context);
    }

    /**
     * {@return these options with another hand-over}
     *
     * @param handoff how the baton changes hands
     */
    public LoopOptions withHandoff(Handoff handoff) {
        return new LoopOptions(
                name, clock, Objects.requireNonNull(handoff, "handoff"), exceptionHandler, closeTimeout, context);
    }

    /**
     * {@return these options with a handler for the failures that nobody waits for; without one they are logged}
     *
     * @param handler gets each such failure as it is, not wrapped, on the loop
     */
    public LoopOptions withExceptionHandler(Consumer<? super Throwable> handler) {
        return new LoopOptions(name, clock, handoff, Objects.requireNonNull(handler, "handler"), closeTimeout, context);
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
        return new LoopOptions(name, clock, handoff, exceptionHandler, timeout, context);
    }

    /**
     * {@return these options with a context that tasks carry along, beside those given before}
     *
     * @param more captures the context; see {@link ContextCapture}
     */
    public LoopOptions withContext(ContextCapture more) {
        ContextCapture all = context == null ? Objects.requireNonNull(more, "more") : context.and(more);
        return new LoopOptions(name, clock, handoff, exceptionHandler, closeTimeout, all);
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

    @Override
    public String toString() {
        return "LoopOptions[name=" + name + ", clock=" + clock + ", handoff=" + handoff + ", closeTimeout="
                + closeTimeout + "]";
    }
}
