package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every combinator, and inputs that other threads complete all at once, after, while and before it subscribes. */
class ForeignCompletionTest {
    private static final int ROUNDS = 60;
    private static final int INPUTS = 4;

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    /** Each awaits its result, and gives the values that it has seen, in order. */
    static Stream<Arguments> combinators() {
        return Stream.of(
                combinator("multi", stages -> await(Futures.multi(stages))),
                combinator(
                        "multi of a map",
                        stages -> List.copyOf(
                                await(Futures.multi(byIndex(stages))).values())),
                combinator("gather", stages -> await(Futures.gather(stages))),
                combinator(
                        "gatherOutcomes",
                        stages -> await(Futures.gatherOutcomes(stages)).stream()
                                .map(outcome -> ((Outcome.Success<Integer>) outcome).value())
                                .toList()),
                combinator("waitUntil", stages -> {
                    var result = await(Futures.waitUntil(stages, ReturnWhen.ALL_COMPLETED, ms(60_000)));
                    assertEquals(stages, List.copyOf(result.done()));
                    return values(stages);
                }),
                combinator(
                        "withTimeout",
                        stages -> stages.stream()
                                .map(each -> await(Futures.withTimeout(ms(60_000), each)))
                                .toList()),
                combinator(
                        "waitFor",
                        stages -> stages.stream()
                                .map(each -> await(Futures.waitFor(ms(60_000), each)))
                                .toList()),
                combinator(
                        "shield",
                        stages -> stages.stream()
                                .map(each -> await(Futures.shield(each)))
                                .toList()),
                combinator("asCompleted", stages -> {
                    TreeSet<Integer> seen = new TreeSet<>();
                    Futures.asCompleted(stages, ms(60_000)).forEach(next -> seen.add(await(next)));
                    return List.copyOf(seen);
                }),
                combinator("WaitIterator", stages -> {
                    TreeSet<Integer> seen = new TreeSet<>();
                    WaitIterator<Integer> iterator = WaitIterator.of(stages);
                    while (!iterator.done()) {
                        seen.add(await(iterator.next()));
                    }
                    return List.copyOf(seen);
                }));
    }

    private static Arguments combinator(
            String name, Function<List<CompletableFuture<Integer>>, List<Integer>> combinator) {
        return Arguments.of(name, combinator);
    }

    private static Map<Integer, CompletableFuture<Integer>> byIndex(List<CompletableFuture<Integer>> stages) {
        Map<Integer, CompletableFuture<Integer>> map = new LinkedHashMap<>();
        stages.forEach(each -> map.put(map.size(), each));
        return map;
    }

    private static List<Integer> values(List<CompletableFuture<Integer>> stages) {
        return stages.stream().map(CompletableFuture::resultNow).toList();
    }

    private static List<CompletableFuture<Integer>> inputs() {
        List<CompletableFuture<Integer>> stages = new ArrayList<>();
        for (int i = 0; i < INPUTS; i++) {
            stages.add(i % 2 == 0 ? new Deferred<>() : new CompletableFuture<>());
        }
        return stages;
    }

    private static List<Thread> complete(List<CompletableFuture<Integer>> stages, CountDownLatch go) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < stages.size(); i++) {
            int value = i;
            threads.add(Thread.ofVirtual().start(() -> {
                VirtualTime.pass(go);
                stages.get(value).complete(value);
            }));
        }
        return threads;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("combinators")
    @DisplayName("A-24, A-26, A-33, A-38, A-44, A-56, J-07 outcomes from foreign threads, all at once: none is lost")
    void outcomesFromForeignThreads(String name, Function<List<CompletableFuture<Integer>>, List<Integer>> combinator) {
        Coroutines.run(time.wallClock(), () -> {
            for (int round = 0; round < ROUNDS; round++) {
                List<CompletableFuture<Integer>> stages = inputs();
                CountDownLatch go = new CountDownLatch(1);
                List<Thread> threads = complete(stages, go);
                if (round % 2 == 0) {
                    go.countDown(); // they race with the subscription
                }
                Coroutine<List<Integer>> waits = spawn(() -> combinator.apply(stages));
                go.countDown();
                assertEquals(List.of(0, 1, 2, 3), await(waits), name);
                threads.forEach(VirtualTime::join);
            }
            assertEquals(0, EventLoop.current().statistics().timers(), "timers are taken away");
            return null;
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("combinators")
    @DisplayName("A-28, A-34, A-43, J-07 a cancel of the one who waits that meets outcomes from foreign threads:"
            + " it ends one way or the other")
    void cancelThatMeetsOutcomes(String name, Function<List<CompletableFuture<Integer>>, List<Integer>> combinator) {
        Coroutines.run(time.wallClock(), () -> {
            for (int round = 0; round < ROUNDS; round++) {
                List<CompletableFuture<Integer>> stages = inputs();
                CountDownLatch go = new CountDownLatch(1);
                List<Thread> threads = complete(stages, go);
                Coroutine<List<Integer>> waits = spawn(() -> combinator.apply(stages));
                go.countDown();
                boolean asked = waits.cancel("enough");
                try {
                    assertEquals(List.of(0, 1, 2, 3), await(waits), name);
                } catch (CancellationException e) {
                    assertTrue(asked);
                    assertEquals("enough", e.getMessage(), name);
                }
                threads.forEach(VirtualTime::join);
            }
            return null;
        });
    }
}
