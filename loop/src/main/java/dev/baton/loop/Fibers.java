package dev.baton.loop;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * The fibers of a loop that have not ended, newest first, linked through themselves. The owner adds and removes; any
 * thread may take a snapshot meanwhile, because one that is removed keeps its link to the older ones: a reader that
 * stands on it goes on and misses nobody who lives.
 */
final class Fibers {
    private volatile @Nullable Fiber newest;
    private int count; // written by the owner; others may read an old value
    private long total; // the same

    void add(Fiber fiber) {
        Fiber before = newest;
        fiber.older = before;
        if (before != null) {
            before.newer = fiber;
        }
        newest = fiber;
        count++;
        total++;
    }

    /** Does nothing if the fiber is not here (any more). */
    void remove(Fiber fiber) {
        Fiber older = fiber.older;
        Fiber newer = fiber.newer;
        if (newer == null && fiber != newest) {
            return;
        }
        if (older != null) {
            older.newer = newer;
        }
        if (newer == null) {
            newest = older;
        } else {
            newer.older = older;
            fiber.newer = null;
        }
        count--;
    }

    /** {@return those that live, oldest first} May be called from any thread. */
    List<Fiber> snapshot() {
        List<Fiber> living = new ArrayList<>();
        for (Fiber fiber = newest; fiber != null; fiber = fiber.older) {
            if (!fiber.hasEnded()) {
                living.add(fiber);
            }
        }
        return living.reversed();
    }

    int count() {
        return count;
    }

    long total() {
        return total;
    }
}
