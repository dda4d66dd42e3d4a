package dev.baton.future;

import dev.baton.loop.EventLoop;
import dev.baton.loop.TimerHandle;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Waits until enough of its inputs are done, and tells which ({@link Futures#waitUntil}). */
final class WaitUntil<T> extends Inputs<T> {
    private final EventLoop loop;
    private final ReturnWhen when;
    private final Deferred<WaitResult<T>> result;
    private final AtomicInteger pending; // negative: decided
    private volatile @Nullable TimerHandle timer;

    WaitUntil(EventLoop loop, Collection<? extends CompletionStage<? extends T>> stages, ReturnWhen when) {
        super(stages);
        if (distinct().isEmpty()) {
            throw new IllegalArgumentException("there is nothing to wait for: the collection of stages is empty");
        }
        this.loop = loop;
        this.when = Objects.requireNonNull(when, "when");
        this.pending = new AtomicInteger(distinct().size());
        this.result = new Deferred<>(self -> giveUp());
    }

    Deferred<WaitResult<T>> start() {
        subscribe();
        return result;
    }

    Deferred<WaitResult<T>> start(Duration timeout) {
        timer = loop.scheduleWithoutContext(
                timeout, this::decide); // first: an input that is done already takes it away
        return start();
    }

    @Override
    CompletionStage<?> outcome() {
        return result;
    }

    @Override
    void done(Input input) {
        boolean decided = switch (when) {
            case FIRST_COMPLETED -> true;
            case FIRST_EXCEPTION -> input.failure != null && !(input.failure instanceof CancellationException);
            case ALL_COMPLETED -> false;
        };
        if (pending.decrementAndGet() == 0 || decided) {
            decide();
        }
    }

    /** Looks one hop later: whatever else is done by then belongs to the answer (row A-40). */
    private void decide() {
        if (pending.getAndSet(Integer.MIN_VALUE / 2) < 0) {
            return; // somebody else did
        }
        stopTimer();
        try {
            loop.executeWithoutContext(this::look);
        } catch (RejectedExecutionException e) { // the loop is closing: there is no later hop
            look();
        }
    }

    private void look() {
        Set<CompletionStage<T>> done = new LinkedHashSet<>();
        Set<CompletionStage<T>> pending = new LinkedHashSet<>();
        for (Input input : distinct()) {
            @SuppressWarnings("unchecked") // the caller's own object, of which a T is only read
            CompletionStage<T> stage = (CompletionStage<T>) input.stage;
            (input.done ? done : pending).add(stage);
        }
        unsubscribe();
        result.complete(new WaitResult<>(Collections.unmodifiableSet(done), Collections.unmodifiableSet(pending)));
    }

    private void giveUp() {
        stopTimer();
        unsubscribe();
    }

    private void stopTimer() {
        TimerHandle running = timer;
        if (running != null) {
            running.cancel();
        }
    }
}
