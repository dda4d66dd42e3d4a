package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.ForeignStage;
import dev.baton.VirtualTime;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MultiTest {
    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static <T> T after(long millis, T value) {
        sleep(ms(millis));
        return value;
    }

    private static <T> Coroutine<T> failing(long millis, Exception failure) {
        return spawn(() -> {
            sleep(ms(millis));
            throw failure;
        });
    }

    @Test
    @DisplayName("U-02 values in the order of the list, however late each comes (test_multi_future_delayed)")
    void valuesInTheOrderOfTheList() {
        time.run(() -> {
            Coroutine<String> slow = spawn(() -> after(30, "slow"));
            Coroutine<String> fast = spawn(() -> after(10, "fast"));
            assertEquals(
                    List.of("slow", "fast", "done"),
                    await(Futures.multi(List.of(slow, fast, CompletableFuture.completedFuture("done")))));
            assertEquals(ms(30), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("U-02 a map has the same keys in the same order (test_multi_future_dict_delayed)")
    void mapHasTheSameKeysInTheSameOrder() {
        time.run(() -> {
            Map<String, CompletionStage<Integer>> stages = new LinkedHashMap<>();
            stages.put("z", spawn(() -> after(30, 1)));
            stages.put("a", CompletableFuture.completedFuture(2));
            stages.put("m", spawn(() -> after(10, null)));
            Map<String, Integer> values = await(Futures.multi(stages));
            assertEquals("{z=1, a=2, m=null}", values.toString());
            values.put("own", 3); // the caller's own
        });
    }

    @Test
    @DisplayName("U-02 of nothing, or of what is done, it is done when it returns (test_multi_empty)")
    void ofNothingOrOfWhatIsDoneItIsDoneWhenItReturns() {
        time.run(() -> {
            assertEquals(List.of(), Futures.multi(List.<Deferred<String>>of()).resultNow());
            assertEquals(
                    Map.of(), Futures.multi(Map.<String, Deferred<String>>of()).resultNow());
            List<Integer> values = Futures.multi(List.of(spawn(() -> 1), CompletableFuture.completedFuture(2)))
                    .resultNow();
            assertEquals(List.of(1, 2), values);
            values.add(3); // the caller's own
            assertEquals(0, iteration());
        });
    }

    @Test
    @DisplayName("U-02 it is done together with its last input: an await of it costs one iteration, not two")
    void itIsDoneTogetherWithItsLastInput() {
        time.run(() -> {
            Deferred<String> last = new Deferred<>();
            Deferred<List<String>> multi = Futures.multi(List.of(last));
            Coroutine<Long> waiter = spawn(() -> {
                await(multi);
                return iteration();
            });
            moment();
            last.complete("x");
            assertTrue(multi.isDone());
            assertEquals(2, await(waiter));
        });
    }

    @Test
    @DisplayName("U-03 all are waited for, then the first failure by position is raised, not in time"
            + " (test_multi_exceptions)")
    void firstFailureByPositionNotInTime() {
        IOException first = new IOException("first in the list");
        IllegalStateException second = new IllegalStateException("first in time");
        time.run(() -> {
            List<Coroutine<Object>> children =
                    List.of(failing(20, first), failing(10, second), spawn(() -> after(30, "slow")));
            assertSame(first, assertThrows(IOException.class, () -> await(Futures.multi(children))));
            assertEquals(ms(30), time.clock.elapsed(), "it waited for the slowest");
            assertTrue(children.stream().allMatch(CompletableFuture::isDone));
        });
        assertEquals(List.of(second), time.reports());
    }

    @Test
    @DisplayName(
            "U-04 one failure alone is not reported; of n, n - 1 are, in their order (test_multi_future_exceptions)")
    void furtherFailuresAreReported() {
        List<IOException> failures = List.of(new IOException("0"), new IOException("1"), new IOException("2"));
        time.run(() -> {
            assertSame(
                    failures.get(0),
                    assertThrows(IOException.class, () -> await(List.of(failing(1, failures.get(0))))));
            assertEquals(List.of(), time.reports());
            assertSame(
                    failures.get(0),
                    assertThrows(
                            IOException.class,
                            () -> await(List.of(
                                    failing(9, failures.get(0)),
                                    failing(3, failures.get(1)),
                                    failing(5, failures.get(2))))));
        });
        assertEquals(List.of(failures.get(1), failures.get(2)), time.reports());
    }

    @Test
    @DisplayName("U-04 failures of quiet types are not reported, subclasses included (test_multi_exceptions,"
            + " quiet_exceptions)")
    void failuresOfQuietTypesAreNotReported() {
        IllegalStateException loud = new IllegalStateException("loud");
        time.run(() -> {
            IOException first = new IOException("first");
            assertSame(
                    first,
                    assertThrows(
                            IOException.class,
                            () -> await(Futures.multi(
                                    List.of(
                                            failing(1, first),
                                            failing(2, new FileNotFoundException("quiet")),
                                            failing(3, loud),
                                            failing(4, new IllegalArgumentException("quiet"))),
                                    IOException.class,
                                    IllegalArgumentException.class))));
        });
        assertEquals(List.of(loud), time.reports());
    }

    @Test
    @DisplayName("U-04 wrapped failures are reported as they are, cancellations never")
    void wrappedFailuresAreReportedAsTheyAre() {
        IOException second = new IOException("second");
        time.run(() -> {
            IOException first = new IOException("first");
            CompletableFuture<Object> cancelled = new CompletableFuture<>();
            cancelled.cancel(true);
            assertSame(
                    first,
                    assertThrows(
                            IOException.class,
                            () -> await(Futures.multi(List.of(
                                    CompletableFuture.failedFuture(new CompletionException(first)),
                                    CompletableFuture.failedFuture(new CompletionException(second)),
                                    cancelled)))));
        });
        assertEquals(List.of(second), time.reports());
    }

    @Test
    @DisplayName("U-04 further failures in a map are reported, too, and quiet types hold there")
    void furtherFailuresInAMap() {
        IOException second = new IOException("second");
        time.run(() -> {
            Map<String, CompletionStage<Object>> stages = new LinkedHashMap<>();
            stages.put("a", failing(2, new IllegalStateException("first")));
            stages.put("b", failing(1, second));
            assertThrows(IllegalStateException.class, () -> await(Futures.multi(stages, IOException.class)));
            assertEquals(List.of(), time.reports());
            assertThrows(IllegalStateException.class, () -> await(Futures.multi(stages)));
        });
        assertEquals(List.of(second), time.reports());
    }

    @Test
    @DisplayName("U-05 a stage that occurs twice is waited for once, and its value stands at both places"
            + " (test_multi_future_duplicate)")
    void stageThatOccursTwice() {
        IOException failure = new IOException();
        time.run(() -> {
            Coroutine<Integer> two = spawn(() -> after(10, 2));
            assertEquals(
                    List.of(1, 2, 3, 2),
                    await(Futures.multi(List.of(
                            CompletableFuture.completedFuture(1), two, CompletableFuture.completedFuture(3), two))));
            Coroutine<Object> bad = failing(1, failure);
            assertSame(failure, assertThrows(IOException.class, () -> await(Futures.multi(List.of(bad, bad)))));
        });
    }

    @Test
    @DisplayName("U-06 a hundred thousand children, in linear time (test_multi_performance)")
    void hundredThousandChildrenInLinearTime() {
        assertTimeout(
                Duration.ofSeconds(10),
                () -> time.run(() -> {
                    List<Deferred<Integer>> stages = new ArrayList<>();
                    for (int i = 0; i < 100_000; i++) {
                        stages.add(new Deferred<>());
                    }
                    Deferred<List<Integer>> multi = Futures.multi(stages);
                    for (int i = 0; i < 100_000; i++) {
                        assertFalse(multi.isDone());
                        stages.get(i).complete(i);
                    }
                    List<Integer> values = await(multi);
                    assertEquals(100_000, values.size());
                    assertEquals(99_999, values.getLast());
                }));
    }

    @Test
    @DisplayName("U-06 two thousand children that are coroutines")
    void twoThousandChildrenThatAreCoroutines() {
        assertTimeout(
                Duration.ofSeconds(10),
                () -> time.run(() -> {
                    List<Coroutine<Integer>> children = new ArrayList<>();
                    for (int i = 0; i < 2_000; i++) {
                        int number = i;
                        children.add(spawn(() -> after(2_000 - number, number)));
                    }
                    assertEquals(2_000, await(children).size());
                }));
    }

    @Test
    @DisplayName("U-08 cancelling it does not cancel its inputs")
    void cancellingItDoesNotCancelItsInputs() {
        time.run(() -> {
            Coroutine<String> child = spawn(() -> after(10, "child"));
            Deferred<List<String>> multi = Futures.multi(List.of(child));
            assertTrue(multi.cancel());
            assertTrue(multi.isCancelled());
            assertEquals(0, child.cancelling());
            assertEquals("child", await(child));
        });
    }

    @Test
    @DisplayName("U-08 a failure that comes after it was cancelled is not lost")
    void failureThatComesAfterItWasCancelledIsNotLost() {
        IOException failure = new IOException();
        time.run(() -> {
            Deferred<List<Object>> multi = Futures.multi(List.of(failing(5, failure)));
            multi.cancel();
            sleep(ms(10));
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    void cancelledInputFailsItWithTheCancellation() {
        time.run(() -> {
            Coroutine<String> child = spawn(() -> after(10, "child"));
            Deferred<List<String>> multi = Futures.multi(List.of(child));
            child.cancel();
            assertThrows(CancellationException.class, () -> await(multi));
        });
    }

    @Test
    @DisplayName("T-11, U-25 a null among the elements is refused at the call")
    void nullAmongTheElementsIsRefusedAtTheCall() {
        time.run(() -> {
            Deferred<String> one = new Deferred<>();
            assertThrows(NullPointerException.class, () -> Futures.multi(Arrays.asList(one, null)));
            Map<String, Deferred<String>> map = new LinkedHashMap<>();
            map.put("k", null);
            assertThrows(NullPointerException.class, () -> Futures.multi(map));
            assertThrows(NullPointerException.class, () -> Futures.multi((List<Deferred<String>>) null));
        });
    }

    @Test
    @DisplayName("F-08 stages of any kind may be mixed (test_multi_mixed_types)")
    void stagesOfAnyKindMayBeMixed() {
        time.run(() -> assertEquals(
                List.of("a", "b", "c", "d"),
                await(Futures.multi(List.of(
                        spawn(() -> after(1, "a")),
                        Futures.after(ms(2), "b"),
                        CompletableFuture.completedStage("c"),
                        ForeignStage.of(CompletableFuture.completedFuture("d")))))));
    }

    @Test
    void worksOutsideALoop() {
        CompletableFuture<String> one = new CompletableFuture<>();
        Deferred<List<String>> multi = Futures.multi(List.of(one));
        assertFalse(multi.isDone());
        one.complete("v");
        assertEquals(List.of("v"), multi.join());
    }
}
