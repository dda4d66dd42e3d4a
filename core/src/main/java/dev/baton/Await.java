package dev.baton;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.loop.Waiter;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One wait of one coroutine. It ends once, whoever comes first: so a completion that comes after the wait was given up
 * does nothing, by construction.
 *
 * <pre>
 *     null ──park()──▶ PARKED ──accept──▶ outcome, and the coroutine is resumed
 *     null ──accept──────────────────────▶ outcome: it came before the coroutine could suspend, which goes on
 * </pre>
 */
final class Await<T> extends Waiter<T> {
    private static final Object PARKED = new Object();
    private static final Object NULL = new Object();

    @SuppressWarnings("rawtypes") // one updater for every T
    private static final AtomicReferenceFieldUpdater<Await, Object> STATE =
            AtomicReferenceFieldUpdater.newUpdater(Await.class, Object.class, "state");

    /** What the wait ended with: {@code own} if a request ended it, and not what the stage came to. */
    private record Failed(Throwable failure, boolean own) {}

    /**
     * The way of one request through several loops: the awaits at which it has come to a loop, newest first. On one loop
     * it is passed on in nested calls, and {@link #passingOn} tells that it has come back; each hop to another loop ends
     * these calls, and takes this along. It is not enough to remember the request: it may come on two paths.
     */
    record Route(Await<?> entry, @Nullable Route before) {
        private static final ThreadLocal<@Nullable Route> CURRENT = new ThreadLocal<>();

        /** {@return that of the request which the calling thread passes on; null if it makes a new one} */
        static @Nullable Route current() {
            return CURRENT.get();
        }

        private static boolean leadsThrough(@Nullable Route route, Await<?> await) {
            for (Route each = route; each != null; each = each.before) {
                if (each.entry == await) {
                    return true;
                }
            }
            return false;
        }
    }

    private @Nullable Runner<?> runner; // null when it is over: a stage that is never done must not hold it
    private final CompletionStage<? extends T> stage;
    private volatile @Nullable Object state; // any thread
    private boolean passingOn; // a request to cancel; owner only

    Await(Runner<?> runner, CompletionStage<? extends T> stage) {
        this.runner = runner;
        this.stage = stage;
    }

    /** {@return who waits; null if nobody does any more} */
    @Nullable
    Coroutine<?> coroutine() {
        Runner<?> waiting = runner;
        return waiting == null ? null : waiting.coroutine();
    }

    CompletionStage<? extends T> stage() {
        return stage;
    }

    /** {@return whether the coroutine has to suspend: there is no outcome yet, and the one who brings it will resume it} */
    boolean park() {
        return STATE.compareAndSet(this, null, PARKED);
    }

    boolean isPending() {
        return state == PARKED;
    }

    @Override
    protected boolean completesOthers() {
        return false;
    }

    @Override
    public void accept(@Nullable T value, @Nullable Throwable failure) {
        settle(failure != null ? new Failed(unwrap(failure), false) : value == null ? NULL : value);
    }

    /** Returns whether this outcome came first. */
    private boolean settle(Object outcome) {
        if (state == null && STATE.compareAndSet(this, null, outcome)) {
            return true; // the coroutine has not parked yet, and will not
        }
        if (!STATE.compareAndSet(this, PARKED, outcome)) {
            return false;
        }
        Runner<?> waiting = runner; // whoever settles it comes once
        runner = null;
        if (waiting != null) {
            waiting.resume();
        }
        return true;
    }

    /**
     * Cancels what is waited for. Returns whether the outcome of that is the answer to the request; if not, the coroutine
     * is still to be told.
     *
     * @param route where the request has been, if it comes from another loop
     */
    boolean cancel(@Nullable String message, @Nullable Route route) {
        if (!isPending()) {
            return false;
        }
        // It has come back: a cycle of awaits, in which no other would answer.
        if (passingOn || Route.leadsThrough(route, this)) {
            return giveUp(message);
        }
        if (!(stage instanceof Deferred)) { // it can be told no message, and has its outcome at once if it obeys
            boolean first = giveUp(message);
            return Futures.cancel(stage, message) || first;
        }
        boolean entry = Route.CURRENT.get() == null;
        if (entry) {
            Route.CURRENT.set(new Route(this, route));
        }
        passingOn = true;
        boolean taken;
        try {
            taken = Futures.cancel(stage, message);
        } finally {
            passingOn = false;
            if (entry) {
                Route.CURRENT.remove();
            }
        }
        // A stage that takes the request may take its time: its outcome is the answer. One that does not take it has
        // its outcome by now, or refuses, or a pause holds the outcome back; it is left alone.
        return taken || giveUp(message);
    }

    private boolean giveUp(@Nullable String message) {
        return settle(new Failed(new CancellationException(message), true));
    }

    /** {@return the failure that ended the wait, or null} */
    @Nullable
    Throwable failure() {
        return state instanceof Failed failed ? failed.failure : null;
    }

    /** {@return whether a request to cancel ended the wait; the stage may not be done then} */
    boolean isGivenUp() {
        return state instanceof Failed failed && failed.own;
    }

    /** {@return whether the wait was ended by a cancellation, of whomever} */
    boolean isCancelled() {
        return state instanceof Failed failed && failed.failure instanceof CancellationException;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // null is a value if T says so
    T value() {
        return state == NULL ? null : (T) state;
    }
}
