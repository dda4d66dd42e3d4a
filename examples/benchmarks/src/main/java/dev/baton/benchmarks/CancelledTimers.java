package dev.baton.benchmarks;

import dev.baton.loop.TimerHandle;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One operation: one of a million timers, all scheduled for one of the next hours and then cancelled, first to last.
 * By hand it is the JDK's scheduled executor. Kotlin has no timer but a coroutine that waits, which is more; a
 * continuation has no clock.
 */
@OperationsPerInvocation(CancelledTimers.TIMERS)
public class CancelledTimers extends Scenario {
    static final int TIMERS = 1_000_000;

    private static long hours(int i) {
        return i % 100 + 1L;
    }

    @Benchmark
    public void batonPortable(BatonPeer.Portable baton) {
        overBaton(baton);
    }

    @Benchmark
    public void batonCarrier(BatonPeer.Carrier baton) {
        overBaton(baton);
    }

    private static void overBaton(BatonPeer baton) {
        baton.run(() -> {
            TimerHandle[] all = new TimerHandle[TIMERS];
            for (int i = 0; i < TIMERS; i++) {
                all[i] = baton.loop.schedule(Duration.ofHours(hours(i)), () -> {});
            }
            for (TimerHandle timer : all) {
                timer.cancel();
            }
        });
    }

    @Benchmark
    public void vertx(VertxPeer vertx) {
        vertx.run(() -> {
            long[] all = new long[TIMERS];
            for (int i = 0; i < TIMERS; i++) {
                all[i] = vertx.vertx.setTimer(TimeUnit.HOURS.toMillis(hours(i)), id -> {});
            }
            for (long timer : all) {
                vertx.vertx.cancelTimer(timer);
            }
        });
    }

    /** One thread, which forgets a timer when it is cancelled. */
    @State(Scope.Benchmark)
    public static class Scheduler {
        private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);

        public Scheduler() {
            executor.setRemoveOnCancelPolicy(true);
        }

        @TearDown
        public void close() {
            executor.shutdownNow();
        }
    }

    @Benchmark
    public void byHand(Scheduler scheduler) {
        Turns.run(() -> {
            Future<?>[] all = new Future<?>[TIMERS];
            for (int i = 0; i < TIMERS; i++) {
                all[i] = scheduler.executor.schedule(() -> {}, hours(i), TimeUnit.HOURS);
            }
            for (Future<?> timer : all) {
                timer.cancel(false);
            }
        });
    }
}
