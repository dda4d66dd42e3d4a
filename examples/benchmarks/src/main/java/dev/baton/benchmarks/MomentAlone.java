package dev.baton.benchmarks;

import dev.baton.Coroutines;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * One operation: a coroutine that is alone on its loop lets the others run. Vert.x has no yield, and a lock that
 * nobody waits for nothing to hand over.
 */
@OperationsPerInvocation(MomentAlone.TIMES)
public class MomentAlone extends Scenario {
    static final int TIMES = 2_000_000;

    @Benchmark
    public void batonPortable(BatonPeer.Portable baton) {
        baton.run(MomentAlone::moments);
    }

    @Benchmark
    public void batonCarrier(BatonPeer.Carrier baton) {
        baton.run(MomentAlone::moments);
    }

    @Benchmark
    public void kotlinDispatcher(KotlinDispatcher kotlin) {
        kotlin.momentAlone(TIMES);
    }

    @Benchmark
    public void kotlinRunBlocking(KotlinRunBlocking kotlin) {
        kotlin.momentAlone(TIMES);
    }

    @Benchmark
    public void continuation() {
        RawContinuation alone = new RawContinuation(() -> {
            for (int i = 0; i < TIMES; i++) {
                RawContinuation.suspend();
            }
        });
        for (int i = 0; i <= TIMES; i++) {
            alone.run();
        }
    }

    private static void moments() {
        for (int i = 0; i < TIMES; i++) {
            Coroutines.moment();
        }
    }
}
