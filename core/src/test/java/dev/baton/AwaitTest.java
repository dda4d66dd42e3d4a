package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.join;
import static dev.baton.VirtualTime.ms;
import static dev.baton.VirtualTime.pass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.BadYieldException;
import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.future.ReturnWhen;
import dev.baton.loop.EventLoop;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class AwaitTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    @Test
    @DisplayName("J-05 get() with a timeout that is for ever waits for the value")
    void getMayWaitForEver() {
        assertEquals("value", time.run(() -> {
            Deferred<String> later = Futures.after(ms(5), "value");
            return later.get(Long.MAX_VALUE, TimeUnit.DAYS);
        }));
    }

    @Test
    @DisplayName("L-07 a coroutine may sleep for ever several times under virtual time, and time out for ever as well")
    void waitsForEverEndAtTheEndOfVirtualTime() {
        Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
        time.run(() -> {
            for (int i = 0; i < 5; i++) {
                Coroutines.sleep(forEver);
            }
            Deferred<String> never = new Deferred<>();
            assertThrows(AwaitTimeoutException.class, () -> await(Futures.withTimeout(forEver, never)));
            assertThrows(AwaitTimeoutException.class, () -> await(Futures.waitFor(forEver, never)));
            assertThrows(
                    AwaitTimeoutException.class,
                    () -> await(Futures.asCompleted(List.of(new Deferred<String>()), forEver)
                            .iterator()
                            .next()));
            await(Futures.after(forEver));
        });
        assertEquals(Duration.ofNanos(Long.MAX_VALUE / 2), time.clock.elapsed());
    }

    // ------------------------------------------------------------------------------------------------------- values

    @Test
    @DisplayName("T-05 the awaiter goes on in the iteration after the completion, never inside it (test_future)")
    void awaiterGoesOnInTheIterationAfterTheCompletion() {
        for (CompletableFuture<String> future : List.of(new Deferred<String>(), new CompletableFuture<String>())) {
            log.clear();
            new VirtualTime().run(() -> {
                Coroutine<?> waiter = spawn(() -> log.add(at("got " + await(future))));
                moment();
                log.add(at("set"));
                future.complete("it");
                log.add(at("after set"));
                await(waiter);
            });
            assertEquals(List.of("1 set", "1 after set", "2 got it"), log);
        }
    }

    @Test
    @DisplayName("T-07, A-03 an await of something done costs no iteration, a million times (test_moment)")
    void awaitOfSomethingDoneCostsNoIteration() {
        time.run(() -> {
            CompletableFuture<Integer> plain = CompletableFuture.completedFuture(1);
            Deferred<Integer> deferred = new Deferred<>();
            deferred.complete(1);
            Coroutine<Integer> coroutine = spawn(() -> 1);
            EventLoop.current().execute(() -> log.add("callback"));
            int sum = 0;
            for (int i = 0; i < 400_000; i++) {
                sum += await(plain) + await(deferred) + await(coroutine);
            }
            assertEquals(1_200_000, sum);
            assertEquals(0, iteration());
            assertEquals(List.of(), log, "nobody ran in between");
        });
    }

    @Test
    void nullIsAValueWhetherItComesSoonerOrLater() {
        time.run(() -> {
            CompletableFuture<String> plain = new CompletableFuture<>();
            Deferred<String> deferred = new Deferred<>();
            EventLoop.current().execute(() -> {
                plain.complete(null);
                deferred.complete(null);
            });
            assertNull(await(plain));
            assertNull(await(deferred));
            assertNull(await(plain));
            assertEquals(2, iteration());
        });
    }

    @Test
    @DisplayName("C-13 a result can be awaited again and again, by anyone")
    void resultCanBeAwaitedAgainAndAgain() {
        IOException failure = new IOException();
        time.run(() -> {
            Coroutine<String> good = spawn(() -> later("value"));
            Coroutine<String> bad = spawn(() -> later(failure));
            for (int i = 0; i < 3; i++) {
                assertEquals("value", await(good));
                assertSame(failure, assertThrows(IOException.class, () -> await(bad)));
                spawn(() -> assertEquals("value", await(good)));
            }
        });
    }

    private static String later(Object outcome) throws IOException {
        moment();
        if (outcome instanceof IOException failure) {
            throw failure;
        }
        return (String) outcome;
    }

    @Test
    @DisplayName("A-05 nested coroutines cost one iteration each")
    void nestedCoroutinesCostOneIterationEach() {
        time.run(() -> {
            Coroutine<?> a = spawnLater(() -> log.add(at("a")));
            Coroutine<?> b = spawnLater(() -> log.add(at("b " + await(a))));
            Coroutine<?> c = spawnLater(() -> log.add(at("c " + await(b))));
            await(c);
            log.add(at("main"));
        });
        assertEquals(List.of("1 a", "1 b true", "1 c true", "2 main"), log, "each is done when the next one asks");
        log.clear();
        new VirtualTime().run(() -> {
            Deferred<Boolean> set = new Deferred<>();
            Coroutine<?> a = spawn(() -> log.add(at("a " + await(set))));
            Coroutine<?> b = spawn(() -> log.add(at("b " + await(a))));
            Coroutine<?> c = spawn(() -> log.add(at("c " + await(b))));
            set.complete(true);
            await(c);
            log.add(at("main"));
        });
        assertEquals(List.of("1 a true", "2 b true", "3 c true", "4 main"), log);
    }

    // -------------------------------------------------------------------------------------------------------- order

    @Test
    @DisplayName("T-08 waiters go on in the order in which they awaited: on a Deferred")
    void waitersOfADeferredGoOnInTheirOrder() {
        assertEquals(List.of("1 a", "1 b", "1 c", "1 d", "1 ready"), orderOfWaiters(new Deferred<>()));
    }

    @Test
    @DisplayName("T-08 waiters go on in the order in which they awaited: on a plain CompletableFuture")
    void waitersOfAPlainFutureGoOnInTheirOrder() {
        assertEquals(List.of("1 a", "1 b", "1 c", "1 d", "1 ready"), orderOfWaiters(new CompletableFuture<>()));
    }

    private List<String> orderOfWaiters(CompletableFuture<String> future) {
        log.clear();
        time.run(() -> {
            for (String name : List.of("a", "b", "c", "d")) {
                spawn(() -> {
                    await(future);
                    log.add(at(name));
                });
            }
            future.complete("go");
            EventLoop.current().execute(() -> log.add(at("ready")));
            moment();
        });
        return log;
    }

    @Test
    @DisplayName("T-08 the order holds for several plain futures at once, between other things that are ready")
    void orderHoldsForSeveralPlainFuturesBetweenOthers() {
        time.run(() -> {
            CompletableFuture<String> first = new CompletableFuture<>();
            CompletableFuture<String> second = new CompletableFuture<>();
            for (int i = 1; i <= 3; i++) {
                int number = i;
                spawn(() -> log.add(await(first) + number));
                spawn(() -> log.add(await(second) + number));
            }
            EventLoop.current().execute(() -> log.add("x"));
            first.complete("f");
            EventLoop.current().execute(() -> log.add("y"));
            second.complete("s");
            EventLoop.current().execute(() -> log.add("z"));
            moment();
        });
        assertEquals(List.of("x", "f1", "f2", "f3", "y", "s1", "s2", "s3", "z"), log);
    }

    @Test
    @DisplayName("T-08 the order holds for a plain future that a foreign thread completes, while the loop is busy")
    void orderHoldsForAPlainFutureThatAForeignThreadCompletes() {
        for (CompletableFuture<String> future : List.of(new CompletableFuture<String>(), new Deferred<String>())) {
            log.clear();
            Coroutines.run(time.wallClock(), () -> {
                List<Coroutine<?>> waiters = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    int number = i;
                    waiters.add(spawn(() -> log.add(await(future) + number)));
                }
                Thread completer = Thread.ofPlatform().start(() -> future.complete("w"));
                join(completer);
                assertEquals(List.of(), log, "not while somebody else holds the baton");
                await(waiters);
                return null;
            });
            assertEquals(List.of("w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7"), log);
        }
    }

    @Test
    @DisplayName("T-08 awaiters, whenDone and combinators of a coroutine are told in one order of asking")
    void everyKindOfWaiterIsToldInOneOrder() {
        time.run(() -> {
            Deferred<String> go = new Deferred<>();
            Coroutine<String> source = spawn(() -> await(go));
            spawn(() -> log.add(at("await 1 " + await(source))));
            EventLoop.current().whenDone(source, (value, failure) -> log.add(at("whenDone " + value)));
            spawn(() -> log.add(at("multi " + await(Futures.multi(List.of(source))))));
            spawn(() -> log.add(at("await 2 " + await(source))));
            EventLoop.current().whenDone(source, (value, failure) -> log.add(at("whenDone " + value)));
            go.complete("v");
            await(source);
        });
        assertEquals(List.of("2 await 1 v", "2 whenDone v", "2 multi [v]", "2 await 2 v", "2 whenDone v"), log);
    }

    // ----------------------------------------------------------------------------------------------------- failures

    @Test
    @DisplayName("T-09 a failure is thrown at the await, and may be replaced (test_replace_yieldpoint_exception)")
    void failureIsThrownAtTheAwaitAndMayBeReplaced() {
        IllegalStateException other = new IllegalStateException("replaced");
        time.run(() -> {
            Coroutine<?> child = spawn(() -> {
                try {
                    return later(new IOException("first"));
                } catch (IOException e) {
                    throw other;
                }
            });
            assertSame(other, assertThrows(IllegalStateException.class, () -> await(child)));
        });
    }

    @Test
    @DisplayName("T-09 a failure may be swallowed (test_swallow_yieldpoint_exception)")
    void failureMayBeSwallowed() {
        time.run(() -> assertEquals(42, await(spawn(() -> {
            try {
                await(CompletableFuture.failedFuture(new IOException()));
                return 0;
            } catch (Exception e) {
                moment();
                return 42;
            }
        }))));
    }

    @Test
    @DisplayName("F-06, C-24 the same Throwable arrives, unwrapped, of whatever kind, sooner or later"
            + " (test_future_traceback)")
    void sameThrowableArrivesUnwrapped() {
        for (Throwable failure : List.of(
                new IOException("checked"),
                new IllegalArgumentException("unchecked"),
                new AssertionError("error"),
                new Throwable("neither"))) {
            for (boolean wrapped : List.of(false, true)) {
                Throwable given = wrapped ? new CompletionException(new ExecutionException(failure)) : failure;
                new VirtualTime().run(() -> {
                    CompletableFuture<String> done = CompletableFuture.failedFuture(given);
                    CompletableFuture<String> pending = new CompletableFuture<>();
                    Deferred<String> deferred = new Deferred<>();
                    Deferred<String> failed = new Deferred<>();
                    failed.completeExceptionally(given);
                    EventLoop.current().execute(() -> {
                        pending.completeExceptionally(given);
                        deferred.completeExceptionally(given);
                    });
                    assertSame(failure, assertThrows(Throwable.class, () -> await(done)));
                    assertSame(failure, assertThrows(Throwable.class, () -> await(failed)));
                    assertEquals(0, iteration());
                    assertSame(failure, assertThrows(Throwable.class, () -> await(pending)));
                    assertSame(failure, assertThrows(Throwable.class, () -> await(deferred)));
                    assertSame(failure, assertThrows(Throwable.class, () -> await(done.thenApply(String::trim))));
                    assertSame(failure, assertThrows(Throwable.class, () -> await(failed.thenApply(String::trim))));
                    assertSame(failure, assertThrows(Throwable.class, () -> await((Object) done)));
                });
            }
        }
    }

    @Test
    @DisplayName("F-06 a failure that passes through three coroutines keeps its identity and its own frames")
    void failureKeepsItsIdentityAndItsOwnFrames() {
        time.run(() -> {
            Coroutine<String> inner = spawn(() -> later(new IOException("deep")));
            Coroutine<String> middle = spawn(() -> await(inner));
            Coroutine<String> outer = spawn(() -> await(middle));
            IOException seen = assertThrows(IOException.class, () -> await(outer));
            assertSame(assertThrows(IOException.class, () -> await(inner)), seen);
            assertTrue(
                    Arrays.stream(seen.getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().contains("failureKeepsItsIdentity")),
                    "where it was made");
            assertNull(seen.getCause());
        });
    }

    @Test
    @DisplayName("T-20 a failure awaited often does not grow (test_py3_leak_exception_context)")
    void failureAwaitedOftenDoesNotGrow() {
        time.run(() -> {
            Coroutine<String> bad = spawn(() -> later(new IOException()));
            IOException first = assertThrows(IOException.class, () -> await(bad));
            assertEquals(1, first.getSuppressed().length, "the await path, see AwaitPathTest");
            int frames = first.getSuppressed()[0].getStackTrace().length;
            for (int i = 0; i < 100; i++) {
                assertThrows(IOException.class, () -> await(bad));
            }
            assertEquals(1, first.getSuppressed().length);
            assertEquals(frames, first.getSuppressed()[0].getStackTrace().length);
            IllegalStateException second =
                    assertThrows(IllegalStateException.class, () -> await(spawn(() -> failing())));
            assertEquals(1, second.getSuppressed().length, "its own path alone");
            assertNull(second.getCause());
        });
    }

    private static Object failing() {
        throw new IllegalStateException("another");
    }

    @Test
    void catchOfACheckedExceptionCompilesWhenItIsNamed() {
        time.run(() -> {
            IOException failure = new FileNotFoundException("x");
            try {
                await(CompletableFuture.failedFuture(failure), IOException.class);
                log.add("no");
            } catch (IOException e) {
                assertSame(failure, e);
                log.add("caught");
            }
            try {
                assertEquals("v", await(CompletableFuture.completedFuture("v"), IOException.class));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            assertThrows(
                    NullPointerException.class,
                    () -> await(CompletableFuture.completedFuture("v"), (Class<IOException>) null));
        });
        assertEquals(List.of("caught"), log);
    }

    @Test
    @DisplayName("A-20 awaiting a cancelled future throws the CancellationException")
    void awaitingACancelledFutureThrows() {
        time.run(() -> {
            CompletableFuture<String> done = new CompletableFuture<>();
            done.cancel(false);
            assertThrows(CancellationException.class, () -> await(done));
            assertThrows(CancellationException.class, () -> await(done.thenApply(String::trim)));
            CompletableFuture<String> pending = new CompletableFuture<>();
            EventLoop.current().execute(() -> pending.cancel(true));
            assertThrows(CancellationException.class, () -> await(pending));
            assertEquals(0, Coroutines.current().cancelling());
        });
    }

    // ------------------------------------------------------------------------------------------- what can be awaited

    @Test
    @DisplayName("T-13 what cannot be awaited is refused at once, and the coroutine goes on (test_bogus_yield)")
    void whatCannotBeAwaitedIsRefusedAtOnce() {
        time.run(() -> {
            for (Object bad : List.of(42, "text", true, new Object(), new int[] {1}, Map.entry(1, 2))) {
                BadYieldException refused = assertThrows(BadYieldException.class, () -> await(bad));
                assertTrue(refused.getMessage().contains(bad.getClass().getName()), refused.getMessage());
            }
            assertEquals(0, iteration());
            moment();
            assertEquals(1, iteration());
        });
    }

    @Test
    @DisplayName("T-13 one bad element spoils a collection (test_bogus_yield_tuple)")
    void oneBadElementSpoilsACollection() {
        time.run(() -> {
            Object mixed = List.of(CompletableFuture.completedFuture(1), "text");
            assertThrows(BadYieldException.class, () -> await(mixed));
            assertThrows(BadYieldException.class, () -> await((Object) Map.of("k", 1)));
            assertThrows(NullPointerException.class, () -> await((Object) Arrays.asList(spawn(() -> 1), null)));
            assertEquals(0, iteration());
        });
    }

    @Test
    @DisplayName("T-14 a list is awaited together, in its order")
    void listIsAwaitedTogether() {
        time.run(() -> {
            Deferred<Integer> slow = Futures.after(ms(2), 1);
            Deferred<Integer> fast = Futures.after(ms(1), 2);
            List<Integer> values = await(List.of(slow, fast));
            assertEquals(List.of(1, 2), values);
            Collection<CompletionStage<Integer>> none = List.of();
            assertEquals(List.of(), await(none));
        });
        assertEquals(ms(2), time.clock.elapsed());
    }

    @Test
    @DisplayName("T-14 a map is awaited together, with its keys in their order")
    void mapIsAwaitedTogether() {
        time.run(() -> {
            Map<String, CompletionStage<Integer>> stages = new LinkedHashMap<>();
            stages.put("z", Futures.after(ms(2), 26));
            stages.put("a", spawn(() -> 1));
            stages.put("m", CompletableFuture.completedStage(13));
            Map<String, Integer> values = await(stages);
            assertEquals("{z=26, a=1, m=13}", values.toString());
        });
    }

    @Test
    @DisplayName("T-14 lists and maps nest")
    void listsAndMapsNest() {
        time.run(() -> {
            Map<String, Object> inner = new HashMap<>();
            inner.put("b", List.of(spawn(() -> "x"), CompletableFuture.completedFuture(3)));
            inner.put("c", List.of());
            Object values = await((Object) List.of(inner, Futures.after(ms(1), "y")));
            assertEquals(List.of(Map.of("b", List.of("x", 3), "c", List.of()), "y"), values);
        });
    }

    @Test
    @DisplayName("T-19 a future of another loop may be awaited; the coroutine goes on on its own loop")
    void futureOfAnotherLoopMayBeAwaited() {
        try (EventLoop other = EventLoop.open(time.wallClock().withName("other"))) {
            CountDownLatch go = new CountDownLatch(1);
            Coroutine<String> there = spawn(other, () -> {
                await((Future<?>) new FutureTaskOf(go).started());
                return EventLoop.current().name();
            });
            Coroutines.run(time.wallClock().withName("own"), () -> {
                Coroutine<String> here = spawn(() ->
                        await(there) + ", awaited on " + EventLoop.current().name());
                assertFalse(here.isDone());
                go.countDown();
                assertEquals("other, awaited on own", await(here));
                assertEquals("own", EventLoop.current().name());
                return null;
            });
        }
    }

    /** A latch as a Future that is no CompletionStage. */
    private static final class FutureTaskOf extends FutureTask<Void> {
        FutureTaskOf(CountDownLatch latch) {
            super(() -> {
                pass(latch);
                return null;
            });
        }

        FutureTaskOf started() {
            Thread.ofVirtual().start(this);
            return this;
        }
    }

    @Test
    @DisplayName("T-19 coroutines of two loops await each other's results, back and forth")
    void coroutinesOfTwoLoopsAwaitEachOther() throws Exception {
        try (EventLoop left = EventLoop.open(time.wallClock());
                EventLoop right = EventLoop.open(time.wallClock())) {
            Coroutine<Integer> result = spawn(left, () -> pingPong(200, left, right));
            assertEquals(200, result.get(20, TimeUnit.SECONDS));
        }
    }

    private static int pingPong(int rounds, EventLoop here, EventLoop there) {
        assertSame(here, EventLoop.current());
        return rounds == 0 ? 0 : 1 + await(spawn(there, () -> pingPong(rounds - 1, there, here)));
    }

    // --------------------------------------------------------------------------------- stages that are no futures

    @Nested
    class StagesThatAreNoCompletableFutures {
        @Test
        @DisplayName("F-08 a minimal stage that is pending")
        void minimalStageThatIsPending() {
            time.run(() -> {
                CompletableFuture<String> source = new CompletableFuture<>();
                CompletionStage<String> minimal = source.minimalCompletionStage();
                EventLoop.current().execute(() -> source.complete("v"));
                assertEquals("v", await(minimal));
                assertEquals(2, iteration());
            });
        }

        @Test
        @DisplayName("F-08 a minimal stage that is done, or failed")
        void minimalStageThatIsDone() {
            IOException failure = new IOException();
            time.run(() -> {
                assertEquals("v", await(CompletableFuture.completedStage("v")));
                assertSame(
                        failure, assertThrows(IOException.class, () -> await(CompletableFuture.failedStage(failure))));
                assertEquals("v", await((Object) CompletableFuture.completedStage("v")));
                assertEquals(List.of("v"), await(List.of(CompletableFuture.completedStage("v"))));
            });
        }

        @Test
        @DisplayName("F-08, A-12 cancelled while awaiting a minimal stage: nobody can cancel that, so the wait is left")
        void cancelledWhileAwaitingAMinimalStage() {
            time.run(() -> {
                CompletableFuture<String> source = new CompletableFuture<>();
                Coroutine<?> waiter = spawn(() -> await(source.minimalCompletionStage()));
                assertTrue(waiter.cancel("enough"));
                moment();
                moment();
                assertTrue(waiter.isCancelled(), waiter.toString());
                assertFalse(source.isDone());
            });
        }

        @Test
        @DisplayName("F-08 a stage of somebody else's kind, pending, done and failed")
        void stageOfSomebodyElsesKind() {
            IOException failure = new IOException();
            time.run(() -> {
                CompletableFuture<String> source = new CompletableFuture<>();
                CompletionStage<String> foreign = ForeignStage.of(source);
                EventLoop.current().execute(() -> source.complete("v"));
                assertEquals("v", await(foreign));
                assertEquals(2, iteration());
                assertEquals("v", await(foreign));
                assertEquals(2, iteration(), "done: no iteration");
                assertSame(
                        failure,
                        assertThrows(
                                IOException.class,
                                () -> await(ForeignStage.of(CompletableFuture.failedFuture(failure)))));
                assertEquals(List.of("v"), await(List.of(foreign)));
            });
        }

        @Test
        @DisplayName("F-08, A-12 cancelled while awaiting a stage that cannot be cancelled: it is left alone")
        void cancelledWhileAwaitingAStageThatCannotBeCancelled() {
            time.run(() -> {
                CompletableFuture<String> source = new CompletableFuture<>();
                Coroutine<?> waiter = spawn(() -> {
                    CancellationException e =
                            assertThrows(CancellationException.class, () -> await(ForeignStage.of(source)));
                    log.add(at(e.getMessage()));
                    source.complete("late");
                    moment();
                    log.add(at("once"));
                });
                assertTrue(waiter.cancel("enough"));
                assertFalse(source.isDone());
                await(waiter);
            });
            assertEquals(List.of("1 enough", "2 once"), log);
        }

        @Test
        @DisplayName("U-23 a stage that refuses toCompletableFuture can be awaited as an Object, too")
        void stageThatRefusesToCompletableFutureAsAnObject() {
            time.run(() -> {
                Object stage = ForeignStage.of(CompletableFuture.completedFuture("v"));
                assertEquals("v", await(stage));
                assertEquals(List.of("v"), await((Object) List.of(stage)));
            });
        }
    }

    // -------------------------------------------------------------------------------- futures that can only be blocked
    // on

    @Nested
    class FuturesThatAreNoStages {
        @Test
        @DisplayName("F-08 a FutureTask, pending, done and failed (test_timeout_concurrent_future)")
        void futureTask() {
            IOException failure = new IOException();
            time.run(() -> {
                FutureTask<String> done = new FutureTask<>(() -> "done");
                done.run();
                assertEquals("done", await((Future<String>) done));
                FutureTask<String> failed = new FutureTask<>(() -> {
                    throw failure;
                });
                failed.run();
                assertSame(failure, assertThrows(IOException.class, () -> await((Future<String>) failed)));
                assertEquals(0, iteration());
                FutureTask<String> pending = new FutureTask<>(() -> "pending");
                Coroutine<?> other = spawn(() -> {
                    moment();
                    log.add("others run meanwhile");
                    pending.run();
                });
                log.add(await((Future<String>) pending));
                await(other);
            });
            assertEquals(List.of("others run meanwhile", "pending"), log);
        }

        @Test
        @DisplayName("F-08 the outcome of an executor's future is unwrapped")
        void outcomeOfAnExecutorsFutureIsUnwrapped() {
            IOException failure = new IOException();
            try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
                time.run(() -> {
                    assertEquals(7, await(pool.submit(() -> 7)));
                    Future<?> failing = pool.submit(() -> {
                        throw failure;
                    });
                    assertSame(failure, assertThrows(IOException.class, () -> await(failing)));
                    assertSame(failure, assertThrows(IOException.class, () -> await(failing)), "done by now");
                    assertEquals(7, await((Object) pool.submit(() -> 7)));
                    assertEquals(List.of(7), await((Object) List.of(pool.submit(() -> 7))));
                });
            }
        }

        @Test
        @DisplayName("F-08 a future that is cancelled by somebody, before or meanwhile")
        void futureThatIsCancelledBySomebody() {
            time.run(() -> {
                FutureTask<String> before = new FutureTask<>(() -> "x");
                before.cancel(true);
                assertThrows(CancellationException.class, () -> await((Future<String>) before));
                FutureTask<String> meanwhile = new FutureTask<>(() -> "x");
                EventLoop.current().execute(() -> meanwhile.cancel(true));
                assertThrows(CancellationException.class, () -> await((Future<String>) meanwhile));
                assertEquals(0, Coroutines.current().cancelling());
            });
        }

        @Test
        @DisplayName("F-08, A-12 cancelling the coroutine cancels the future, and interrupts its work")
        void cancellingTheCoroutineCancelsTheFuture() throws InterruptedException {
            CountDownLatch interrupted = new CountDownLatch(1);
            CountDownLatch never = new CountDownLatch(1);
            try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
                Coroutines.run(time.wallClock(), () -> {
                    CountDownLatch started = new CountDownLatch(1);
                    Future<String> work = pool.submit(() -> {
                        started.countDown();
                        try {
                            return never.await(10, TimeUnit.SECONDS) ? "" : "too late";
                        } catch (InterruptedException e) {
                            interrupted.countDown();
                            throw e;
                        }
                    });
                    pass(started);
                    Coroutine<?> waiter = spawn(() -> await(work));
                    moment();
                    waiter.cancel("enough");
                    CancellationException e = assertThrows(CancellationException.class, () -> await(waiter));
                    assertEquals("enough", e.getMessage());
                    assertTrue(work.isCancelled());
                    return null;
                });
                pass(interrupted);
            }
        }
    }

    // ----------------------------------------------------------------------------------------------------- where not

    @Test
    @DisplayName("J-06 no await outside a coroutine, be it of something done (test_current_task_no_running_loop)")
    void noAwaitOutsideACoroutine() {
        CompletableFuture<String> done = CompletableFuture.completedFuture("v");
        List<Callable<Object>> attempts = List.of(
                () -> await(done),
                () -> await((CompletionStage<String>) done),
                () -> await((Future<String>) done),
                () -> await(List.of(done)),
                () -> await(Map.of(1, done)),
                () -> await((Object) done),
                () -> await((Object) null),
                () -> await(done, IOException.class),
                () -> Coroutines.blocking(() -> 1),
                () -> Coroutines.current());
        for (Callable<Object> attempt : attempts) {
            String message =
                    assertThrows(IllegalStateException.class, attempt::call).getMessage();
            assertTrue(message.contains("outside a coroutine"), message);
            assertTrue(message.contains(Thread.currentThread().getName()), message);
            assertTrue(message.contains("Coroutines.run"), message);
        }
        time.run(() -> {
            List<Throwable> inCallback = new ArrayList<>();
            EventLoop.current().execute(() -> {
                for (Callable<Object> attempt : attempts) {
                    inCallback.add(assertThrows(IllegalStateException.class, attempt::call));
                }
            });
            moment();
            assertEquals(attempts.size(), inCallback.size());
        });
    }

    @Test
    @DisplayName("J-06 no await on a thread that a coroutine has started")
    void noAwaitOnAThreadThatACoroutineHasStarted() {
        time.run(() -> {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Coroutines.blocking(() -> {
                thrown.set(assertThrows(IllegalStateException.class, Coroutines::moment));
                return null;
            });
            assertTrue(thrown.get().getMessage().contains("outside a coroutine"));
        });
    }

    @Test
    @DisplayName("A-06 awaiting oneself is refused, with the name (test_task_awaits_on_itself)")
    void awaitingOneselfIsRefused() {
        time.run(() -> {
            AtomicReference<Coroutine<String>> self = new AtomicReference<>();
            Coroutine<String> narcissus = spawn("narcissus", () -> {
                moment();
                String message = assertThrows(IllegalStateException.class, () -> await(self.get()))
                        .getMessage();
                assertThrows(IllegalStateException.class, () -> self.get().join());
                moment();
                return message;
            });
            self.set(narcissus);
            String label = "\"narcissus\" #" + narcissus.id();
            String message = await(narcissus);
            assertTrue(message.endsWith(label + " awaits " + label), message);
        });
    }

    @Test
    @DisplayName("A-06 closing a cycle of two or three coroutines is refused, with the whole cycle")
    void closingACycleIsRefused() {
        time.run(() -> {
            for (int length = 2; length <= 3; length++) {
                List<Coroutine<String>> ring = new ArrayList<>();
                for (int i = 0; i < length; i++) {
                    int next = (i + 1) % length;
                    ring.add(spawn("ring" + i, () -> {
                        moment();
                        return await(ring.get(next));
                    }));
                }
                String message = assertThrows(IllegalStateException.class, () -> await(ring.getFirst()))
                        .getMessage();
                int last = length - 1;
                StringBuilder cycle = new StringBuilder(label(ring.get(last)));
                ring.forEach(one -> cycle.append(" awaits ").append(label(one)));
                assertTrue(message.endsWith(cycle.toString()), message);
                assertTrue(ring.stream().allMatch(Coroutine::isCompletedExceptionally));
            }
        });
    }

    private static String label(Coroutine<?> coroutine) {
        return "\"" + coroutine.name() + "\" #" + coroutine.id();
    }

    @Test
    void nullIsRefusedByTheNameOfItsArgument() {
        time.run(() -> {
            log.add(refusal(() -> await((CompletableFuture<?>) null)));
            log.add(refusal(() -> await((CompletionStage<?>) null)));
            log.add(refusal(() -> await((CompletionStage<?>) null, IOException.class)));
            log.add(refusal(() -> await((Future<?>) null)));
            log.add(refusal(() -> await((Collection<CompletionStage<String>>) null)));
            log.add(refusal(() -> await((Map<String, CompletionStage<String>>) null)));
            log.add(refusal(() -> Futures.multi((Iterable<?>) null)));
            log.add(refusal(() -> Futures.gather((Collection<CompletionStage<String>>) null)));
            log.add(refusal(() -> Futures.gatherOutcomes((Collection<CompletionStage<String>>) null)));
            log.add(refusal(() -> Futures.waitUntil((List<Deferred<String>>) null, ReturnWhen.ALL_COMPLETED)));
            log.add(refusal(() -> Futures.asCompleted((List<Deferred<String>>) null)));
            log.add(refusal(() -> Futures.shield((CompletionStage<String>) null)));
            log.add(refusal(() -> Futures.withTimeout(ms(1), (CompletionStage<String>) null)));
            log.add(refusal(() -> Futures.waitFor(ms(1), (CompletionStage<String>) null)));
            log.add(refusal(
                    () -> EventLoop.current().whenDone((CompletionStage<String>) null, (value, failure) -> {})));
        });
        assertEquals(
                List.of(
                        "future",
                        "stage",
                        "stage",
                        "future",
                        "stages",
                        "stages",
                        "yieldables",
                        "stages",
                        "stages",
                        "stages",
                        "stages",
                        "stage",
                        "stage",
                        "stage",
                        "stage"),
                log);
    }

    private static String refusal(Executable call) {
        return String.valueOf(assertThrows(NullPointerException.class, call).getMessage());
    }

    @Test
    void nullIsRefusedAtTheCall() {
        time.run(() -> {
            assertThrows(NullPointerException.class, () -> await((CompletableFuture<?>) null));
            assertThrows(NullPointerException.class, () -> await((CompletionStage<?>) null));
            assertThrows(NullPointerException.class, () -> await((Future<?>) null));
            assertThrows(NullPointerException.class, () -> await((Collection<CompletionStage<String>>) null));
            assertThrows(NullPointerException.class, () -> await((Map<String, CompletionStage<String>>) null));
            List<CompletableFuture<String>> hole = Arrays.asList(new CompletableFuture<>(), null);
            assertThrows(NullPointerException.class, () -> await(hole));
            assertThrows(NullPointerException.class, () -> Coroutines.sleep(null));
            assertThrows(NullPointerException.class, () -> Coroutines.blocking(null));
            moment();
            assertEquals(1, iteration(), "and the coroutine is as good as before");
        });
    }
}
