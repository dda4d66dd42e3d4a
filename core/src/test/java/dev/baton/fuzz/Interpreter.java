package dev.baton.fuzz;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.Deferred;
import dev.baton.future.WaitIterator;
import dev.baton.loop.Waiter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs one body, and checks at each step what must be so. */
class Interpreter {
    final World world;
    final int body;
    private final int who; // the marker's number; 0 is nobody
    private final Stages stages;
    private final Callbacks callbacks;
    Coroutine<Object> self;

    /** What a body waits with: the await itself, whose failure comes as it is. */
    private interface Wait {
        Object now() throws Throwable;
    }

    Interpreter(World world, int body) {
        this.world = world;
        this.body = body;
        this.who = body + 1;
        this.stages = new Stages(world);
        this.callbacks = new Callbacks(world, who);
    }

    // ------------------------------------------------------------------------------------------------------- the body

    @SuppressWarnings("unchecked") // each coroutine of a program is one of Objects
    Object start() throws Exception {
        self = (Coroutine<Object>) Coroutines.current();
        world.coroutines.set(body, self);
        world.hold(self);
        world.threads.set(body, Thread.currentThread());
        if (world.mustSeeCancel[body]) {
            world.fault("#" + who + " starts, though it was cancelled before");
        }
        return call(world.program.bodies().get(body));
    }

    /** The first body of the coroutine, or the one after a tail call. */
    private Object call(List<Action> actions) throws Exception {
        enter();
        world.trace(who, "begins", "");
        try {
            if (run(actions, false) == Ending.TAIL_CALL) {
                return null;
            }
            atTheEnd();
            world.trace(who, "ends", "");
            return body;
        } catch (Throwable failure) {
            world.thrown[body] = failure;
            world.known(failure);
            world.trace(who, "throws", World.describe(failure));
            throw Boom.<RuntimeException>sneaky(failure);
        } finally {
            leave();
        }
    }

    /** For the first coroutine, which has more to do. */
    void atTheEnd() throws Exception {}

    private enum Ending {
        GOES_ON,
        RETURNS,
        TAIL_CALL
    }

    /** A loop that closes gives no body new work; in a finally block short waits are allowed all the same. */
    private Ending run(List<Action> actions, boolean last) throws Exception {
        for (Action action : actions) {
            if (world.loop.isClosing()) {
                if (!last) {
                    return Ending.RETURNS;
                }
                if (!(action instanceof Action.Moment || action instanceof Action.Sleep)) {
                    continue;
                }
            }
            Ending ending = step(action);
            if (ending != Ending.GOES_ON) {
                return ending;
            }
        }
        return Ending.GOES_ON;
    }

    private Ending step(Action action) throws Exception {
        switch (action) {
            case Action.Spawn spawn -> spawn(spawn);
            case Action.Await await -> await(stages.of(await.source()), await.how());
            case Action.Drop drop -> stages.of(drop.source());
            case Action.ForEach each -> forEach(each);
            case Action.Moment moment -> moment();
            case Action.Sleep sleep -> sleep(sleep.millis());
            case Action.Execute execute -> world.order.execute(callbacks.of(execute.callback()));
            case Action.Schedule schedule ->
                world.timers.add(
                        world.order.schedule(world.time(schedule.millis()), callbacks.of(schedule.callback())));
            case Action.CancelTimer cancel -> {
                if (!world.timers.isEmpty()) {
                    world.timers.getLast().cancel();
                }
            }
            case Action.WhenDone whenDone -> callbacks.whenDone(stages.of(whenDone.source()), whenDone.callback());
            case Action.Return end -> {
                return Ending.RETURNS;
            }
            case Action.TailCall tail -> {
                Coroutines.<Object>tailCall(() -> call(tail.next()));
                return Ending.TAIL_CALL;
            }
            case Action.Try all -> {
                return tryAll(all);
            }
            default -> callbacks.act(who, action);
        }
        return Ending.GOES_ON;
    }

