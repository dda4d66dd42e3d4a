package dev.baton.fuzz;

import dev.baton.Coroutine;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the callbacks of one body do; and those actions that a body does in the same way, for they wait for nothing. */
final class Callbacks {
    private static final int FIRST = 1000; // the numbers of callbacks begin here

    private final World world;
    private final int who;

    Callbacks(World world, int body) {
        this.world = world;
        this.who = body + FIRST;
    }

    Runnable of(List<Action> actions) {
        return () -> {
            world.enter(who);
            world.trace(who, "is called", "");
            try {
                for (Action action : actions) {
                    act(who, action);
                }
            } catch (Throwable failure) {
                world.thrownInCallbacks.add(failure);
                throw failure;
            } finally {
                world.leave(who);
            }
        };
    }

    /** The callback of a coroutine that was spawned with one. */
    void called(Object value) {
        world.trace(who, "is called with", value);
    }

    void whenDone(CompletableFuture<Object> stage, List<Action> actions) {
        world.ask(stage, World.Asked.YES);
        Runnable callback = of(actions);
        long question = world.order.ask(stage);
        world.loop.whenDone(stage, (value, failure) -> {
            world.order.answer(stage, question);
            world.trace(who, "is told", failure == null ? Values.describe(value) : World.describe(failure));
            if (!stage.isDone()) {
                world.fault("#" + who + " is told of " + stage + ", which is not done");
            }
            callback.run();
        });
    }

    void act(int caller, Action action) {
        world.trace(caller, "does", action);
        switch (action) {
            case Action.Cancel cancel -> cancel(caller, cancel.body(), cancel.message());
            case Action.Uncancel uncancel -> uncancel(uncancel.body());
            case Action.PauseBody pause -> world.pauseBody(pause.body(), true);
            case Action.UnpauseBody unpause -> world.pauseBody(unpause.body(), false);
            case Action.PauseSlot pause -> world.pauseSlot(pause.slot(), true);
            case Action.UnpauseSlot unpause -> world.pauseSlot(unpause.slot(), false);
            case Action.Settle settle -> world.settle(settle.slot(), settle.fate(), settle.kind());
            case Action.Throw thrown -> throw Boom.<RuntimeException>sneaky(world.boom(thrown.kind()));
            default -> throw new AssertionError(action);
        }
    }

    private void cancel(int caller, int target, String message) {
        Coroutine<Object> coroutine = world.coroutines.get(target);
        if (coroutine == null) {
            return;
        }
        Object awaited = coroutine.awaiting();
        boolean alive = !coroutine.isDone();
        boolean taken = message.isEmpty() ? coroutine.cancel() : coroutine.cancel(message);
        world.trace(caller, "has asked", taken);
        if (world.exact && taken && !alive) {
            world.fault("a cancel of " + coroutine + " was taken, which was done");
        }
        if (taken && (awaited == null || world.obeys(awaited))) {
            world.mustSeeCancel[target] = true;
        }
    }

    private void uncancel(int target) {
        Coroutine<Object> coroutine = world.coroutines.get(target);
        if (coroutine == null || world.loop.isClosing()) { // or it would take the request of the loop back
            return;
        }
        coroutine.uncancel();
        world.mustSeeCancel[target] = false;
        world.uncancelled[target] = true;
    }
}
