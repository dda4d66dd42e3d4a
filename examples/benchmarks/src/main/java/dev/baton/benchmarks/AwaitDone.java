package dev.baton.benchmarks;

import static dev.baton.Coroutines.await;

import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * One operation: await one of a thousand futures that are done. By hand it is {@code join()}, on a plain virtual
 * thread. A continuation knows no futures.
 */
@OperationsPerInvocation(AwaitDone.ROUNDS * AwaitDone.FUTURES)
public class AwaitDone extends Scenario {
    static final int ROUNDS = 2_000;
    static final int FUTURES = 1_000;

    /** The futures. */
    @State(Scope.Benchmark)
    public static class Done {
        final List<CompletableFuture<Integer>> futures = Stream.generate(() -> CompletableFuture.completedFuture(1))
                .limit(FUTURES)
                .toList();
        final List<Future<Integer>> vertxFutures =
                Stream.generate(() -> Future.succeededFuture(1)).limit(FUTURES).toList();
    }

    @Benchmark
    public void batonPortable(BatonPeer.Portable baton, Done done, Blackhole sink) {
        overBaton(baton, done, sink);
    }

    @Benchmark
    public void batonCarrier(BatonPeer.Carrier baton, Done done, Blackhole sink) {
        overBaton(baton, done, sink);
    }

    private static void overBaton(BatonPeer baton, Done done, Blackhole sink) {
        baton.run(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                for (CompletableFuture<Integer> future : done.futures) {
                    sink.consume(await(future));
                }
            }
        });
    }

    @Benchmark
    public void vertx(VertxPeer vertx, Done done, Blackhole sink) {
        vertx.run(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                for (Future<Integer> future : done.vertxFutures) {
                    sink.consume(future.await());
                }
            }
        });
    }

    @Benchmark
    public void kotlinDispatcher(KotlinDispatcher kotlin, Blackhole sink) {
        kotlin.awaitDone(ROUNDS, FUTURES, sink);
    }

    @Benchmark
    public void kotlinRunBlocking(KotlinRunBlocking kotlin, Blackhole sink) {
        kotlin.awaitDone(ROUNDS, FUTURES, sink);
    }

    @Benchmark
    public void byHand(Done done, Blackhole sink) {
        Turns.run(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                for (CompletableFuture<Integer> future : done.futures) {
                    sink.consume(future.join());
                }
            }
        });
    }
}
