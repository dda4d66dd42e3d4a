package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.BadYieldException;
import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.future.Outcome;
import dev.baton.future.ReturnWhen;
import dev.baton.future.WaitResult;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What Twisted's inlineCallbacks does, as coroutines do it. */
class InlineCallbacksTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private void note(String label) {
        log.add(at(label));
    }

    private static Deferred<Integer> succeed(int value) {
        Deferred<Integer> done = new Deferred<>();
        done.complete(value);
        return done;
    }

    // ------------------------------------------------------------------------------------------------ starting, ending

    @Test
    @DisplayName("W-01, W-07 a body runs inside the call up to its first pending await; one that never waits is done"
            + " (testNothing, testBasics, testReturnNoValue, test_returnWithValue)")
    void runsInsideTheCall() {
        time.run(() -> {
            Coroutine<String> nothing = spawn(() -> "v");
            assertEquals("v", nothing.resultNow());
            Coroutine<Void> noValue = spawn(() -> note("ran"));
            assertNull(noValue.resultNow());
            Deferred<Integer> pending = new Deferred<>();
            Coroutine<Integer> basics = spawn(() -> {
                note("before");
                int value = await(pending);
                note("after");
                return value;
            });
            note("spawned");
            pending.complete(1);
            assertEquals(1, await(basics));
        });
        assertEquals(List.of("0 ran", "0 before", "0 spawned", "1 after"), log);
    }

    @Test
    @DisplayName("W-02 the completion returns before the body goes on: a deviation, it goes on in the next iteration")
    void resumedInTheNextIteration() {
        time.run(() -> {
            Deferred<Integer> deferred = new Deferred<>();
            Coroutine<?> body = spawn(() -> note("resumed " + await(deferred)));
            note("before");
            deferred.complete(7);
            note("after");
            await(body);
        });
        assertEquals(List.of("0 before", "0 after", "1 resumed 7"), log);
    }

    @Test
    @DisplayName("W-03 five thousand that are done already cost no stack and no iteration"
            + " (testStackUsage, testStackUsage2)")
    void fiveThousandThatAreDone() {
        time.run(() -> {
            Coroutine<Integer> body = spawn(() -> {
                int sum = 0;
                for (int i = 0; i < 5_000; i++) {
                    sum += await(succeed(1));
                    sum += await(spawn(() -> 1));
                    sum += await(CompletableFuture.completedStage(1));
                }
                return sum;
            });
            assertEquals(15_000, body.resultNow());
            assertEquals(0, iteration());
        });
    }

    @Test
    @DisplayName("W-03 a chain of five thousand coroutines that await each other unwinds, one iteration for each")
    void fiveThousandCoroutinesThatAwaitEachOther() {
        time.run(() -> {
            Deferred<Integer> first = new Deferred<>();
            Coroutine<Integer> last = spawn(() -> await(first));
            for (int i = 1; i < 5_000; i++) {
                Coroutine<Integer> inner = last;
                last = spawn(() -> await(inner) + 1);
            }
            first.complete(1);
            assertEquals(5_000, await(last));
            assertEquals(5_001, iteration());
        });
    }

    @Test
    @DisplayName("W-30 a chain of five thousand whenDone callbacks, each of which completes the next")
    void fiveThousandWhenDone() {
        time.run(() -> {
            EventLoop loop = EventLoop.current();
            Deferred<Integer> first = new Deferred<>();
            Deferred<Integer> last = first;
            for (int i = 0; i < 5_000; i++) {
                Deferred<Integer> next = new Deferred<>();
                loop.whenDone(last, (value, failure) -> next.complete(value + 1));
                last = next;
            }
            first.complete(0);
            assertEquals(5_000, await(last));
            assertEquals(5_001, iteration());
        });
    }

    @Test
    @DisplayName("W-04, W-13 what cannot be awaited is refused, where Twisted hands it back; a list is gathered"
            + " (testYieldNonDeferred)")
    void notAFuture() {
        time.run(() -> {
            assertThrows(BadYieldException.class, () -> await((Object) 5));
            assertEquals(5, await(Futures.maybe(5)));
            assertEquals(List.of(1, 2), await(List.of(succeed(1), succeed(2))));
            assertEquals(List.of(1, 2), await((Object) List.of(succeed(1), succeed(2))));
            Deferred<Integer> pending = new Deferred<>();
            EventLoop.current().execute(() -> pending.complete(3));
            assertEquals(3, await(pending));
        });
    }

    @Test
    @DisplayName("W-05, W-06 a failure is thrown at the await, and may be handled or not; any Throwable"
            + " (testProducesException, testHandledTerminalFailure, testHandledTerminalAsyncFailure,"
            + " testHandledCoroAsyncFailure)")
    void failures() {
        time.run(() -> {
            for (Throwable failure : List.of(new IOException(), new ArithmeticException(), new LinkageError())) {
                for (boolean later : List.of(false, true)) {
                    Deferred<Integer> failed = new Deferred<>();
                    Coroutine<String> handled = spawn(() -> {
                        if (!later) {
                            failed.completeExceptionally(failure);
                        }
                        try {
                            await(failed);
                            return "no failure";
                        } catch (Throwable e) {
                            return e == failure ? "handled" : "another";
                        }
                    });
                    Coroutine<Integer> unhandled = spawn(() -> await(failed));
                    failed.completeExceptionally(failure);
                    assertEquals("handled", await(handled));
                    assertSame(failure, assertThrows(Throwable.class, () -> await(unhandled)));
                }
            }
        });
    }

    @Test
    @DisplayName("W-07, W-08 an early return passes catch (RuntimeException) only if that lets it: a deviation,"
            + " for it is one; finally blocks run (NonLocalExitTests)")
    void earlyReturn() {
        time.run(() -> {
            Coroutine<Integer> body = spawn(() -> {
                try {
                    helper();
                    return 0;
                } finally {
                    log.add("finally");
                }
            });
            assertEquals(42, await(body));
        });
        assertEquals(List.of("finally"), log);
    }

    private static void helper() {
        moment();
        throw new Early();
    }

    private static final class Early extends EarlyReturn {
        private static final long serialVersionUID = 1L;

        Early() {
            super(42);
        }
    }

    @Test
    @DisplayName("W-09, C-15 a body that never waits is a body (test_nonGeneratorReturn: a TypeError there)")
    void plainFunction() {
        time.run(() -> {
            assertEquals(5, spawn(() -> 5).resultNow());
            assertThrows(NullPointerException.class, () -> spawn((Runnable) null));
        });
    }

    @Test
    @DisplayName(
            "W-10, W-17 a future that a body returns is its value, and not flattened; a coroutine is awaited as such")
    void nothingIsFlattened() {
        time.run(() -> {
            Deferred<Integer> inner = new Deferred<>();
            Coroutine<Deferred<Integer>> body = spawn(() -> inner);
            assertSame(inner, body.resultNow());
            assertFalse(inner.isDone());
            Coroutine<Integer> child = spawn(() -> {
                moment();
                return 3;
            });
            assertEquals(3, await((Object) child));
        });
    }

    @Test
    @DisplayName("W-11, C-13 the first, the second and a late one to await get the same value, or the same failure:"
            + " a deviation")
    void everybodyGetsTheSame() {
        time.run(() -> {
            Deferred<Integer> source = new Deferred<>();
            Coroutine<Integer> a = spawn(() -> await(source));
            Coroutine<Integer> b = spawn(() -> await(source));
            source.complete(5);
            assertEquals(List.of(5, 5, 5), List.of(await(a), await(b), await(source)));
            IOException failure = new IOException();
            Deferred<Integer> failed = new Deferred<>();
            failed.completeExceptionally(failure);
            assertSame(failure, assertThrows(IOException.class, () -> await(failed)));
            assertSame(failure, assertThrows(IOException.class, () -> await(failed)));
        });
    }

    @Test
    @DisplayName("W-12 21 at t = 1 s, and nothing before (G-6, the blog's example)")
    void blogExample() {
        time.run(() -> {
            Deferred<Integer> first = new Deferred<>();
            Deferred<Integer> second = new Deferred<>();
            Coroutine<Integer> sum = spawn(() -> {
                int one = await(first);
                second.complete(one + 1);
                return one + await(second);
            });
            EventLoop.current().whenDone(sum, (value, none) -> log.add(time.when(String.valueOf(value))));
            EventLoop.current().schedule(ms(1_000), () -> first.complete(10));
            await(sum);
            moment();
        });
        assertEquals(List.of("1000 21"), log);
    }

    // ------------------------------------------------------------------------------------------------------- retention

    private static final class Big {
        final byte[] data = new byte[100_000];
    }

    private static void assertCollected(List<WeakReference<Object>> references) {
        for (int i = 0; i < 50 && references.stream().anyMatch(each -> each.get() != null); i++) {
            System.gc();
            moment();
        }
        assertEquals(
                List.of(),
                references.stream().filter(each -> each.get() != null).toList(),
                "still reachable");
    }

    @Test
    @DisplayName("W-15 when it is done, neither arguments nor the last future are retained by its handle"
            + " (test_inlineCallbacksNoCircularReference, test_coroutineNoCircularReference)")
    void nothingIsRetained() {
        time.run(() -> {
            List<WeakReference<Object>> refs = new ArrayList<>();
            List<Coroutine<?>> handles = new ArrayList<>();
            for (boolean fails : List.of(false, true)) {
                handles.add(spawnHolding(new Big(), refs, fails));
            }
            moment();
            moment();
            assertTrue(handles.stream().allMatch(Coroutine::isDone));
            handles.getLast().ignoreFailure();
            assertCollected(refs);
            assertEquals(4, refs.size());
        });
    }

    private static Coroutine<String> spawnHolding(Big argument, List<WeakReference<Object>> refs, boolean fails) {
        Deferred<Integer> last = new Deferred<>();
        refs.add(new WeakReference<>(argument));
        refs.add(new WeakReference<>(last));
        EventLoop.current().execute(() -> last.complete(1));
        return spawn(() -> {
            int length = argument.data.length + await(last);
            if (fails) {
                throw new IOException("with " + length);
            }
            return "with " + length;
        });
    }

    @Test
    @DisplayName("X-13 a cancelled coroutine does not keep what it awaited last"
            + " (test_cancelled_coroutine_does_not_keep_its_last_depends_on_from_being_garbage_collected)")
    void cancelledOneKeepsNothing() {
        time.run(() -> {
            List<WeakReference<Object>> refs = new ArrayList<>();
            Coroutine<?> handle = spawnWaiting(refs);
            handle.cancel();
            assertThrows(CancellationException.class, () -> await(handle));
            assertCollected(refs);
            assertTrue(handle.isCancelled());
        });
    }

    private static Coroutine<?> spawnWaiting(List<WeakReference<Object>> refs) {
        Deferred<String> last = new Deferred<>();
        refs.add(new WeakReference<>(last));
        return spawn(() -> await(last));
    }

    // --------------------------------------------------------------------------------------------------------- stacked

    @Test
    @DisplayName("W-16 three levels enter from the top and leave from the bottom, one iteration each"
            + " (test_nonCalledDeferredSingleYield, ...MultipleYields, intermediateAddCallbacks...)")
    void stacked() {
        time.run(() -> {
            Deferred<Integer> source = new Deferred<>();
            Coroutine<Integer> f3 = spawn(() -> {
                note("f3 enter");
                int x = await(spawn(() -> {
                                    note("f2 enter");
                                    int y = await(spawn(() -> {
                                        note("f1 enter");
                                        int z = await(source) + 1;
                                        note("f1 exit " + z);
                                        return z;
                                    }));
                                    note("f2 exit " + (y + 2));
                                    return y + 2;
                                })
                                .thenApply(value -> {
                                    note("between " + value);
                                    return value * 10;
                                }))
                        + 4;
                note("f3 exit " + x);
                return x;
            });
            source.complete(1);
            assertEquals(44, await(f3));
        });
        assertEquals(
                List.of(
                        "0 f3 enter",
                        "0 f2 enter",
                        "0 f1 enter",
                        "1 f1 exit 2",
                        "2 f2 exit 4",
                        "2 between 4",
                        "3 f3 exit 44"),
                log);
    }

    @Test
    @DisplayName("W-16 an exception goes up the levels, from a body or from a stage between"
            + " (test_raisesExceptionFromDeferredWithWaitingFirstCallback, ...SecondCallback)")
    void stackedFailures() {
        time.run(() -> {
            IllegalArgumentException failure = new IllegalArgumentException();
            for (boolean between : List.of(false, true)) {
                Deferred<Integer> source = new Deferred<>();
                Coroutine<Integer> inner = spawn(() -> await(source));
                CompletableFuture<Integer> stage = inner.thenApply(value -> {
                    throw failure;
                });
                Coroutine<Integer> outer = spawn(() -> await(spawn(() -> await(stage))));
                if (between) {
                    source.complete(1);
                } else {
                    source.completeExceptionally(failure);
                }
                assertSame(failure, assertThrows(IllegalArgumentException.class, () -> await(outer)));
            }
        });
    }

    // ------------------------------------------------------------------------------------------------- lists and
    // reports

    @Test
    @DisplayName("W-31, C-14 a failure that nobody asks for is reported once; a dependent, or one who awaits, takes it"
            + " (test_errorLog, test_chainedErrorCleanup, test_errorClearedByChaining)")
    void unhandledFailure() {
        IOException lost = new IOException("lost");
        time.run(() -> {
            Deferred<Integer> nobody = new Deferred<>();
            nobody.completeExceptionally(lost);
            Deferred<Integer> chained = new Deferred<>();
            chained.completeExceptionally(new IOException("chained"));
            chained.exceptionally(failure -> 0);
            Deferred<Integer> awaited = new Deferred<>();
            awaited.completeExceptionally(new IOException("awaited"));
            assertThrows(IOException.class, () -> await(awaited));
        });
        assertEquals(List.of(lost), time.reports());
    }

    @Test
    @DisplayName("W-32 a DeferredList is gatherOutcomes: all, in order, with success or failure; empty is done at once"
            + " (testDeferredList, testDeferredListEmpty, ...WithAlreadyFiredDeferreds, ...ConsumeErrors)")
    void deferredList() {
        time.run(() -> {
            IOException failure = new IOException();
            List<Deferred<Integer>> inputs = List.of(new Deferred<>(), new Deferred<>(), new Deferred<>());
            Deferred<List<Outcome<Integer>>> list = Futures.gatherOutcomes(inputs);
            inputs.get(2).complete(3);
            inputs.get(1).completeExceptionally(failure);
            assertFalse(list.isDone());
            inputs.get(0).complete(1);
            List<Outcome<Integer>> expected =
                    List.of(new Outcome.Success<>(1), new Outcome.Failure<>(failure), new Outcome.Success<>(3));
            assertEquals(expected, list.resultNow());
            assertEquals(expected, Futures.gatherOutcomes(inputs).resultNow());
            assertEquals(
                    List.of(),
                    Futures.gatherOutcomes(List.<Deferred<Integer>>of()).resultNow());
        });
    }

    @Test
    @DisplayName("W-32 fireOnOneErrback and gatherResults are gather: the first failure in time"
            + " (testDeferredListFireOnOneError, test_gatherResults)")
    void gatherResults() {
        time.run(() -> {
            IOException first = new IOException("first in time");
            List<Deferred<Integer>> inputs = List.of(new Deferred<>(), new Deferred<>(), new Deferred<>());
            Deferred<List<Integer>> results = Futures.gather(inputs);
            inputs.get(1).completeExceptionally(first);
            assertSame(first, results.exceptionNow());
            inputs.get(0).completeExceptionally(new IOException("second"));
            inputs.get(2).complete(3);
            assertEquals(List.of(1, 2), Futures.gather(succeed(1), succeed(2)).resultNow());
        });
    }

    @Test
    @DisplayName("W-32 fireOnOneCallback and race are waitUntil(FIRST_COMPLETED); the losers are cancelled by hand"
            + " (RaceTests)")
    void race() {
        time.run(() -> {
            Deferred<Integer> slow = new Deferred<>(self -> log.add("loser cancelled"));
            Deferred<Integer> quick = new Deferred<>();
            Deferred<WaitResult<Integer>> race = Futures.waitUntil(List.of(slow, quick), ReturnWhen.FIRST_COMPLETED);
            quick.complete(2);
            WaitResult<Integer> result = await(race);
            assertEquals(Set.of(quick), result.done());
            result.pending().forEach(loser -> ((Deferred<Integer>) loser).cancel());
            assertTrue(slow.isCancelled());
        });
        assertEquals(List.of("loser cancelled"), log);
    }

    @Test
    @DisplayName("W-32 a cancel of a list cancels each input, and its outcomes say so; the failing kind fails"
            + " (test_cancelDeferredList, ...WithFireOnOneErrback, ...AllDeferredsCallback, ...WithOriginalDeferreds)")
    void cancelOfAList() {
        time.run(() -> {
            Deferred<Integer> plain = new Deferred<>();
            Deferred<Integer> answers = new Deferred<>(self -> self.complete(9));
            Deferred<Integer> done = succeed(1);
            Deferred<List<Outcome<Integer>>> outcomes = Futures.gatherOutcomes(List.of(plain, answers, done));
            assertTrue(outcomes.cancel());
            assertTrue(plain.isCancelled());
            assertEquals(9, answers.resultNow());
            assertTrue(outcomes.isCancelled());
            Deferred<Integer> second = new Deferred<>();
            Deferred<List<Integer>> values = Futures.gather(second, done);
            values.cancel();
            assertTrue(second.isCancelled());
            assertTrue(values.isCancelled());
            assertFalse(values.cancel());
        });
    }
}
