package dev.baton.benchmarks;

import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One operation: a moment among 1,000 coroutines, on any of the loops. All loops run at once and share the operations
 * evenly, so with a core for each, two loops take half the time of one.
 */
@OperationsPerInvocation(TwoLoops.TURNS)
public class TwoLoops extends Scenario {
    static final int TURNS = 400_000;
    private static final int COROUTINES = 1_000;

    /** The rings, one for each loop. */
    @State(Scope.Benchmark)
    public abstract static class Rings {
        @Param({"1", "2"})
        public int loops;

        private final List<Meter> meters = new ArrayList<>();
        private final List<Runnable> closers = new ArrayList<>();

        /** Opens one more loop with a ring. {@return what closes it} */
        abstract Runnable open(int coroutines, Meter meter);

        @Setup
        public final void open() {
            Meter.rehearse((meter, size) -> closers.add(open(size, meter)));
            for (int i = 0; i < loops; i++) {
                Meter meter = new Meter();
                closers.add(open(COROUTINES, meter));
                meters.add(meter);
            }
        }

        final void turns() {
            meters.forEach(meter -> meter.order(TURNS / loops));
            meters.forEach(Meter::awaitFinished);
        }

        @TearDown
        public final void close() {
            meters.forEach(Meter::close);
            closers.forEach(Runnable::run);
        }
    }

    /** Baton, PORTABLE. */
    public static class PortableRings extends Rings {
        @Override
        Runnable open(int coroutines, Meter meter) {
            BatonPeer baton = new BatonPeer.Portable();
            baton.ring(coroutines, meter);
            return baton::close;
        }
    }

    /** Baton, CARRIER. */
    public static class CarrierRings extends Rings {
        @Override
        Runnable open(int coroutines, Meter meter) {
            BatonPeer baton = new BatonPeer.Carrier();
            baton.ring(coroutines, meter);
            return baton::close;
        }
    }

    /** Vert.x, one verticle for each loop. */
    public static class VertxRings extends Rings {
        private final VertxPeer vertx = new VertxPeer();

        @Override
        Runnable open(int coroutines, Meter meter) {
            Context context = vertx.deploy();
            VertxPeer.relay(context, coroutines, meter);
            return () -> {};
        }
    }

    /** Kotlin, one dispatcher for each loop. */
    public static class DispatcherRings extends Rings {
        @Override
        Runnable open(int coroutines, Meter meter) {
            new KotlinDispatcher().ring(coroutines, meter);
            return () -> {};
        }
    }

    /** Kotlin, one thread in runBlocking for each loop. */
    public static class RunBlockingRings extends Rings {
        @Override
        Runnable open(int coroutines, Meter meter) {
            new KotlinRunBlocking().ring(coroutines, meter);
            return () -> {};
        }
    }

    @Benchmark
    public void batonPortable(PortableRings rings) {
        rings.turns();
    }

    @Benchmark
    public void batonCarrier(CarrierRings rings) {
        rings.turns();
    }

    @Benchmark
    public void vertx(VertxRings rings) {
        rings.turns();
    }

    @Benchmark
    public void kotlinDispatcher(DispatcherRings rings) {
        rings.turns();
    }

    @Benchmark
    public void kotlinRunBlocking(RunBlockingRings rings) {
        rings.turns();
    }
}
