package dev.baton.benchmarks;

import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.concurrent.CountDownLatch;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A verticle on virtual threads, deployed as the page "Vert.x Virtual Threads" of its manual shows. */
@State(Scope.Benchmark)
public class VertxPeer {
    final Vertx vertx = Vertx.vertx();
    final Context context = deploy();

    /** {@return the context of one more verticle} */
    final Context deploy() {
        var verticle = new VerticleBase() {
            @Override
            public Future<?> start() {
                return Future.succeededFuture();
            }

            Context ownContext() {
                return context;
            }
        };
        vertx.deployVerticle(verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
                .await();
        return verticle.ownContext();
    }

    /** Runs a body as a task of the verticle, on a virtual thread, and waits for it. */
    void run(Runnable body) {
        CountDownLatch ended = new CountDownLatch(1);
        context.runOnContext(nothing -> {
            body.run();
            ended.countDown();
        });
        try {
            ended.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Starts tasks that take turns until the meter is closed. There is no yield: each awaits a future of its own,
     * which the next task of the context completes.
     */
    static void ring(Context context, int tasks, Meter meter) {
        for (int i = 0; i < tasks; i++) {
            context.runOnContext(nothing -> {
                while (meter.tick()) {
                    giveWay(context);
                }
            });
        }
    }

    private static void giveWay(Context context) {
        Promise<Void> turn = Promise.promise();
        context.runOnContext(nothing -> turn.complete());
        turn.future().await();
    }

    /**
     * The same without a further task for each turn, and hence faster: each completes the future of the next one, and
     * awaits its own.
     */
    static void relay(Context context, int tasks, Meter meter) {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Promise<Void>[] turns = new Promise[tasks];
        for (int i = 0; i < tasks; i++) {
            turns[i] = Promise.promise();
        }
        for (int i = 0; i < tasks; i++) {
            int own = i;
            int next = (i + 1) % tasks;
            context.runOnContext(nothing -> {
                turns[own].future().await();
                while (meter.tick()) {
                    turns[own] = Promise.promise();
                    turns[next].complete();
                    turns[own].future().await();
                }
                turns[next].tryComplete();
            });
        }
        context.runOnContext(nothing -> turns[0].complete());
    }

    @TearDown
    public void close() {
        vertx.close().await();
    }
}
