package dev.baton.benchmarks;

import static dev.baton.Coroutines.await;

import dev.baton.Coroutines;
import dev.baton.future.Deferred;
import io.vertx.core.Promise;
import java.util.concurrent.locks.Condition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * One operation: a coroutine completes the future that another one awaits, and awaits the answer; so one value handed
 * over, one future made, one switch. The continuations hand it over in a field.
 */
@OperationsPerInvocation(HandValue.TIMES)
public class HandValue extends Scenario {
    static final int TIMES = 200_000;

    @Benchmark
    public int batonPortable(BatonPeer.Portable baton) {
        return overBaton(baton);
    }

    @Benchmark
    public int batonCarrier(BatonPeer.Carrier baton) {
        return overBaton(baton);
    }

    private static int overBaton(BatonPeer baton) {
        BatonTable table = new BatonTable();
        baton.run(table::play);
        return table.last;
    }

    private static final class BatonTable {
        Deferred<Integer> ping = new Deferred<>();
        Deferred<Integer> pong = new Deferred<>();
        int last;

        void play() {
            var other = Coroutines.spawn(this::answer);
            for (int i = 0; i < TIMES / 2; i++) {
                ping.complete(last);
                last = await(pong);
                pong = new Deferred<>();
            }
            await(other);
        }

        private void answer() {
            for (int i = 0; i < TIMES / 2; i++) {
                int value = await(ping);
                ping = new Deferred<>();
                pong.complete(value + 1);
            }
        }
    }

    @Benchmark
    public int vertx(VertxPeer vertx) {
        VertxTable table = new VertxTable();
        vertx.run(() -> table.play(vertx));
        return table.last;
    }

    private static final class VertxTable {
        Promise<Integer> ping = Promise.promise();
        Promise<Integer> pong = Promise.promise();
        int last;

        void play(VertxPeer vertx) {
            vertx.context.runOnContext(nothing -> answer());
            for (int i = 0; i < TIMES / 2; i++) {
                ping.complete(last);
                last = pong.future().await();
                pong = Promise.promise();
            }
        }

        private void answer() {
            for (int i = 0; i < TIMES / 2; i++) {
                int value = ping.future().await();
                ping = Promise.promise();
                pong.complete(value + 1);
            }
        }
    }

    @Benchmark
    public int kotlinDispatcher(KotlinDispatcher kotlin) {
        return kotlin.handValue(TIMES);
    }

    @Benchmark
    public int kotlinRunBlocking(KotlinRunBlocking kotlin) {
        return kotlin.handValue(TIMES);
    }

    @Benchmark
    public int byHand(Turns turns) {
        HandTable table = new HandTable(turns);
        Thread other = Thread.startVirtualThread(() -> table.play(1));
        Turns.run(() -> table.play(0));
        Turns.join(other);
        return table.value;
    }

    private static final class HandTable {
        private final Turns turns;
        private final Condition changed;
        private int turn;
        int value;

        HandTable(Turns turns) {
            this.turns = turns;
            changed = turns.lock.newCondition();
        }

        /** Waits for its turn, which is 0 or 1, and hands over to the other one. */
        void play(int own) {
            turns.lock.lock();
            try {
                for (int i = 0; i < TIMES / 2; i++) {
                    while (turn != own) {
                        changed.awaitUninterruptibly();
                    }
                    value++;
                    turn = 1 - own;
                    changed.signal();
                }
            } finally {
                turns.lock.unlock();
            }
        }
    }

    @Benchmark
    public int continuation() {
        int[] value = {0};
        Runnable body = () -> {
            for (int i = 0; i < TIMES / 2; i++) {
                value[0]++;
                RawContinuation.suspend();
            }
        };
        RawContinuation one = new RawContinuation(body);
        RawContinuation other = new RawContinuation(body);
        for (int i = 0; i < TIMES / 2; i++) {
            one.run();
            other.run();
        }
        return value[0];
    }
}