    private Ending tryAll(Action.Try all) throws Exception {
        try {
            return run(all.body(), false);
        } catch (Throwable failure) {
            world.trace(who, "catches", World.describe(failure));
            boolean swallows = all.caught() == Action.Catch.SWALLOWS_ALL
                    || (all.caught() == Action.Catch.SWALLOWS_CANCELS && failure instanceof CancellationException);
            if (!swallows || world.loop.isClosing()) {
                throw Boom.<RuntimeException>sneaky(failure);
            }
            return Ending.GOES_ON;
        } finally {
            run(all.last(), true);
        }
    }

    private void spawn(Action.Spawn spawn) {
        int child = spawn.body();
        if (world.claimed[child]) {
            return;
        }
        world.claimed[child] = true;
        Interpreter interpreter = new Interpreter(world, child);
        Callable<Object> start = interpreter::start;
        world.trace(who, "spawns", child);
        leave();
        Coroutine<Object> coroutine = switch (spawn.start()) {
            case AT_ONCE -> Coroutines.spawn(start);
            case LATER -> Coroutines.spawnLater(start);
            case WITH_CALLBACK -> Coroutines.spawn(start, value -> callbacks.called(value));
        };
        enter();
        world.coroutines.set(child, coroutine);
        world.hold(coroutine);
        if (spawn.start() == Action.Start.WITH_CALLBACK) {
            world.ask(coroutine, World.Asked.YES);
            world.surplus.add(coroutine);
        }
    }

    // -------------------------------------------------------------------------------------------------------- waiting

    private void enter() {
        world.enter(who, self);
        world.stretches[body]++;
    }

    private void leave() {
        world.leave(who);
    }

    private Object await(CompletableFuture<Object> stage, Action.How how) {
        boolean joins = stage instanceof Deferred // to join another kind blocks the thread
                && (Known.JOINS_ANYTHING
                        || (!world.program.pauses() && world.obeys(stage) && how != Action.How.GET_IN_TIME));
        return suspend(stage, () -> switch (joins || how == Action.How.AWAIT_OBJECT ? how : Action.How.AWAIT) {
            case AWAIT -> Coroutines.await(stage);
            case AWAIT_OBJECT -> Coroutines.await((Object) stage);
            case JOIN -> stage.join();
            case GET -> stage.get();
            case GET_IN_TIME -> stage.get(3, TimeUnit.MILLISECONDS);
        });
    }

    private Object suspend(CompletableFuture<Object> stage, Wait wait) {
        boolean done = stage.isDone();
        if (!done && !world.obeys(stage)) {
            world.mustSeeCancel[body] = false; // the request is passed on, and the answer may be a value
        }
        long question = done ? 0 : world.order.ask(stage);
        long iteration = world.loop.iteration();
        world.trace(who, done ? "takes" : "awaits", "");
        leave();
        Object value;
        try {
            value = wait.now();
        } catch (Throwable thrown) {
            enter();
            Throwable failure = Waiter.unwrap(thrown);
            boolean refused = failure instanceof IllegalStateException && !isOutcome(failure, stage);
            world.ask(stage, refused ? World.Asked.PERHAPS : World.Asked.YES); // one that is refused has not asked
            world.trace(who, "hears of", World.describe(failure));
            checkFailure(stage, done, failure);
            if (!(failure instanceof CancellationException) && isOutcome(failure, stage)) {
                world.order.answer(stage, question);
            }
            checkIterations(done, iteration, true);
            throw Boom.<RuntimeException>sneaky(failure);
        }
        enter();
        world.ask(stage, World.Asked.YES);
        world.trace(who, "gets", Values.describe(value));
        if (!stage.isDone() || stage.isCompletedExceptionally()) {
            world.fault("#" + who + " gets " + value + " from " + stage);
        }
        checkIterations(done, iteration, false);
        world.order.answer(stage, question);
        if (!done) {
            checkCancel();
        }
        return value;
    }

    private void checkIterations(boolean done, long before, boolean failed) {
        long cost = world.loop.iteration() - before;
        if (world.exact && (done ? cost != 0 : cost == 0 && !failed)) {
            world.fault("#" + who + " awaits what is " + (done ? "" : "not ") + "done, in " + cost + " iterations");
        }
    }

