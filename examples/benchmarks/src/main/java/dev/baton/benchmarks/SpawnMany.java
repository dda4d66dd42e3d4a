package dev.baton.benchmarks;

import static dev.baton.Coroutines.await;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.future.Deferred;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * One operation: one of 100,000 coroutines that are started together, wait until the last one has started, return a
 * number, and are awaited. Continuations cannot wait for each other.
 */
@OperationsPerInvocation(SpawnMany.COROUTINES)
public class SpawnMany extends Scenario {
    static final int COROUTINES = 100_000;

    @Benchmark
    public int batonPortable(BatonPeer.Portable baton) {
        return overBaton(baton);
    }

    @Benchmark
    public int batonCarrier(BatonPeer.Carrier baton) {
        return overBaton(baton);
    }

    private static int overBaton(BatonPeer baton) {
        Count count = new Count();
        baton.run(() -> {
            Deferred<Integer> gate = new Deferred<>();
            List<Coroutine<Integer>> all = new ArrayList<>(COROUTINES);
            for (int i = 0; i < COROUTINES; i++) {
                all.add(Coroutines.spawn(() -> {
                    if (count.isLast()) {
                        gate.complete(1);
                    }
                    return await(gate);
                }));
            }
            count.sum = await(all).stream().mapToInt(Integer::intValue).sum();
        });
        return count.sum;
    }

    @Benchmark
    public int vertx(VertxPeer vertx) {
        Count count = new Count();
        vertx.run(() -> {
            Promise<Integer> gate = Promise.promise();
            List<Future<Integer>> all = new ArrayList<>(COROUTINES);
            for (int i = 0; i < COROUTINES; i++) {
                Promise<Integer> result = Promise.promise();
                vertx.context.runOnContext(nothing -> {
                    if (count.isLast()) {
                        gate.complete(1);
                    }
                    result.complete(gate.future().await());
                });
                all.add(result.future());
            }
            count.sum = Future.all(all).await().<Integer>list().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
        });
        return count.sum;
    }

    @Benchmark
    public int kotlinDispatcher(KotlinDispatcher kotlin) {
        return kotlin.spawnMany(COROUTINES);
    }

    @Benchmark
    public int kotlinRunBlocking(KotlinRunBlocking kotlin) {
        return kotlin.spawnMany(COROUTINES);
    }

    @Benchmark
    public int byHand(Turns turns) {
        Count count = new Count();
        Turns.run(() -> {
            CompletableFuture<Integer> gate = new CompletableFuture<>();
            List<Thread> all = new ArrayList<>(COROUTINES);
            for (int i = 0; i < COROUTINES; i++) {
                all.add(Thread.startVirtualThread(() -> {
                    turns.exclusively(() -> {
                        if (count.isLast()) {
                            gate.complete(1);
                        }
                    });
                    int one = gate.join();
                    turns.exclusively(() -> count.sum += one);
                }));
            }
            all.forEach(Turns::join);
        });
        return count.sum;
    }

    private static final class Count {
        int sum;
        private int started;

        boolean isLast() {
            return ++started == COROUTINES;
        }
    }
}
