package dev.baton.fuzz;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random programs. A seed that fails is printed, and {@code -Dbaton.fuzz.seed=<seed>L} replays it; one that failed among
 * threads runs again for a while with {@code -Dbaton.fuzz.realSeed=<seed>L}. The long forms take
 * {@code -Dbaton.fuzz.base=<seed>}, {@code -Dbaton.fuzz.seeds=<how many>} and {@code -Dbaton.fuzz.minutes=<at most>}.
 */
@Timeout(180) // what hangs is found, and named, before that
class FuzzTest {
    private static final long BASE_SEED = 20_261_124; // the build runs the same programs every time
    private static final int PROGRAMS = 3_000;

    @Test
    void programsHaveTheSameTraceOnBothHandOvers() {
        Long seed = seed("baton.fuzz.seed");
        if (seed != null) {
            Fuzzer.replay(seed);
            return;
        }
        new Fuzzer(shortBase()).run(PROGRAMS, Duration.ofSeconds(10));
    }

    @Test
    void programsLoseNothingAmongForeignThreads() {
        Long seed = seed("baton.fuzz.realSeed");
        if (seed != null) {
            RealFuzzer.replay(seed, Duration.ofSeconds(10));
            return;
        }
        new RealFuzzer(shortBase()).run(Duration.ofSeconds(2));
    }

    @Test
    @Tag("trust")
    @Timeout(3600)
    void manyProgramsHaveTheSameTraceOnBothHandOvers() {
        long base = base();
        Fuzzer fuzzer = new Fuzzer(base);
        long begin = System.nanoTime();
        fuzzer.run(Long.getLong("baton.fuzz.seeds", 1_000_000), minutes());
        System.out.printf(
                "fuzz: %d programs from base seed %d on both hand-overs in %d s%n",
                fuzzer.done(), base, secondsSince(begin));
    }

    @Test
    @Tag("trust")
    @Timeout(3600)
    void manyProgramsLoseNothingAmongForeignThreads() {
        long base = base();
        RealFuzzer fuzzer = new RealFuzzer(base);
        long begin = System.nanoTime();
        fuzzer.run(minutes());
        System.out.printf(
                "fuzz: %d programs from base seed %d among threads, which did %d operations, in %d s%n",
                fuzzer.done(), base, fuzzer.operations(), secondsSince(begin));
    }

    /** The build runs the tests twice, once for each hand-over; here each run takes both, and so other programs. */
    private static long shortBase() {
        return BASE_SEED + ("carrier".equals(System.getProperty("baton.handoff")) ? PROGRAMS : 0);
    }

    private static Long seed(String property) {
        String text = System.getProperty(property);
        return text == null ? null : Long.valueOf(text.replaceAll("[lL_]", ""));
    }

    /** The long forms run other programs every time. */
    private static long base() {
        return Long.getLong("baton.fuzz.base", System.currentTimeMillis());
    }

    private static Duration minutes() {
        return Duration.ofMinutes(Long.getLong("baton.fuzz.minutes", 4));
    }

    private static long secondsSince(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin).toSeconds();
    }
}
