package dev.baton.benchmarks;

import static dev.baton.Coroutines.await;

import dev.baton.Coroutines;
import dev.baton.future.Deferred;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One operation: a coroutine makes a future, asks a platform thread to complete it, and awaits it. With one coroutine
 * and one such thread it is a round trip, nothing else being ready; with 1,000 coroutines and four threads it is
 * throughput.
 */
@OperationsPerInvocation(CompletedElsewhere.TIMES)
public class CompletedElsewhere extends Scenario {
    static final int TIMES = 10_000;

    /** How many wait, and who completes. */
    @State(Scope.Benchmark)
    public static class Crowd {
        @Param({"1x1", "1000x4"})
        public String coroutinesAndCompleters = "1x1";

        private int coroutines;
        private ExecutorService completers = Executors.newSingleThreadExecutor();

        @Setup
        public void open() {
            String[] parts = coroutinesAndCompleters.split("x", 2);
            coroutines = Integer.parseInt(parts[0]);
            completers.shutdown();
            completers = Executors.newFixedThreadPool(Integer.parseInt(parts[1]));
        }

        int each() {
            return TIMES / coroutines;
        }

        @TearDown
        public void close() {
            completers.shutdown();
        }
    }

    @Benchmark
    public void batonPortable(BatonPeer.Portable baton, Crowd crowd) {
        overBaton(baton, crowd);
    }

    @Benchmark
    public void batonCarrier(BatonPeer.Carrier baton, Crowd crowd) {
        overBaton(baton, crowd);
    }

    private static void overBaton(BatonPeer baton, Crowd crowd) {
        baton.run(() -> {
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int i = 0; i < crowd.coroutines; i++) {
                all.add(Coroutines.spawn(() -> {
                    for (int k = 0; k < crowd.each(); k++) {
                        Deferred<Integer> future = new Deferred<>();
                        crowd.completers.execute(() -> future.complete(1));
                        await(future);
                    }
                }));
            }
            all.forEach(each -> await(each));
        });
    }

    @Benchmark
    public void vertx(VertxPeer vertx, Crowd crowd) throws InterruptedException {
        CountDownLatch all = new CountDownLatch(crowd.coroutines);
        for (int i = 0; i < crowd.coroutines; i++) {
            vertx.context.runOnContext(nothing -> {
                for (int k = 0; k < crowd.each(); k++) {
                    Promise<Integer> future = Promise.promise();
                    crowd.completers.execute(() -> future.complete(1));
                    future.future().await();
                }
                all.countDown();
            });
        }
        all.await();
    }

    @Benchmark
    public void kotlinDispatcher(KotlinDispatcher kotlin, Crowd crowd) {
        kotlin.completedElsewhere(crowd.coroutines, crowd.each(), crowd.completers);
    }

    @Benchmark
    public void kotlinRunBlocking(KotlinRunBlocking kotlin, Crowd crowd) {
        kotlin.completedElsewhere(crowd.coroutines, crowd.each(), crowd.completers);
    }

    @Benchmark
    public void byHand(Crowd crowd) {
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < crowd.coroutines; i++) {
            all.add(Thread.startVirtualThread(() -> {
                for (int k = 0; k < crowd.each(); k++) {
                    CompletableFuture<Integer> future = new CompletableFuture<>();
                    crowd.completers.execute(() -> future.complete(1));
                    future.join();
                }
            }));
        }
        all.forEach(Turns::join);
    }
}
