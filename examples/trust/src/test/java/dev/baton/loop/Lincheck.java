package dev.baton.loop;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;

/** How thoroughly a class is checked: scenarios of three operations in each of two threads, and what comes around them. */
public final class Lincheck {
    private static final int ITERATIONS = Integer.getInteger("baton.lincheck.iterations", 20);
    private static final int INVOCATIONS = Integer.getInteger("baton.lincheck.invocations", 500);

    private static final long HUNG_AFTER_MILLIS = 120_000;

    private Lincheck() {}

    /** {@return real threads, in whatever way the machine interleaves them} */
    public static StressOptions stress() {
        return bounded(new StressOptions());
    }

    /** {@return interleavings that Lincheck chooses itself, one after the other} */
    public static ModelCheckingOptions modelChecking() {
        return bounded(new ModelCheckingOptions());
    }

    private static <O extends Options<O, ?>> O bounded(O options) {
        // Lincheck's own bound is 10 s for one run, in which it may load and rewrite classes: too short for a busy
        // machine.
        // Its setter is meant for Kotlin alone.
        return options.invocationTimeout$lincheck(HUNG_AFTER_MILLIS)
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(2)
                .actorsBefore(2)
                .actorsPerThread(3)
                .actorsAfter(2)
                .minimizeFailedScenario(false);
    }
}
