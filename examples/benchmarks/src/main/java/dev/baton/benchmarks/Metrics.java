package dev.baton.benchmarks;

import dev.baton.micrometer.CoroutineMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One operation: a moment among 1,000 coroutines, on a loop whose metrics are bound to a registry or not. No peer has
 * them.
 */
@OperationsPerInvocation(Metrics.TURNS)
public class Metrics extends Scenario {
    static final int TURNS = 200_000;

    /** The ring. */
    @State(Scope.Benchmark)
    public abstract static class Ring {
        @Param({"false", "true"})
        public boolean bound;

        final Meter meter = new Meter();

        final void open(BatonPeer baton) {
            if (bound) {
                new CoroutineMetrics(baton.loop).bindTo(new SimpleMeterRegistry());
            }
            Meter.rehearse((some, size) -> baton.ring(size, some));
            baton.ring(1_000, meter);
        }

        @TearDown
        public void close() {
            meter.close();
        }
    }

    /** Baton, PORTABLE. */
    public static class PortableRing extends Ring {
        @Setup
        public void start(BatonPeer.Portable baton) {
            open(baton);
        }
    }

    /** Baton, CARRIER. */
    public static class CarrierRing extends Ring {
        @Setup
        public void start(BatonPeer.Carrier baton) {
            open(baton);
        }
    }

    @Benchmark
    public void batonPortable(PortableRing ring) {
        ring.meter.run(TURNS);
    }

    @Benchmark
    public void batonCarrier(CarrierRing ring) {
        ring.meter.run(TURNS);
    }
}
