package dev.baton.fuzz;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import dev.baton.loop.Handoff;
import dev.baton.loop.LoopOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** One run of a program on the wall clock, on the calling thread, while foreign threads meddle with it. */
final class RealRun {
    private static final Duration PATIENCE = Duration.ofMillis(150); // some programs wait for themselves, and never end
    private static final Duration SETTLED = Duration.ofMillis(50);
    private static final int LOOKS = 40; // for a thread that was stopped by chance while it completes a future

    private final World world;

    private RealRun(World world) {
        this.world = world;
    }

    /** {@return what is wrong; empty if all is well} */
    static List<String> of(Program program, Handoff handoff, Consumer<World> foreign, Consumer<EventLoop> opened) {
        World[] created = new World[1];
        EventLoop loop = EventLoop.create(LoopOptions.defaults()
                .withName("fuzz-" + handoff)
                .withHandoff(handoff)
                .withSlowStepThreshold(Duration.ZERO)
                .withExceptionHandler(failure -> created[0].reported(failure)));
        opened.accept(loop);
        World world = World.amongThreads(program, loop, foreign);
        created[0] = world;
        RealRun run = new RealRun(world);
        run.drive();
        if (!Known.CLOSES_UNDER_FIRE) {
            run.endForeign();
        }
        VirtualRun.close(world);
        run.endForeign();
        Audit.of(world, Known.CLOSES_UNDER_FIRE);
        return List.copyOf(world.faults());
    }

    private void drive() {
        try {
            world.loop.<Object>runUntil(() -> Futures.withTimeout(PATIENCE, VirtualRun.begin(world), Throwable.class));
        } catch (Throwable failure) {
            // its outcome is the audit's business, as that of the others is
        }
        if (world.program.waitsForAll()) { // else the loop is closed while coroutines live, and threads meddle
            endForeign();
            Callable<Object> inspect = this::inspect;
            world.loop.runUntil(() -> Coroutines.spawn(inspect));
        }
    }

    private Object inspect() {
        Inspector inspector = new Inspector(world);
        Coroutine<?> self = Coroutines.current();
        for (int look = 0; look < LOOKS && inspector.isAnyReady(); look++) {
            Coroutines.sleep(SETTLED);
        }
        if (inspector.isAnyReady()) {
            inspector.lookForStalled();
            Coroutines.sleep(SETTLED);
            inspector.lookForStalled();
        }
        if (inspector.allDone() && world.coroutines.get(0).isDone()) {
            inspector.endAll(self, Coroutines::moment);
            Coroutines.sleep(Duration.ofMillis(2)); // blocking work that was cancelled ends
            inspector.lookForLeftovers();
        }
        return self;
    }

    private void endForeign() {
        if (!world.awaitNoForeign()) {
            world.fault("a foreign thread hangs");
        }
    }
}
