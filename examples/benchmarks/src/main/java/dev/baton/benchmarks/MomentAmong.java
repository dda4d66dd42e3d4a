package dev.baton.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One operation: a coroutine goes to the end of the queue and the next one runs. So many coroutines take turns
 * without end; a {@link Meter} counts. Vert.x has no yield: each of its tasks completes the future that the next one
 * awaits.
 */
@OperationsPerInvocation(MomentAmong.TURNS)
public class MomentAmong extends Scenario {
    static final int TURNS = 200_000;

    /** The ring. */
    @State(Scope.Benchmark)
    public abstract static class Ring {
        @Param({"2", "1000", "100000"})
        public int coroutines;

        final Meter meter = new Meter();

        final void turns() {
            meter.run(TURNS);
        }

        @TearDown
        public void close() {
            meter.close();
        }
    }

    /** Baton, PORTABLE. */
    public static class PortableRing extends Ring {
        @Setup
        public void open(BatonPeer.Portable baton) {
            baton.ring(coroutines, meter);
        }
    }

    /** Baton, CARRIER. */
    public static class CarrierRing extends Ring {
        @Setup
        public void open(BatonPeer.Carrier baton) {
            baton.ring(coroutines, meter);
        }
    }

    /** Vert.x, each task completes what the next one awaits. */
    public static class VertxRelay extends Ring {
        @Setup
        public void open(VertxPeer peer) {
            VertxPeer.relay(peer.context, coroutines, meter);
        }
    }

    /** Kotlin, on a dispatcher. */
    public static class DispatcherRing extends Ring {
        @Setup
        public void open(KotlinDispatcher kotlin) {
            kotlin.ring(coroutines, meter);
        }
    }

    /** Kotlin, in runBlocking. */
    public static class RunBlockingRing extends Ring {
        @Setup
        public void open(KotlinRunBlocking kotlin) {
            kotlin.ring(coroutines, meter);
        }
    }

    /** A lock and conditions. */
    public static class TurnsRing extends Ring {
        @Setup
        public void open(Turns turns) {
            turns.ring(coroutines, meter);
        }
    }

    /** Continuations, in an array: no queue, no loop, nobody to wake. */
    public static class ContinuationRing extends Ring {
        private RawContinuation[] all = {};
        private int next;

        @Setup
        public void open() {
            all = new RawContinuation[coroutines];
            for (int i = 0; i < coroutines; i++) {
                all[i] = new RawContinuation(() -> {
                    while (true) {
                        RawContinuation.suspend();
                    }
                });
            }
        }

        void run() {
            for (int i = 0; i < TURNS; i++) {
                all[next].run();
                if (++next == all.length) {
                    next = 0;
                }
            }
        }
    }

    @Benchmark
    public void batonPortable(PortableRing ring) {
        ring.turns();
    }

    @Benchmark
    public void batonCarrier(CarrierRing ring) {
        ring.turns();
    }

    @Benchmark
    public void vertx(VertxRelay ring) {
        ring.turns();
    }

    @Benchmark
    public void kotlinDispatcher(DispatcherRing ring) {
        ring.turns();
    }

    @Benchmark
    public void kotlinRunBlocking(RunBlockingRing ring) {
        ring.turns();
    }

    @Benchmark
    public void byHand(TurnsRing ring) {
        ring.turns();
    }

    @Benchmark
    public void continuation(ContinuationRing ring) {
        ring.run();
    }
}
