package dev.baton.benchmarks;

import static dev.baton.Coroutines.await;

import dev.baton.Coroutines;
import io.vertx.core.Promise;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** One operation: start a coroutine that returns a number, and await the number. */
@OperationsPerInvocation(SpawnAndAwait.TIMES)
public class SpawnAndAwait extends Scenario {
    static final int TIMES = 100_000;

    @Benchmark
    public int batonPortable(BatonPeer.Portable baton) {
        return overBaton(baton);
    }

    @Benchmark
    public int batonCarrier(BatonPeer.Carrier baton) {
        return overBaton(baton);
    }

    private static int overBaton(BatonPeer baton) {
        int[] sum = {0};
        baton.run(() -> {
            for (int i = 0; i < TIMES; i++) {
                sum[0] += await(Coroutines.spawn(() -> 1));
            }
        });
        return sum[0];
    }

    @Benchmark
    public int vertx(VertxPeer vertx) {
        int[] sum = {0};
        vertx.run(() -> {
            for (int i = 0; i < TIMES; i++) {
                Promise<Integer> result = Promise.promise();
                vertx.context.runOnContext(nothing -> result.complete(1));
                sum[0] += result.future().await();
            }
        });
        return sum[0];
    }

    @Benchmark
    public int kotlinDispatcher(KotlinDispatcher kotlin) {
        return kotlin.spawnAndAwait(TIMES);
    }

    @Benchmark
    public int kotlinRunBlocking(KotlinRunBlocking kotlin) {
        return kotlin.spawnAndAwait(TIMES);
    }

    @Benchmark
    public int byHand() {
        int[] sum = {0};
        Turns.run(() -> {
            for (int i = 0; i < TIMES; i++) {
                Turns.run(() -> sum[0]++);
            }
        });
        return sum[0];
    }

    @Benchmark
    public int continuation() {
        int[] sum = {0};
        for (int i = 0; i < TIMES; i++) {
            new RawContinuation(() -> sum[0]++).run();
        }
        return sum[0];
    }
}
