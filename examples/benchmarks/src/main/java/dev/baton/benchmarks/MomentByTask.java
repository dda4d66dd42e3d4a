package dev.baton.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One operation: {@link MomentAmong} with 1,000 coroutines, as Vert.x can also do it: each awaits a future that one
 * more task of its context completes. It is what a yield does.
 */
@OperationsPerInvocation(MomentByTask.TURNS)
public class MomentByTask extends Scenario {
    static final int TURNS = 200_000;

    /** The ring. */
    @State(Scope.Benchmark)
    public static class Ring {
        private final Meter meter = new Meter();

        @Setup
        public void open(VertxPeer vertx) {
            Meter.rehearse((some, size) -> VertxPeer.ring(vertx.context, size, some));
            VertxPeer.ring(vertx.context, 1_000, meter);
        }

        @TearDown
        public void close() {
            meter.close();
        }
    }

    @Benchmark
    public void vertx(Ring ring) {
        ring.meter.run(TURNS);
    }
}
