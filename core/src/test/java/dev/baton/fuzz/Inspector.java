package dev.baton.fuzz;

import dev.baton.Coroutine;
import dev.baton.loop.LoopStatistics;
import dev.baton.loop.TimerHandle;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Looks from inside a run for coroutines that do not go on, and for what is left when all have ended. */
final class Inspector {
    private final World world;
    private final int[] stalled; // in which stretch each coroutine was at the last look, if nothing kept it; else -1

    Inspector(World world) {
        this.world = world;
        stalled = new int[world.program.bodies().size()];
        Arrays.fill(stalled, -1);
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
            boolean ready = isReady(world.coroutines.get(i));
            if (ready && stalled[i] == world.stretches[i]) {
                world.fault(world.coroutines.get(i) + " does not go on, though nothing keeps it");
            }
            stalled[i] = ready ? world.stretches[i] : -1;
        }
    }

    /** {@return whether there is a coroutine that would go on at once if all is well} */
    boolean isAnyReady() {
        for (int i = 0; i < stalled.length; i++) {
            if (isReady(world.coroutines.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isReady(Coroutine<Object> each) {
        if (each == null || each.isDone() || each.isPaused()) {
            return false;
        }
        Object awaited = each.awaiting(); // null: it waits for its turn
        return awaited == null || (awaited instanceof CompletableFuture<?> future && future.isDone());
    }

    /** Asks every coroutine that has not ended to end. */
    void cancelAll() {
        for (int i = 0; i < stalled.length; i++) {
            Coroutine<Object> each = world.coroutines.get(i);
            if (each != null) {
                each.cancel("it is over");
            }
        }
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
