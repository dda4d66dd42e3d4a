package dev.baton.fuzz;

import dev.baton.Coroutines;
import dev.baton.loop.EventLoop;
import dev.baton.loop.Handoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongUnaryOperator;

/** Runs programs on the wall clock, several at once, with the same foreign threads among them. */
final class RealFuzzer {
    private static final int LANES = 4; // for each hand-over
    private static final Duration PATIENCE = Duration.ofSeconds(40); // a run and a close, each within its bound

    private final long baseSeed;
    private final LongUnaryOperator seeds;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final AtomicReference<AssertionError> failed = new AtomicReference<>();
    private long operations;

    /** One thread that runs a program after another. */
    private static final class Lane {
        Thread thread;
        volatile EventLoop loop;
        volatile Program program;
    }

    RealFuzzer(long baseSeed) {
        this(baseSeed, number -> Fuzzer.seed(baseSeed, number));
    }

    private RealFuzzer(long baseSeed, LongUnaryOperator seeds) {
        this.baseSeed = baseSeed;
        this.seeds = seeds;
    }

    /** Runs one program again and again. */
    static void replay(long seed, Duration time) {
        new RealFuzzer(seed, number -> seed).run(time);
    }

    long done() {
        return done.get();
    }

    /** {@return what the foreign threads have done} */
    long operations() {
        return operations;
    }

    /** Runs programs until the time is over, and fails with the first that goes wrong. */
    void run(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        try (ForeignThreads foreign = new ForeignThreads(baseSeed)) {
            List<Lane> lanes = new ArrayList<>();
            for (Handoff handoff : List.of(Handoff.PORTABLE, Handoff.CARRIER)) {
                for (int i = 0; i < LANES; i++) {
                    Lane lane = new Lane();
                    lanes.add(lane);
                    Runnable body = () -> runLane(lane, handoff, foreign, deadline);
                    lane.thread = handoff == Handoff.CARRIER
                            ? Thread.ofPlatform().daemon().start(body)
                            : Thread.ofVirtual().start(body);
                }
            }
            for (Lane lane : lanes) {
                await(lane, deadline);
            }
            operations = foreign.operations();
        }
        if (failed.get() != null) {
            throw failed.get();
        }
    }

    private void runLane(Lane lane, Handoff handoff, ForeignThreads foreign, long deadline) {
        while (System.nanoTime() - deadline < 0 && failed.get() == null) {
            Program program = Generator.wallClock(seeds.applyAsLong(begun.getAndIncrement()));
            lane.program = program;
            List<String> faults;
            try {
                faults = RealRun.of(program, handoff, foreign::offer, loop -> lane.loop = loop);
            } catch (Throwable failure) {
                failed.compareAndSet(null, new AssertionError(message(program, handoff + " " + failure), failure));
                return;
            }
            if (!faults.isEmpty()) {
                failed.compareAndSet(null, new AssertionError(message(program, handoff + " " + faults)));
            }
            done.incrementAndGet();
        }
    }

    private void await(Lane lane, long deadline) {
        Duration left =
                Duration.ofNanos(Math.max(0, deadline - System.nanoTime())).plus(PATIENCE);
        try {
            if (!lane.thread.join(left)) {
                AssertionError hangs =
                        new AssertionError(message(lane.program, "hangs:\n" + Coroutines.dump(lane.loop)));
                hangs.setStackTrace(lane.thread.getStackTrace());
                failed.compareAndSet(null, hangs);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** To replay it gives the same program; what the threads do to it is a matter of chance. */
    private static String message(Program program, String failure) {
        return "fuzz seed " + program.seed() + "L failed among threads: " + failure
                + "\nreplay with -Dbaton.fuzz.realSeed=" + program.seed() + "L\n" + program;
    }
}
