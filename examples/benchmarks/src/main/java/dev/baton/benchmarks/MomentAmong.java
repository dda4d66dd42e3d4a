package dev.baton.benchmarks;

import java.util.function.ObjIntConsumer;
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

        final void open(ObjIntConsumer<Meter> ring) {
            Meter.rehearse(ring);
            ring.accept(meter, coroutines);
        }

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
            open((some, size) -> baton.ring(size, some));
        }
    }

    /** Baton, CARRIER. */
    public static class CarrierRing extends Ring {
        @Setup
        public void open(BatonPeer.Carrier baton) {
            open((some, size) -> baton.ring(size, some));
        }
    }

    /** Vert.x, each task completes what the next one awaits. */
    public static class VertxRelay extends Ring {
        @Setup
        public void open(VertxPeer peer) {
            open((some, size) -> VertxPeer.relay(peer.context, size, some));
        }
    }

    /** Kotlin, on a dispatcher. */
    public static class DispatcherRing extends Ring {
        @Setup
        public void open(KotlinDispatcher kotlin) {
            open((some, size) -> kotlin.ring(size, some));
        }
    }

    /** Kotlin, in runBlocking. */
    public static class RunBlockingRing extends Ring {
        @Setup
        public void open(KotlinRunBlocking kotlin) {
            open((some, size) -> kotlin.ring(size, some));
        }
    }

    /** A lock and conditions. */
    public static class TurnsRing extends Ring {
        @Setup
        public void open() {
            open((some, size) -> new Turns().ring(size, some));
        }
    }

    /** Continuations, in an array: no queue, no loop, nobody to wake. */
    public static class ContinuationRing extends Ring {
        private RawContinuation[] all = {};
        private int next;

        @Setup
        public void open() {
            for (int i = 0; i < 10; i++) {
                open(2_000);
                run();
            }
            open(coroutines);
        }

        private void open(int size) {
            next = 0;
            all = new RawContinuation[size];
            for (int i = 0; i < size; i++) {
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