    private void checkFailure(CompletableFuture<Object> stage, boolean done, Throwable failure) {
        boolean explained;
        if (failure instanceof CancellationException) {
            world.mustSeeCancel[body] = false;
            boolean cancelled = stage.isDone() && World.failureOf(stage) instanceof CancellationException;
            explained = cancelled || wasAsked() || !world.exact;
            boolean unwinds = "its loop can never go on".equals(failure.getMessage());
            world.stuck |= unwinds;
            boolean certain = world.obeys(stage) || stage instanceof Coroutine; // others may be done by the unwinding
            if (unwinds && certain && !world.program.pauses() && stage.isDone() && !cancelled) {
                world.fault("#" + who + " was not woken by " + stage);
            }
        } else {
            String message = String.valueOf(failure.getMessage());
            explained = isOutcome(failure, stage)
                    ? world.isKnown(failure) || failure instanceof AwaitTimeoutException
                    : (failure instanceof TimeoutException && !done)
                            || (failure instanceof IllegalStateException && message.startsWith("a cycle of awaits"));
            if (!done && !world.loop.isClosing()) {
                checkCancel();
            }
        }
        if (!explained) {
            world.fault("#" + who + " gets a failure that nothing explains: " + failure + ", from " + stage);
        }
        world.known(failure);
    }

    /** {@return whether a cancel of this coroutine was asked for, even if the request was taken back since} */
    final boolean wasAsked() {
        return self.cancelling() > 0 || world.uncancelled[body];
    }

    private static boolean isOutcome(Throwable failure, CompletableFuture<?> stage) {
        return stage.isDone() && World.failureOf(stage) == failure;
    }

    /** It has suspended, and goes on without an exception. */
    private void checkCancel() {
        if (world.mustSeeCancel[body]) {
            world.fault("#" + who + " goes on, though it was cancelled");
            world.mustSeeCancel[body] = false;
        }
    }

    void moment() {
        long iteration = world.loop.iteration();
        pass(Coroutines::moment);
        long cost = world.loop.iteration() - iteration;
        if (world.exact && (cost < 1 || (cost > 1 && !world.program.pauses()))) {
            world.fault("#" + who + " waits a moment of " + cost + " iterations");
        }
    }

    void sleep(int millis) {
        long nanos = world.loop.nanoTime();
        pass(() -> Coroutines.sleep(world.time(millis)));
        long late =
                world.loop.nanoTime() - nanos - world.time(Math.max(0, millis)).toNanos();
        if (late < 0 || (late > 0 && world.exact && !world.program.pauses())) {
            world.fault("#" + who + " sleeps " + millis + " ms, and wakes up " + late + " ns late");
        }
    }

    private void pass(Runnable suspends) {
        world.trace(who, "lets go", "");
        leave();
        try {
            suspends.run();
        } catch (CancellationException cancelled) {
            enter();
            world.trace(who, "hears of", World.describe(cancelled));
            world.mustSeeCancel[body] = false;
            if (world.exact && !wasAsked()) {
                world.fault("#" + who + " is cancelled, and nothing has asked for that");
            }
            throw cancelled;
        } catch (Throwable failure) {
            enter();
            world.fault("#" + who + " gets a failure out of a pause for breath: " + failure);
            throw failure;
        }
        enter();
        world.trace(who, "goes on", "");
        checkCancel();
    }

    /** The cancel of a loop that closes may have been lost to a race; then nothing would end another wait. */
    private boolean hasLostTheLoop() {
        return world.loop.isClosing() && !Known.CANCELS_RACE;
    }

    private void forEach(Action.ForEach each) {
        List<CompletableFuture<Object>> parts = Stages.distinct(stages.inputs(each.sources(), !each.iterator()));
        if (!each.iterator()) {
            for (CompletableFuture<Object> next : stages.asCompleted(parts, -1)) {
                if (!hasLostTheLoop()) {
                    await(next, Action.How.AWAIT);
                }
            }
            return;
        }
        WaitIterator<Object> iterator = WaitIterator.of(parts);
        while (!iterator.done() && !hasLostTheLoop()) {
            CompletableFuture<Object> next = world.hold(iterator.next());
            await(next, Action.How.AWAIT);
            CompletableFuture<?> from = parts.get(iterator.currentIndex());
            if (!from.isDone() || iterator.currentFuture() != from) {
                world.fault("#" + who + " gets the outcome of " + from + ", which is not the current one");
            }
        }
    }
}
