package dev.baton.fuzz;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random programs. A seed that fails is printed, and {@code -Dbaton.fuzz.seed=<seed>L} replays it. The long form takes
 * {@code -Dbaton.fuzz.seeds=<how many>} and {@code -Dbaton.fuzz.minutes=<at most>}.
 */
class FuzzTest {
    private static final long BASE_SEED = 20_261_124; // the build runs the same programs every time
    private static final int PROGRAMS = 3_000;

    @Test
    void programsHaveTheSameTraceOnBothHandOvers() {
        String seed = System.getProperty("baton.fuzz.seed");
        if (seed != null) {
            Fuzzer.replay(Long.parseLong(seed.replaceAll("[lL_]", "")));
            return;
        }
        new Fuzzer(BASE_SEED).run(PROGRAMS, Duration.ofSeconds(10));
    }

    @Test
    @Tag("trust")
    @Timeout(3600)
    void manyProgramsHaveTheSameTraceOnBothHandOvers() {
        long base = Long.getLong("baton.fuzz.base", System.nanoTime());
        Fuzzer fuzzer = new Fuzzer(base);
        long begin = System.nanoTime();
        fuzzer.run(
                Long.getLong("baton.fuzz.seeds", 1_000_000), Duration.ofMinutes(Long.getLong("baton.fuzz.minutes", 4)));
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf(
                "fuzz: %d programs from base seed %d on both hand-overs in %.0f s%n", fuzzer.done(), base, seconds);
    }
}
