package dev.baton.future;

import dev.baton.loop.EventLoop;
import dev.baton.loop.TimerHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Hands out futures for outcomes in the order in which these come ({@link Futures#asCompleted}). */
final class AsCompleted<T> extends Inputs<T> implements Iterable<Deferred<T>> {
    private final List<Deferred<T>> slots = new ArrayList<>();
    private final AtomicInteger filled = new AtomicInteger(); // how many outcomes have come
    private final AtomicInteger open = new AtomicInteger(); // all slots before this one are done
    private final @Nullable EventLoop loop = EventLoop.currentOrNull();
    private final @Nullable Duration timeout;
    private boolean begun; // whether somebody has iterated; owner only
    private volatile @Nullable TimerHandle timer;

    AsCompleted(Collection<? extends CompletionStage<? extends T>> stages, @Nullable Duration timeout) {
        super(stages);
        this.timeout = timeout;
        for (int i = 0; i < distinct().size(); i++) {
            slots.add(new Deferred<>());
        }
        subscribe();
    }

    @Override
    public Iterator<Deferred<T>> iterator() {
        if (timeout != null && !begun) {
            EventLoop owner = EventLoop.current();
            begun = true;
            if (filled.get() < slots.size()) {
                timer = owner.scheduleWithoutContext(timeout, this::expire);
                if (filled.get() == slots.size()) { // by another thread, which has seen no timer
                    stopTimer();
                }
            }
        }
        return List.copyOf(slots).iterator(); // nobody removes one
    }

    @Override
    void done(Input input) {
        if (!handOut(input) && input.failure != null) {
            Quiet.NOTHING.report(loop, "a failure that no future was left for, of " + input.stage, input.failure);
        }
        if (filled.incrementAndGet() == slots.size()) {
            stopTimer();
        }
    }

    /** The first that waits gets it; those who have given up are passed by. */
    private boolean handOut(Input input) {
        for (int i = open.get(); i < slots.size(); i++) {
            if (slots.get(i).settle(input.value, input.failure)) {
                open.accumulateAndGet(i + 1, Math::max);
                return true;
            }
        }
        return false;
    }

    private void expire() {
        for (Deferred<T> slot : slots) {
            if (!slot.isDone()) {
                slot.ignoreFailure(); // who does not ask loses nothing
                slot.completeExceptionally(new AwaitTimeoutException("not done after " + timeout));
            }
        }
    }

    private void stopTimer() {
        TimerHandle running = timer;
        if (running != null) {
            running.cancel();
        }
    }
}
