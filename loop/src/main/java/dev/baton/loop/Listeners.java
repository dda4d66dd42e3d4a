package dev.baton.loop;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Those who watch a loop; there is none of this while nobody does. Measures each hold of the baton with one clock reading
 * at its end, which is the beginning of the next. Owner only.
 */
final class Listeners {
    private final EventLoop loop;
    private final LoopListener[] listeners;
    private final long sinceNanos; // there has been somebody who listens
    private long stepStartNanos;
    private long idleStartNanos = Ready.UNMEASURED; // UNMEASURED: it is not idle, or nobody has seen that it is

    private Listeners(EventLoop loop, @Nullable Listeners before, LoopListener[] listeners) {
        this.loop = loop;
        this.listeners = listeners;
        if (before == null) {
            this.sinceNanos = loop.nanoTime();
            this.stepStartNanos = sinceNanos;
        } else {
            this.sinceNanos = before.sinceNanos;
            this.stepStartNanos = before.stepStartNanos;
            this.idleStartNanos = before.idleStartNanos;
        }
    }

    static Listeners with(EventLoop loop, @Nullable Listeners some, LoopListener one) {
        LoopListener[] before = some == null ? new LoopListener[0] : some.listeners;
        LoopListener[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = one;
        return new Listeners(loop, some, after);
    }

    static @Nullable Listeners without(EventLoop loop, @Nullable Listeners some, LoopListener one) {
        if (some == null) {
            return null;
        }
        LoopListener[] after =
                Arrays.stream(some.listeners).filter(each -> each != one).toArray(LoopListener[]::new);
        return after.length == 0 ? null : new Listeners(loop, some, after);
    }

    void iterationStarted(long iteration) {
        tell(listener -> listener.iterationStarted(loop, iteration));
    }

    void idleStarted() {
        idleStartNanos = loop.nanoTime();
        tell(listener -> listener.idleStarted(loop));
    }

    void idleEnded() {
        if (idleStartNanos != Ready.UNMEASURED) {
            long duration = loop.nanoTime() - idleStartNanos;
            idleStartNanos = Ready.UNMEASURED;
            tell(listener -> listener.idleEnded(loop, duration));
        }
    }

    /** The end of a step is known: the fiber waits from then on. */
    void fiberSuspended(Fiber fiber) {
        fiber.suspendedNanos = stepStartNanos;
        if (fiber.readyNanos == Ready.AT_ONCE) {
            fiber.readyNanos = stepStartNanos;
        }
        for (LoopListener listener :
                listeners) { // no lambda, here and where a step ends and begins: each switch is told
            try {
                listener.fiberSuspended(loop, fiber);
            } catch (Throwable failure) {
                failed(listener, failure);
            }
        }
    }

    /** {@return since when a suspended fiber waits, or UNMEASURED if nobody listened then} May be called from any thread. */
    long waitingSince(Fiber fiber) {
        long since = fiber.suspendedNanos;
        return since - sinceNanos >= 0 ? since : Ready.UNMEASURED; // or it is left from one who has stopped to listen
    }

    /** The holder of the baton gives it up; that is the moment at which the next one begins. */
    void stepEnded() {
        long now = loop.nanoTime();
        long duration = now - stepStartNanos;
        stepStartNanos = now;
        for (LoopListener listener : listeners) {
            try {
                listener.stepEnded(loop, duration);
            } catch (Throwable failure) {
                failed(listener, failure);
            }
        }
    }

    /** The driver begins a step; what it did before, waiting perhaps, was none. */
    void stepBegins(Ready next) {
        stepStartNanos = loop.nanoTime();
        stepStarted(next);
    }

    /** What comes next is known, and gets the baton. */
    void stepStarted(@Nullable Ready next) {
        if (next != null && next.readyNanos > Ready.AT_ONCE) {
            long lag = Math.max(0, stepStartNanos - next.readyNanos); // another thread may have submitted it just now
            next.readyNanos = Ready.UNMEASURED;
            for (LoopListener listener : listeners) {
                try {
                    listener.stepStarted(loop, lag);
                } catch (Throwable failure) {
                    failed(listener, failure);
                }
            }
        }
        if (next instanceof Fiber fiber && fiber.hasStarted()) {
            for (LoopListener listener : listeners) {
                try {
                    listener.fiberResumed(loop, fiber);
                } catch (Throwable failure) {
                    failed(listener, failure);
                }
            }
        }
    }

    void fiberStarted(Fiber fiber) {
        tell(listener -> listener.fiberStarted(loop, fiber));
    }

    void fiberEnded(Fiber fiber, Fiber.Outcome outcome, long durationNanos) {
        tell(listener -> listener.fiberEnded(loop, fiber, outcome, durationNanos));
    }

    /** The one event that comes while somebody else holds the baton. */
    void stepBlocked(BlockedStep step) {
        tell(listener -> listener.stepBlocked(loop, step));
    }

    void failureReported(FailureReport report) {
        for (LoopListener listener : listeners) {
            try {
                listener.failureReported(loop, report);
            } catch (Throwable failure) {
                // reporting it would come back here
                loop.reporter().log("listener " + Reporter.text(listener) + " failed", failure);
            }
        }
    }

    private void tell(Consumer<LoopListener> news) {
        for (LoopListener listener : listeners) {
            try {
                news.accept(listener);
            } catch (Throwable failure) {
                failed(listener, failure);
            }
        }
    }

    private void failed(LoopListener listener, Throwable failure) {
        loop.report(FailureReport.Kind.CALLBACK, "listener " + Reporter.text(listener) + " failed", failure);
    }
}
