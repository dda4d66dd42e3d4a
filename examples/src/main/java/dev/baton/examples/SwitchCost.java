package dev.baton.examples;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.run;
import static dev.baton.Coroutines.spawn;

import dev.baton.Coroutine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * Prints what a switch costs on this machine: the best of some rounds, in nanoseconds. A quick look and not a benchmark,
 * for it measures in one JVM what a benchmark would keep apart.
 */
public final class SwitchCost {
    private static final int ROUNDS = 7;

    private SwitchCost() {}

    public static void main(String[] args) {
        print("moment() alone on the loop", 20_000_000, SwitchCost::momentAlone);
        print("await of a future that is done", 20_000_000, SwitchCost::awaitDone);
        print("moment() among 1,000 coroutines", 2_000_000, count -> momentAmong(1_000, count));
        print("moment() among 100,000 coroutines", 2_000_000, count -> momentAmong(100_000, count));
        print("spawn and await of a trivial coroutine", 300_000, SwitchCost::spawnAndAwait);
    }

    private interface Scenario {
        void run(int count);
    }

    private static void print(String what, int count, Scenario scenario) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            best = Math.min(best, run((Callable<Double>) () -> {
                long start = System.nanoTime();
                scenario.run(count);
                return (System.nanoTime() - start) / (double) count;
            }));
        }
        System.out.printf("%-40s %8.1f ns%n", what, best);
    }

    private static void momentAlone(int count) {
        for (int i = 0; i < count; i++) {
            moment();
        }
    }

    private static void awaitDone(int count) {
        CompletableFuture<String> done = CompletableFuture.completedFuture("done");
        for (int i = 0; i < count; i++) {
            await(done);
        }
    }

    private static void momentAmong(int coroutines, int count) {
        List<Coroutine<?>> all = new ArrayList<>();
        for (int i = 0; i < coroutines; i++) {
            all.add(spawn(() -> momentAlone(count / coroutines)));
        }
        all.forEach(each -> await(each));
    }

    private static void spawnAndAwait(int count) {
        for (int i = 0; i < count; i++) {
            await(spawn(() -> {}));
        }
    }
}
