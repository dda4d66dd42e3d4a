package dev.baton.benchmarks;

import static dev.baton.Coroutines.await;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * One operation: one of 10,000 futures that a coroutine awaits together, and that another one makes done meanwhile. A
 * continuation knows no futures.
 */
@OperationsPerInvocation(MultiOfMany.FUTURES)
public class MultiOfMany extends Scenario {
    static final int FUTURES = 10_000;

    @Benchmark
    public int batonPortable(BatonPeer.Portable baton) {
        return overBaton(baton);
    }

    @Benchmark
    public int batonCarrier(BatonPeer.Carrier baton) {
        return overBaton(baton);
    }

    private static int overBaton(BatonPeer baton) {
        int[] size = {0};
        baton.run(() -> {
            List<Deferred<Integer>> all =
                    Stream.generate(Deferred<Integer>::new).limit(FUTURES).toList();
            baton.loop.execute(() -> all.forEach(each -> each.complete(1)));
            size[0] = await(Futures.multi(all)).size();
        });
        return size[0];
    }

    @Benchmark
    public int vertx(VertxPeer vertx) {
        int[] size = {0};
        vertx.run(() -> {
            List<Promise<Integer>> all =
                    Stream.generate(Promise::<Integer>promise).limit(FUTURES).toList();
            vertx.context.runOnContext(nothing -> all.forEach(each -> each.complete(1)));
            size[0] = Future.all(all.stream().map(Promise::future).toList())
                    .await()
                    .size();
        });
        return size[0];
    }

    @Benchmark
    public int kotlinDispatcher(KotlinDispatcher kotlin) {
        return kotlin.multi(FUTURES);
    }

    @Benchmark
    public int kotlinRunBlocking(KotlinRunBlocking kotlin) {
        return kotlin.multi(FUTURES);
    }

    @Benchmark
    public int byHand() {
        int[] size = {0};
        Turns.run(() -> {
            List<CompletableFuture<Integer>> all = Stream.generate(CompletableFuture<Integer>::new)
                    .limit(FUTURES)
                    .toList();
            Thread.startVirtualThread(() -> all.forEach(each -> each.complete(1)));
            CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).join();
            size[0] = all.stream().map(CompletableFuture::join).toList().size();
        });
        return size[0];
    }
}
