package dev.baton.fuzz;

import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.TimerHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The orders that a loop promises: callbacks first in, first out; timers by deadline, and first in, first out among equal
 * ones; those who asked one future in the order in which they asked. Two hand-overs that break one alike have the same
 * trace, so each is checked by itself. Owner only.
 */
final class Order {
    /** A timer of the program that may be due. */
    private record Timer(TimerHandle handle, long number, long iteration) {
        boolean isBefore(Timer other) {
            long difference = handle.deadlineNanos() - other.handle.deadlineNanos();
            return difference < 0 || (difference == 0 && number < other.number);
        }
    }

    private final World world;
    private final List<Timer> timers = new ArrayList<>();
    private final long[] answered; // the number of the question that each future of the program answered last
    private long numbers;
    private long called; // the number of the callback that was called last

    Order(World world) {
        this.world = world;
        answered = new long[world.program.slots().size()];
    }

    void execute(Runnable callback) {
        long number = ++numbers;
        world.loop.execute(() -> {
            if (number < called) {
                world.fault("callback " + number + " is called after callback " + called);
            }
            called = number;
            callback.run();
        });
    }

    TimerHandle schedule(Duration delay, Runnable callback) {
        EventLoop loop = world.loop;
        Timer[] self = new Timer[1];
        TimerHandle handle = loop.schedule(delay, () -> {
            timers.remove(self[0]);
            for (Timer other : timers) { // one of this iteration may have come when the due ones were known already
                if (other.isBefore(self[0]) && other.iteration < loop.iteration() && !other.handle.isCancelled()) {
                    world.fault("timer " + self[0] + " runs before " + other);
                }
            }
            callback.run();
        });
        self[0] = new Timer(handle, ++numbers, loop.iteration());
        timers.add(self[0]);
        return handle;
    }

    /** {@return the number of a question, if the order in which the stage answers is promised; else 0} */
    long ask(CompletableFuture<?> stage) {
        return world.exact && !world.program.pauses() && stage instanceof Deferred && slot(stage) >= 0 ? ++numbers : 0;
    }

    /** The outcome of the stage is the answer to a question. */
    void answer(CompletableFuture<?> stage, long number) {
        if (number == 0) {
            return;
        }
        int slot = slot(stage);
        if (number < answered[slot]) {
            world.fault("question " + number + " to future " + slot + " is answered after question " + answered[slot]);
        }
        answered[slot] = number;
    }

    private int slot(CompletableFuture<?> stage) {
        for (int i = 0; i < answered.length; i++) {
            if (world.slots.get(i) == stage) {
                return i;
            }
        }
        return -1;
    }
}
