package dev.baton.examples.aggregator;

import static dev.baton.Coroutines.await;

import dev.baton.future.Deferred;
import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;

/**
 * Runs so many bodies at a time and lets the others wait, first come, first served. No lock and no atomic: it belongs to
 * one loop, and never awaits between looking at a field and changing it.
 */
final class Limiter {
    private final ArrayDeque<Deferred<Void>> waiting = new ArrayDeque<>();
    private final int permits;
    private int inUse;

    Limiter(int permits) {
        this.permits = permits;
    }

    /** Runs a body in the calling coroutine, when it is its turn. */
    <T> T run(Callable<T> body) throws Exception {
        acquire();
        try {
            return body.call();
        } finally {
            release();
        }
    }

    private void acquire() {
        if (inUse < permits) {
            inUse++;
            return;
        }
        Deferred<Void> turn = new Deferred<>();
        waiting.add(turn);
        try {
            await(turn);
        } catch (CancellationException e) {
            waiting.remove(turn);
            if (!turn.isCancelled()) {
                release(); // the turn and the cancellation came in the same iteration
            }
            throw e;
        }
    }

    /** A turn goes straight to the next in the queue, so no newcomer overtakes it. */
    private void release() {
        Deferred<Void> next;
        do {
            next = waiting.poll();
        } while (next != null && !next.complete(null)); // who was cancelled is passed over
        if (next == null) {
            inUse--;
        }
    }

    int inUse() {
        return inUse;
    }

    int waiting() {
        return waiting.size();
    }
}
