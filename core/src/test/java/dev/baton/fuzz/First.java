package dev.baton.fuzz;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.future.Futures;
import dev.baton.loop.TimerHandle;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** The first coroutine of a program: it runs its body, waits for all others, and looks whether anything is left. */
final class First extends Interpreter {
    private static final int LOOKS = 24; // each after twice the time of the one before

    private final Object[] stalled; // what each coroutine waited for at the last look, though nothing keeps it

    First(World world) {
        super(world, 0);
        stalled = new Object[world.program.bodies().size()];
    }

    @Override
    Object start() throws Exception {
        if (world.program.blocksFirst()) {
            blockAlone();
        }
        return super.start();
    }

    /** Real time passes, but the work waits until this coroutine does, so it is in no race with it. */
    private void blockAlone() {
        CountDownLatch suspended = new CountDownLatch(1);
        world.loop.execute(suspended::countDown);
        Coroutines.await(Futures.<Object>blocking(() -> {
            suspended.await();
            return 1;
        }));
    }

    @Override
    void atTheEnd() {
        if (!world.program.waitsForAll()) {
            return;
        }
        boolean all = allDone();
        for (int look = 0; look < LOOKS && !all && !world.loop.isClosing(); look++) {
            sleep(1 << Math.min(look, LOOKS));
            lookForStalled();
            all = allDone();
        }
        if (all
                && world.exact
                && !world.stuck
                && self.cancelling() == 0) { // a loop that unwinds has a timer of its own
            audit();
        }
    }

    private boolean allDone() {
        for (int i = 1; i < world.program.bodies().size(); i++) {
            Coroutine<Object> each = world.coroutines.get(i);
            if (each != null && !each.isDone()) {
                return false;
            }
        }
        return true;
    }

    /** The loop was idle between two looks, so all that could go on has gone on. */
    private void lookForStalled() {
        for (int i = 1; i < stalled.length; i++) {
            Coroutine<Object> each = world.coroutines.get(i);
            Object state = each == null || each.isDone() || each.isPaused() ? null : stall(each);
            if (state != null && state == stalled[i]) {
                world.fault(each + " does not go on, though nothing keeps it");
            }
            stalled[i] = state;
        }
    }

    private static Object stall(Coroutine<Object> each) {
        Object awaited = each.awaiting();
        if (awaited == null) {
            return each; // it waits for its turn
        }
        return awaited instanceof CompletableFuture<?> future && future.isDone() ? awaited : null;
    }

    /** Ends whatever still waits; then there must be neither a timer nor a coroutine nor anything ready. */
    private void audit() {
        world.timers.forEach(TimerHandle::cancel);
        world.sweep();
        List.copyOf(world.held.keySet()).stream()
                .filter(stage -> !stage.isDone() && stage != self)
                .forEach(stage -> stage.cancel(true));
        for (int i = 0; i < 4; i++) { // what was to be told of that
            moment();
        }
        world.timers.forEach(TimerHandle::cancel);
        var left = world.loop.statistics();
        if (left.timers() > world.boundsOfCompleted || left.ready() != 0 || left.fibers() != 1) {
            world.fault("something is left when all is done: " + left);
        }
    }
}
