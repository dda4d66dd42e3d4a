package dev.baton.fuzz;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import dev.baton.loop.Handoff;
import dev.baton.loop.LoopOptions;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A loop that lives long and runs one program after another, among foreign threads. */
final class LongLived implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMillis(150);
    private static final int ROUNDS = 200; // of cancels, until the last coroutine has heard of it

    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final EventLoop loop;

    LongLived(Handoff handoff) {
        loop = EventLoop.open(LoopOptions.defaults()
                .withName("soak-" + handoff)
                .withHandoff(handoff)
                .withSlowStepThreshold(Duration.ZERO)
                .withExceptionHandler(this::reported));
    }

    EventLoop loop() {
        return loop;
    }

    /** A failure may be of an older program: that of a future that was collected since. So only its kind is looked at. */
    private void reported(Throwable failure) {
        boolean ofAProgram = failure instanceof Boom
                || failure instanceof CancellationException
                || failure instanceof AwaitTimeoutException
                || failure instanceof TimeoutException
                || String.valueOf(failure.getMessage()).startsWith("a cycle of awaits");
        if (!ofAProgram) {
            faults.add("a report of something that nothing has caused: " + failure);
        }
    }

    /** Runs a program to its end, called by another thread. Returns what is wrong; empty if all is well. */
    List<String> run(Program program, ForeignThreads foreign) throws Exception {
        World world = World.amongThreads(program, loop, foreign::offer);
        Callable<Object> body = () -> runHere(world);
        Coroutines.spawn(loop, body).get(30, TimeUnit.SECONDS);
        Audit.ofCoroutines(world);
        faults.addAll(world.faults());
        return List.copyOf(faults);
    }

    private Object runHere(World world) {
        Coroutine<Object> first = VirtualRun.begin(world);
        Coroutines.await(Futures.gatherOutcomes(List.of(Futures.withTimeout(PATIENCE, first, Throwable.class))));
        if (!Coroutines.<Boolean>blocking(world::awaitNoForeign)) {
            faults.add("a foreign thread hangs");
        }
        Inspector inspector = new Inspector(world);
        world.sweep();
        for (int round = 0; round < ROUNDS && !(first.isDone() && inspector.allDone()); round++) {
            inspector.cancelAll();
            Coroutines.sleep(Duration.ofMillis(1));
        }
        inspector.endAll(Coroutines.current(), Coroutines::moment);
        Coroutines.sleep(Duration.ofMillis(2)); // blocking work that was cancelled ends, and so do old timers
        inspector.lookForLeftovers();
        return world;
    }

    @Override
    public void close() {
        loop.close();
    }
}
