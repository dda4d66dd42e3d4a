package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static dev.baton.future.ReturnWhen.ALL_COMPLETED;
import static dev.baton.future.ReturnWhen.FIRST_COMPLETED;
import static dev.baton.future.ReturnWhen.FIRST_EXCEPTION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.ForeignStage;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WaitUntilTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static Coroutine<String> after(long millis, String value) {
        return spawn(value, () -> {
            sleep(ms(millis));
            return value;
        });
    }

    private static Coroutine<String> failing(long millis, String name, Exception failure) {
        return spawn(name, () -> {
            if (millis > 0) {
                sleep(ms(millis));
            }
            throw failure;
        });
    }

    private static int timers() {
        return EventLoop.current().statistics().timers();
    }

    /** "a b | c": done, pending, in their order. */
    private static String names(WaitResult<String> result) {
        return names(result.done()) + "|" + names(result.pending());
    }

    private static String names(Set<CompletionStage<String>> stages) {
        StringBuilder names = new StringBuilder();
        for (CompletionStage<String> stage : stages) {
            names.append(((Coroutine<String>) stage).name()).append(' ');
        }
        return names.toString();
    }

    @Test
    @DisplayName("A-38 all are done, in the order of the input, the caller's own objects (test_wait)")
    void allAreDone() {
        time.run(() -> {
            Coroutine<String> a = after(100, "a");
            Coroutine<String> b = after(150, "b");
            WaitResult<String> result = await(Futures.waitUntil(List.of(b, a), ALL_COMPLETED));
            assertEquals("b a |", names(result));
            assertEquals(ms(150), time.clock.elapsed());
            assertThrows(
                    UnsupportedOperationException.class, () -> result.done().clear());
            assertThrows(
                    UnsupportedOperationException.class, () -> result.pending().add(a));
            assertEquals("a b |", names(await(Futures.waitUntil(List.of(a, b), ALL_COMPLETED))), "and again");
            assertEquals(ms(150), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-38 a failure is not thrown, nor reported: it is one of those done (test_wait_with_exception)")
    void failureIsNotThrown() {
        time.run(() -> {
            Coroutine<String> a = after(100, "a");
            Coroutine<String> b = failing(150, "b", new IOException());
            assertEquals("b a |", names(await(Futures.waitUntil(List.of(b, a), ALL_COMPLETED))));
            assertTrue(b.isCompletedExceptionally());
        });
    }

    @Test
    @DisplayName("A-38 at the timeout it says what is done by then, and cancels nothing (test_wait_with_timeout)")
    void atTheTimeoutItSaysWhatIsDone() {
        time.run(() -> {
            Coroutine<String> a = after(100, "a");
            Coroutine<String> b = after(150, "b");
            assertEquals("a |b ", names(await(Futures.waitUntil(List.of(b, a), ALL_COMPLETED, ms(110)))));
            assertEquals(ms(110), time.clock.elapsed());
            assertEquals(0, b.cancelling());
            assertEquals("b", await(b));
        });
    }

    @Test
    @DisplayName("A-38 what is done in the iteration after the timeout is done (test_wait_concurrent_complete)")
    void whatIsDoneInTheIterationAfterTheTimeout() {
        time.run(() -> {
            Coroutine<String> a = after(100, "a");
            Coroutine<String> b = after(150, "b");
            assertEquals("a |b ", names(await(Futures.waitUntil(List.of(b, a), ALL_COMPLETED, ms(100)))));
            assertEquals(ms(100), time.clock.elapsed());
            await(b);
        });
    }

    @Test
    @DisplayName("A-38 done in time, it leaves no timer behind; nor given up")
    void doneInTimeItLeavesNoTimerBehind() {
        time.run(() -> {
            Deferred<String> one = new Deferred<>();
            Deferred<WaitResult<String>> wait = Futures.waitUntil(List.of(one), ALL_COMPLETED, ms(1000));
            assertEquals(1, timers());
            one.complete("x");
            assertEquals(0, timers());
            await(wait);

            Deferred<WaitResult<String>> givenUp =
                    Futures.waitUntil(List.of(new Deferred<>()), ALL_COMPLETED, ms(1000));
            assertEquals(1, timers());
            givenUp.cancel();
            assertEquals(0, timers());

            await(Futures.waitUntil(List.of(one), ALL_COMPLETED, ms(1000)));
            assertEquals(0, timers());
            assertEquals(ms(0), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-39 FIRST_COMPLETED: the first one, the others go on (test_wait_first_completed)")
    void firstCompleted() {
        time.run(() -> {
            Coroutine<String> a = after(10_000, "a");
            Coroutine<String> b = after(100, "b");
            assertEquals("b |a ", names(await(Futures.waitUntil(List.of(b, a), FIRST_COMPLETED))));
            assertEquals(ms(100), time.clock.elapsed());
            assertFalse(a.isDone());
            assertEquals(0, a.cancelling());
        });
    }

    @Test
    @DisplayName("A-39 FIRST_COMPLETED: a failure and a cancellation count")
    void firstCompletedFailureAndCancellationCount() {
        time.run(() -> {
            Coroutine<String> slow = after(10_000, "slow");
            Coroutine<String> bad = failing(10, "bad", new IOException());
            assertEquals("bad |slow ", names(await(Futures.waitUntil(List.of(slow, bad), FIRST_COMPLETED))));
            Coroutine<String> gone = after(10_000, "gone");
            gone.cancel();
            assertEquals("gone |slow ", names(await(Futures.waitUntil(List.of(slow, gone), FIRST_COMPLETED))));
            assertEquals(ms(10), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-39 FIRST_EXCEPTION: at the first failure (test_wait_first_exception, ..._in_wait)")
    void firstException() {
        time.run(() -> {
            Coroutine<String> slow = after(10_000, "slow");
            Coroutine<String> ok = after(5, "ok");
            Coroutine<String> bad = failing(10, "bad", new IOException());
            assertEquals("bad ok |slow ", names(await(Futures.waitUntil(List.of(slow, bad, ok), FIRST_EXCEPTION))));
            assertEquals(ms(10), time.clock.elapsed());
            Coroutine<String> atOnce = failing(0, "at once", new IOException());
            assertEquals("at once |slow ", names(await(Futures.waitUntil(List.of(atOnce, slow), FIRST_EXCEPTION))));
            assertEquals(ms(10), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-39 FIRST_EXCEPTION: a cancellation is none, plain or wrapped; without a failure it waits for all")
    void firstExceptionCancellationIsNone() {
        time.run(() -> {
            Coroutine<String> slow = after(100, "slow");
            Coroutine<String> gone = after(10_000, "gone");
            CompletableFuture<String> plain = new CompletableFuture<>();
            CompletableFuture<String> dependent = plain.thenApply(each -> each); // fails with a wrapped cancellation
            gone.cancel();
            Coroutine<WaitResult<String>> waits =
                    spawn(() -> await(Futures.waitUntil(List.of(gone, dependent, slow), FIRST_EXCEPTION)));
            sleep(ms(10));
            plain.cancel(true);
            sleep(ms(10));
            assertTrue(gone.isDone() && dependent.isDone());
            assertFalse(waits.isDone());
            assertEquals(Set.of(gone, dependent, slow), await(waits).done());
            assertEquals(ms(100), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-40 what else is done one hop after the trigger is in done (test_wait_really_done)")
    void whatElseIsDoneOneHopAfterTheTrigger() {
        time.run(() -> {
            Coroutine<String> b = spawn("b", () -> {
                moment();
                moment();
                return "b";
            });
            Coroutine<String> a = spawn("a", () -> {
                moment();
                return "a";
            });
            assertEquals("b a |", names(await(Futures.waitUntil(List.of(b, a), FIRST_COMPLETED))));
            assertEquals(3, iteration(), "a ends in 1, the look is in 2, this goes on in 3");
        });
    }

    @Test
    @DisplayName("A-40 what is done in the same iteration as the trigger is in done")
    void whatIsDoneInTheSameIterationAsTheTrigger() {
        time.run(() -> {
            Deferred<String> one = new Deferred<>();
            Deferred<String> two = new Deferred<>();
            Deferred<String> three = new Deferred<>();
            Deferred<WaitResult<String>> wait = Futures.waitUntil(List.of(one, two, three), FIRST_COMPLETED);
            two.complete("");
            three.complete("");
            assertFalse(wait.isDone(), "the look is one hop later");
            WaitResult<String> result = await(wait);
            assertEquals(List.of(two, three), List.copyOf(result.done()));
            assertEquals(Set.of(one), result.pending());
            assertEquals(2, iteration());
        });
    }

    @Test
    @DisplayName("A-41 on what is done already it costs two iterations, whichever it waits for")
    void onWhatIsDoneItCostsTwoIterations() {
        time.run(() -> {
            CompletableFuture<String> done = CompletableFuture.completedFuture("x");
            for (ReturnWhen when : ReturnWhen.values()) {
                long before = iteration();
                assertEquals(
                        Set.of(done),
                        await(Futures.waitUntil(List.of(done), when)).done());
                assertEquals(2, iteration() - before);
                before = iteration();
                assertEquals(
                        Set.of(done),
                        await(Futures.waitUntil(List.of(done), when, ms(0))).done());
                assertEquals(2, iteration() - before);
            }
        });
    }

    @Test
    @DisplayName("A-41 a timeout of zero or less with pending ones: they are pending, and are not cancelled")
    void timeoutOfZeroOrLess() {
        time.run(() -> {
            for (int millis : List.of(0, -5)) {
                Deferred<String> pending = new Deferred<>();
                CompletableFuture<String> done = CompletableFuture.completedFuture("x");
                WaitResult<String> result = await(Futures.waitUntil(List.of(pending, done), ALL_COMPLETED, ms(millis)));
                assertEquals(Set.of(done), result.done());
                assertEquals(Set.of(pending), result.pending());
                assertFalse(pending.isDone());
            }
            assertEquals(ms(0), time.clock.elapsed());
            assertEquals(0, timers());
        });
    }

    @Test
    @DisplayName("A-42 nothing to wait for, a null, or no loop is refused at the call (test_wait_errors)")
    void refusedAtTheCall() {
        time.run(() -> {
            Collection<CompletionStage<String>> none = List.of();
            assertThrows(IllegalArgumentException.class, () -> Futures.waitUntil(none, ALL_COMPLETED));
            assertThrows(IllegalArgumentException.class, () -> Futures.waitUntil(none, FIRST_COMPLETED, ms(1)));
            List<Deferred<String>> some = List.of(new Deferred<>());
            List<Deferred<String>> hole = Arrays.asList(new Deferred<>(), null);
            assertThrows(NullPointerException.class, () -> Futures.waitUntil(some, null));
            assertThrows(NullPointerException.class, () -> Futures.waitUntil(some, null, ms(1)));
            assertThrows(NullPointerException.class, () -> Futures.waitUntil(some, ALL_COMPLETED, null));
            assertThrows(NullPointerException.class, () -> Futures.waitUntil(hole, ALL_COMPLETED, ms(1)));
            assertThrows(NullPointerException.class, () -> Futures.<String>waitUntil(null, ALL_COMPLETED));
            assertEquals(0, timers(), "and no timer was left");
        });
        assertThrows(IllegalStateException.class, () -> Futures.waitUntil(List.of(new Deferred<>()), ALL_COMPLETED));
    }

    @Test
    @DisplayName("A-42 duplicates count once (test_wait_duplicate_coroutines)")
    void duplicatesCountOnce() {
        time.run(() -> {
            Coroutine<String> a = after(10, "a");
            Coroutine<String> b = after(5, "b");
            assertEquals("a b |", names(await(Futures.waitUntil(List.of(a, b, a, a), ALL_COMPLETED))));
        });
    }

    @Test
    @DisplayName(
            "A-43 a cancel of the one who waits leaves the children alone (test_yield_wait_does_not_shield_cancel)")
    void cancelOfTheOneWhoWaitsLeavesTheChildrenAlone() {
        time.run(() -> {
            AtomicInteger proof = new AtomicInteger();
            Deferred<String> waiter = new Deferred<>();
            Coroutine<String> inner = spawn(() -> {
                await(waiter);
                proof.addAndGet(1);
                return "";
            });
            Coroutine<?> outer = spawn(() -> {
                await(Futures.waitUntil(List.of(inner), ALL_COMPLETED));
                proof.addAndGet(100);
            });
            outer.cancel("enough");
            assertEquals(
                    "enough",
                    assertThrows(CancellationException.class, () -> await(outer))
                            .getMessage());
            assertEquals(2, iteration());
            waiter.complete("");
            await(inner);
            assertEquals(1, proof.get());
        });
    }

    @Test
    @DisplayName("A-43 whoever is done with waiting leaves nothing behind at what goes on")
    void whoeverIsDoneWithWaitingLeavesNothingBehind() {
        time.run(() -> {
            Deferred<String> shutdown = new Deferred<>();
            for (int i = 0; i < 10; i++) {
                CompletableFuture<String> next = CompletableFuture.completedFuture("x");
                await(Futures.waitUntil(List.of(shutdown, next), FIRST_COMPLETED));
                await(Futures.waitUntil(List.of(shutdown), ALL_COMPLETED, ms(1)));
                Futures.waitUntil(List.of(shutdown), ALL_COMPLETED).cancel();
            }
            assertEquals(List.of(), shutdown.waiters());
        });
    }

    @Test
    @DisplayName("A-38, J-07 the outcomes may come from foreign threads, all at once")
    void outcomesMayComeFromForeignThreads() {
        Coroutines.run(time.wallClock(), () -> {
            for (int round = 0; round < 100; round++) {
                for (ReturnWhen when : ReturnWhen.values()) {
                    List<Deferred<String>> stages = new ArrayList<>();
                    List<Thread> threads = new ArrayList<>();
                    CountDownLatch go = new CountDownLatch(1);
                    for (int i = 0; i < 4; i++) {
                        Deferred<String> stage = new Deferred<>();
                        stages.add(stage);
                        threads.add(Thread.ofVirtual().start(() -> {
                            VirtualTime.pass(go);
                            stage.completeExceptionally(new IOException("all fail"));
                        }));
                    }
                    Deferred<WaitResult<String>> wait = Futures.waitUntil(stages, when, ms(60_000));
                    go.countDown();
                    WaitResult<String> result = await(wait);
                    assertEquals(4, result.done().size() + result.pending().size());
                    assertTrue(result.done().stream().allMatch(each -> ((Deferred<String>) each).isDone()));
                    assertTrue(result.done().size() == 4
                            || when != ALL_COMPLETED && !result.done().isEmpty());
                    threads.forEach(VirtualTime::join);
                }
            }
            assertEquals(0, timers());
            return null;
        });
    }

    @Test
    @DisplayName("A-38 stages of every kind, minimal and foreign ones too")
    void stagesOfEveryKind() {
        time.run(() -> {
            CompletableFuture<String> plain = new CompletableFuture<>();
            CompletionStage<String> minimal = plain.minimalCompletionStage();
            CompletionStage<String> foreign = ForeignStage.of(plain);
            Deferred<WaitResult<String>> wait = Futures.waitUntil(List.of(plain, minimal, foreign), ALL_COMPLETED);
            moment();
            assertFalse(wait.isDone());
            plain.complete("x");
            assertEquals(
                    List.of(plain, minimal, foreign), List.copyOf(await(wait).done()));
        });
    }

    @Test
    @DisplayName("A-38 children that were cancelled while the loop closes: the waiter still hears")
    void waiterHearsWhileTheLoopCloses() {
        time.run(() -> {
            Coroutine<String> child = spawn(() -> await(new Deferred<>()));
            spawn(() -> {
                try {
                    await(new Deferred<>());
                } finally {
                    await(Futures.waitUntil(List.of(child), ALL_COMPLETED));
                    log.add("child cancelled: " + child.isCancelled());
                }
            });
            spawnLater(() -> {});
        });
        assertEquals(List.of("child cancelled: true"), log);
    }

    @Test
    @DisplayName("A-38 coroutines of different types go in together; what was declared for one type stays as it was")
    void stagesOfDifferentTypesGoIn() {
        time.run(() -> {
            Coroutine<Integer> number = spawn(() -> 1);
            Coroutine<String> text = after(10, "text");
            List<Coroutine<?>> any = List.of(number, text);
            WaitResult<Object> objects = await(Futures.waitUntil(any, ALL_COMPLETED));
            assertEquals(any, List.copyOf(objects.done()));
            WaitResult<? extends Object> bounded = await(Futures.waitUntil(any, FIRST_COMPLETED, ms(1)));
            assertEquals(any, List.copyOf(bounded.done()));
            List<Coroutine<? extends CharSequence>> sequences = List.of(text);
            WaitResult<CharSequence> wider = await(Futures.waitUntil(sequences, ALL_COMPLETED));
            assertEquals(Set.of(text), wider.done());
            WaitResult<String> witnessed = await(Futures.<String>waitUntil(Set.of(text), ALL_COMPLETED));
            assertEquals("text |", names(witnessed));
            var inferred = await(Futures.waitUntil(List.of(text), ALL_COMPLETED));
            assertEquals("text |", names(inferred));
        });
    }
}
