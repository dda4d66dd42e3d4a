package dev.baton.benchmarks;

import dev.baton.Coroutines;
import dev.baton.loop.EventLoop;
import dev.baton.loop.Handoff;
import dev.baton.loop.LoopOptions;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One loop of Baton, open as long as a benchmark lasts. */
@State(Scope.Benchmark)
public abstract class BatonPeer {
    final EventLoop loop;

    BatonPeer(Handoff handoff) {
        loop = EventLoop.open(LoopOptions.defaults().withHandoff(handoff));
    }

    /** Runs a body in a coroutine of its own and waits for it. */
    void run(Runnable body) {
        Coroutines.spawn(loop, body).join();
    }

    /** Starts coroutines that take turns until the meter is closed. */
    void ring(int coroutines, Meter meter) {
        run(() -> {
            for (int i = 0; i < coroutines; i++) {
                Coroutines.spawn(() -> {
                    while (meter.tick()) {
                        Coroutines.moment();
                    }
                });
            }
        });
    }

    @TearDown
    public void close() {
        loop.close();
    }

    /** {@link Handoff#PORTABLE}. */
    public static class Portable extends BatonPeer {
        public Portable() {
            super(Handoff.PORTABLE);
        }
    }

    /** {@link Handoff#CARRIER}. */
    public static class Carrier extends BatonPeer {
        public Carrier() {
            super(Handoff.CARRIER);
        }
    }
}
