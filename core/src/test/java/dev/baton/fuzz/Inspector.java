package dev.baton.fuzz;

import dev.baton.Coroutine;
import dev.baton.loop.LoopStatistics;
import dev.baton.loop.TimerHandle;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Looks from inside a run for coroutines that do not go on, and for what is left when all have ended. */
final class Inspector {
    private final World world;
    private final Object[] stalled; // what each coroutine waited for at the last look, though nothing keeps it

    Inspector(World world) {
        this.world = world;
        stalled = new Object[world.program.bodies().size()];
    }

    /** {@return whether every coroutine but the first has ended} */
    boolean allDone() {
        for (int i = 1; i < stalled.length; i++) {
            Coroutine<Object> each = world.coroutines.get(i);
            if (each != null && !each.isDone()) {
                return false;
            }
        }
        return true;
    }

    /** A coroutine that nothing keeps at two looks, between which the loop was idle, will never go on. */
    void lookForStalled() {
        for (int i = 1; i < stalled.length; i++) {
            Object state = stall(world.coroutines.get(i));
            if (state != null && state == stalled[i]) {
                world.fault(world.coroutines.get(i) + " does not go on, though nothing keeps it");
            }
            stalled[i] = state;
        }
    }

    /** {@return whether there is a coroutine that would go on at once if all is well} */
    boolean isAnyReady() {
        for (int i = 0; i < stalled.length; i++) {
            if (stall(world.coroutines.get(i)) != null) {
                return true;
            }
        }
        return false;
    }

    private static Object stall(Coroutine<Object> each) {
        if (each == null || each.isDone() || each.isPaused()) {
            return null;
        }
        Object awaited = each.awaiting();
        if (awaited == null) {
            return each; // it waits for its turn
        }
        return awaited instanceof CompletableFuture<?> future && future.isDone() ? awaited : null;
    }

    /** Ends whatever still waits, except the calling coroutine, and lets those who are to be told of that be told. */
    void endAll(Coroutine<?> self, Runnable moment) {
        world.timers.forEach(TimerHandle::cancel);
        world.sweep();
        List.copyOf(world.held.keySet()).stream()
                .filter(stage -> !stage.isDone() && stage != self)
                .forEach(stage -> stage.cancel(true));
        for (int i = 0; i < 4; i++) {
            moment.run();
        }
        world.timers.forEach(TimerHandle::cancel);
    }

    /** There must be no timer, nothing ready, and no coroutine but the one that looks. */
    void lookForLeftovers() {
        LoopStatistics left = world.loop.statistics();
        if (left.timers() > world.boundsOfCompleted || left.ready() != 0 || left.fibers() != 1) {
            world.fault("something is left when all is done: " + left);
        }
    }
}
