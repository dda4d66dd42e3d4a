package dev.baton.examples.linkchecker;

import static dev.baton.Coroutines.await;

import dev.baton.future.Deferred;
import java.util.ArrayDeque;
import java.util.concurrent.CancellationException;

/**
 * Lets a number of coroutines of one loop through and makes the others wait, first come, first served.
 *
 * <p>There is no lock and no atomic in it. Only one coroutine of a loop runs at a time, and none of these methods awaits
 * between looking at a field and changing it.
 */
final class Limiter {
    private final ArrayDeque<Deferred<Void>> waiting = new ArrayDeque<>();
    private final int permits;
    private int inUse;
    private int mostInUse;

    Limiter(int permits) {
        this.permits = permits;
    }

    /** Takes a permit, and waits for one if need be. */
    void acquire() {
        if (inUse < permits) {
            inUse++;
            mostInUse = Math.max(mostInUse, inUse);
            return;
        }
        Deferred<Void> turn = new Deferred<>();
        waiting.add(turn);
        try {
            await(turn);
        } catch (CancellationException e) {
            if (!turn.isCancelled()) {
                release(); // the permit and the cancellation came in the same iteration
            }
            throw e;
        }
    }

    /** Gives a permit back: straight to the next in the queue, so that no newcomer overtakes it. */
    void release() {
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

    int mostInUse() {
        return mostInUse;
    }
}
