package dev.baton.benchmarks;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * One operation: one of 100,000 coroutines that are started together, sleep a millisecond, and end. Starting them
 * takes longer than that, so nobody is idle. Continuations have no clock.
 */
@OperationsPerInvocation(Sleepers.COROUTINES)
public class Sleepers extends Scenario {
    static final int COROUTINES = 100_000;
    private static final Duration NAP = Duration.ofMillis(1);

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
            List<Coroutine<?>> all = new ArrayList<>(COROUTINES);
            for (int i = 0; i < COROUTINES; i++) {
                all.add(Coroutines.spawn(() -> Coroutines.sleep(NAP)));
            }
            all.forEach(each -> Coroutines.await(each));
        });
    }

    @Benchmark
    public void vertx(VertxPeer vertx) throws InterruptedException {
        CountDownLatch all = new CountDownLatch(COROUTINES);
        for (int i = 0; i < COROUTINES; i++) {
            vertx.context.runOnContext(nothing -> {
                vertx.vertx.timer(1, TimeUnit.MILLISECONDS).await();
                all.countDown();
            });
        }
        all.await();
    }

    @Benchmark
    public void kotlinDispatcher(KotlinDispatcher kotlin) {
        kotlin.sleep(COROUTINES, NAP.toMillis());
    }

    @Benchmark
    public void kotlinRunBlocking(KotlinRunBlocking kotlin) {
        kotlin.sleep(COROUTINES, NAP.toMillis());
    }

    @Benchmark
    public void byHand() {
        List<Thread> all = new ArrayList<>(COROUTINES);
        for (int i = 0; i < COROUTINES; i++) {
            all.add(Thread.startVirtualThread(Sleepers::nap));
        }
        all.forEach(Turns::join);
    }

    private static void nap() {
        try {
            Thread.sleep(NAP);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
