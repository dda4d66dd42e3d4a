package dev.baton.fuzz;

import dev.baton.Coroutines;
import dev.baton.loop.EventLoop;
import dev.baton.loop.Handoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongUnaryOperator;

/**
 * Runs programs under virtual time, each on both hand-overs, and compares. A batch runs on one hand-over and then on the
 * other: each has a kind of thread that drives it without a switch between threads of the operating system.
 */
final class Fuzzer {
    private static final int BATCH = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(60); // for one batch, which takes milliseconds
    private static final Duration IMPATIENCE = Duration.ofSeconds(5); // for one program

    private final LongUnaryOperator seeds;
    private long done;

    Fuzzer(long baseSeed) {
        seeds = number -> seed(baseSeed, number);
    }

    /** {@return the seed of the program with a number: far from those of its neighbours} */
    static long seed(long baseSeed, long number) {
        return new SplittableRandom(baseSeed + number).nextLong();
    }

    /** {@return how many programs have run on both hand-overs} */
    long done() {
        return done;
    }

    /** Runs programs until there were so many or the time is over, and fails with the first that goes wrong. */
    void run(long programs, Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        while (done < programs && System.nanoTime() - deadline < 0) {
            runBatch((int) Math.min(BATCH, programs - done));
        }
    }

    private void runBatch(int size) {
        List<Program> programs = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            programs.add(Generator.virtualTime(seeds.applyAsLong(done + i)));
        }
        List<VirtualRun> portable = runAll(programs, Handoff.PORTABLE, PATIENCE);
        List<VirtualRun> carrier = runAll(programs, Handoff.CARRIER, PATIENCE);
        for (int i = 0; i < size; i++) {
            String failure = compare(portable.get(i), carrier.get(i));
            if (!failure.isEmpty()) {
                throw shrunk(programs.get(i), new AssertionError(message(programs.get(i), failure)));
            }
            done++;
        }
    }

    /** Replays one seed. */
    static void replay(long seed) {
        Program program = Generator.virtualTime(seed);
        String failure = outcome(program);
        if (!failure.isEmpty()) {
            throw shrunk(program, new AssertionError(message(program, failure)));
        }
    }

    /** {@return what is wrong with a program; empty if nothing is} */
    private static String outcome(Program program) {
        List<Program> one = List.of(program);
        try {
            return compare(
                    runAll(one, Handoff.PORTABLE, IMPATIENCE).getFirst(),
                    runAll(one, Handoff.CARRIER, IMPATIENCE).getFirst());
        } catch (AssertionError hangs) {
            return String.valueOf(hangs.getMessage());
        }
    }

    private static AssertionError shrunk(Program program, AssertionError error) {
        Program smallest = new Shrinker(candidate -> !outcome(candidate).isEmpty()).shrink(program);
        error.addSuppressed(new AssertionError(message(smallest, "made smaller: " + outcome(smallest))));
        return error;
    }

    private static String message(Program program, String failure) {
        return "fuzz seed " + program.seed() + "L failed: " + failure + "\nreplay with -Dbaton.fuzz.seed="
                + program.seed() + "L\n" + program;
    }

    private static String compare(VirtualRun portable, VirtualRun carrier) {
        if (!portable.faults().isEmpty() || !carrier.faults().isEmpty()) {
            return "portable " + portable.faults() + ", carrier " + carrier.faults();
        }
        if (!portable.reports().equals(carrier.reports())) {
            return "reports on portable " + portable.reports() + ", on carrier " + carrier.reports();
        }
        return Trace.difference(portable.trace(), carrier.trace());
    }

    /** A batch on one hand-over, on a thread of the kind that drives it. */
    private static List<VirtualRun> runAll(List<Program> programs, Handoff handoff, Duration patience) {
        List<VirtualRun> runs = Collections.synchronizedList(new ArrayList<>());
        AtomicReference<EventLoop> loop = new AtomicReference<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Runnable batch = () -> {
            try {
                programs.forEach(each -> runs.add(VirtualRun.of(each, handoff, loop::set)));
            } catch (Throwable failure) {
                thrown.set(failure);
            }
        };
        Thread driver = handoff == Handoff.CARRIER
                ? Thread.ofPlatform().daemon().start(batch)
                : Thread.ofVirtual().start(batch);
        boolean ended;
        try {
            ended = driver.join(patience);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (ended && thrown.get() == null) {
            return runs;
        }
        Program last = programs.get(runs.size());
        String what = ended ? "throws " + thrown.get() : "hangs:\n" + Coroutines.dump(loop.get());
        AssertionError error = new AssertionError(message(last, "on " + handoff + " it " + what), thrown.get());
        error.setStackTrace(driver.getStackTrace());
        throw error;
    }
}
