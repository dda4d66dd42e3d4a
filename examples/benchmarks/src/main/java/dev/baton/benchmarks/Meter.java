package dev.baton.benchmarks;

import java.util.concurrent.Semaphore;
import java.util.function.ObjIntConsumer;

/**
 * Counts the turns of a ring of coroutines that never ends. A measurement begins at the first turn after the order
 * for it, and ends with the last turn ordered: what is measured is the ring as it runs, without its beginning and its
 * end.
 */
public final class Meter {
    private static final long CLOSED = -1;

    private static final int REHEARSALS = 10;
    private static final int COROUTINES = 2_000; // so many in each, which have all their methods compiled
    private static final int TURNS = 100_000;

    private final Semaphore finished = new Semaphore(0);
    private volatile long ordered;
    private long left; // guarded by the ring itself: one coroutine runs at a time

    /**
     * Runs and ends some rings like the one that is to be measured. A coroutine keeps the frames that it begins with as
     * long as it lives, interpreted if it begins in a young JVM; and such a stack is ten times as dear to move.
     */
    static void rehearse(ObjIntConsumer<Meter> ring) {
        for (int i = 0; i < REHEARSALS; i++) {
            Meter meter = new Meter();
            ring.accept(meter, COROUTINES);
            meter.run(TURNS);
            meter.close();
        }
    }

    /** Counts one turn, in the ring. {@return whether to go on} */
    public boolean tick() {
        if (left == 0) {
            return begin();
        }
        if (--left == 0) {
            finished.release();
        }
        return true;
    }

    private boolean begin() {
        long turns = ordered;
        if (turns > 0) {
            ordered = 0;
            left = turns;
        }
        return turns != CLOSED;
    }

    /** Orders so many turns and waits for them, on a thread outside the ring. */
    public void run(long turns) {
        order(turns);
        awaitFinished();
    }

    /** The first half of {@link #run}, for several rings at once. */
    public void order(long turns) {
        ordered = turns;
    }

    /** The second half of {@link #run}. */
    public void awaitFinished() {
        finished.acquireUninterruptibly();
    }

    /** Ends the ring. */
    public void close() {
        ordered = CLOSED;
    }
}
