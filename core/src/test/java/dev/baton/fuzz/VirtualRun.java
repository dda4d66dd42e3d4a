package dev.baton.fuzz;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.loop.EventLoop;
import dev.baton.loop.Handoff;
import dev.baton.loop.LoopOptions;
import dev.baton.loop.testing.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One run of a program under virtual time, on the calling thread, on a loop of its own.
 *
 * @param trace what happened
 * @param reports what was reported
 * @param faults what was found to be wrong; empty if all is well
 */
record VirtualRun(Trace trace, List<String> reports, List<String> faults) {
    private static final int SWEEP_MILLIS = 5_000;
    private static final int SWEEP_REAL = 1_000; // 20 ms

    static VirtualRun of(Program program, Handoff handoff, Consumer<EventLoop> opened) {
        World[] created = new World[1];
        EventLoop loop = EventLoop.create(LoopOptions.defaults()
                .withName("fuzz")
                .withClock(new VirtualClock())
                .withHandoff(handoff)
                .withExceptionHandler(failure -> created[0].reported(failure)));
        opened.accept(loop);
        World world = World.exact(program, loop);
        created[0] = world;
        drive(world);
        close(world);
        Audit.of(world, false);
        return new VirtualRun(world.trace, Audit.reports(world), new ArrayList<>(world.faults()));
    }

    static void close(World world) {
        if (!Known.CLOSES_WITH_PAUSED_FUTURES) {
            world.loop.<Object>runUntil(() -> {
                world.unpauseSlots();
                return CompletableFuture.completedFuture(world);
            });
        }
        world.loop.close();
    }

    private static void drive(World world) {
        try {
            Object value = world.loop.<Object>runUntil(() -> begin(world));
            world.trace(0, "the first coroutine returned", value);
        } catch (Throwable failure) {
            String message = String.valueOf(failure.getMessage());
            boolean stuck = failure instanceof IllegalStateException && message.startsWith("nothing is ready");
            world.trace(0, stuck ? "the loop is stuck" : "the first coroutine failed", World.describe(failure));
            if (!stuck && failure != world.thrown[0] && !(failure instanceof CancellationException)) {
                world.fault("the run throws what its coroutine has not thrown: " + failure);
            }
        }
    }

    /** Runs on the loop, before the first iteration. */
    static Coroutine<Object> begin(World world) {
        Slots.open(world);
        if (world.program.sweeps()) {
            world.timers.add(world.loop.schedule(world.time(world.exact ? SWEEP_MILLIS : SWEEP_REAL), world::sweep));
        }
        world.claimed[0] = true;
        Callable<Object> first = new First(world)::start;
        Coroutine<Object> coroutine = Coroutines.spawn(first);
        world.coroutines.set(0, coroutine);
        world.hold(coroutine);
        world.ask(coroutine, World.Asked.YES); // the driver does
        return coroutine;
    }
}
