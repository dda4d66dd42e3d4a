package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static dev.baton.VirtualTime.pass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SpawnTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    // ------------------------------------------------------------------------------------------------------ at once

    @Test
    @DisplayName("T-01 a body runs inside the call, up to its first pending await (test_sync_return, test_moment)")
    void bodyRunsInsideTheCallUpToItsFirstPendingAwait() {
        time.run(() -> {
            Deferred<String> answer = new Deferred<>();
            log.add(at("before"));
            Coroutine<String> child = spawn(() -> {
                log.add(at("start"));
                await(CompletableFuture.completedFuture(1));
                log.add(at("still"));
                String text = await(answer);
                log.add(at("resumed"));
                return text;
            });
            log.add(at("after, done " + child.isDone()));
            answer.complete("yes");
            log.add(at("completed, done " + child.isDone()));
            log.add(at(await(child)));
        });
        assertEquals(
                List.of(
                        "0 before",
                        "0 start",
                        "0 still",
                        "0 after, done false",
                        "0 completed, done false",
                        "1 resumed",
                        "2 yes"),
                log);
    }

    @Test
    @DisplayName("T-01 a body that never waits is done when the call returns (test_sync_return)")
    void bodyThatNeverWaitsIsDoneWhenTheCallReturns() {
        time.run(() -> {
            Coroutine<Integer> child = spawn(() -> 42);
            assertTrue(child.isDone());
            assertEquals(42, child.resultNow());
            assertEquals(42, await(child));
            assertEquals(0, iteration());
        });
    }

    @Test
    @DisplayName("T-01 each of three nested calls returns when its body first waits")
    void eachNestedCallReturnsWhenItsBodyFirstWaits() {
        time.run(() -> {
            Coroutine<?> a = spawn(() -> {
                log.add("a1");
                Coroutine<?> b = spawn(() -> {
                    log.add("b1");
                    Coroutine<?> c = spawn(() -> {
                        log.add("c1");
                        moment();
                        log.add("c2");
                    });
                    log.add("b2");
                    moment();
                    log.add("b3");
                    await(c);
                });
                log.add("a2");
                moment();
                log.add("a3");
                await(b);
            });
            log.add("main");
            await(a);
        });
        assertEquals(List.of("a1", "b1", "c1", "b2", "a2", "main", "c2", "b3", "a3"), log);
    }

    @Test
    @DisplayName("T-02 a plain function is a body (test_sync_return_no_value, test_no_yield)")
    void plainFunctionIsABody() {
        time.run(() -> {
            assertEquals("value", await(spawn(() -> "value")));
            assertNull(await(spawn(() -> log.clear())));
            assertNull(await(spawn((Callable<String>) () -> null)));
        });
    }

    @Test
    @DisplayName("T-03 a failure before the first await goes to the coroutine, never to the caller (test_sync_raise)")
    void earlyFailureGoesToTheCoroutineNeverToTheCaller() {
        IOException failure = new IOException("refused");
        time.run(() -> {
            Coroutine<Object> child = spawn(() -> {
                throw failure;
            });
            assertTrue(child.isCompletedExceptionally());
            assertSame(failure, assertThrows(IOException.class, () -> await(child)));
            assertSame(failure, assertThrows(IOException.class, () -> await(child)), "again");
            assertEquals(0, iteration());
        });
    }

    @Test
    @DisplayName("T-03 a failure after an await goes to the coroutine (test_async_raise)")
    void lateFailureGoesToTheCoroutine() {
        Error failure = new AssertionError("late");
        time.run(() -> {
            Coroutine<?> child = spawn(() -> {
                moment();
                throw failure;
            });
            assertFalse(child.isDone());
            assertSame(failure, assertThrows(AssertionError.class, () -> await(child)));
        });
    }

    @Test
    @DisplayName("T-04 early, late and missing values (test_async_return, test_async_early_return, ..._no_value)")
    void bodyMayReturnEarlyOrLateOrNothing() {
        time.run(() -> {
            assertEquals(1, await(spawn(() -> returning(1))));
            assertEquals(2, await(spawn(() -> returning(2))));
            assertNull(await(spawn(() -> {
                moment();
            })));
        });
    }

    private static int returning(int value) {
        if (value == 1) {
            return value;
        }
        moment();
        return value;
    }

    @Test
    void callbackOfTheLoopMayStartACoroutine() {
        time.run(() -> {
            CompletableFuture<Coroutine<String>> started = new CompletableFuture<>();
            EventLoop.current().execute(() -> {
                log.add(at("callback"));
                started.complete(spawn(() -> {
                    log.add(at("body"));
                    moment();
                    return "end";
                }));
                log.add(at("callback again"));
            });
            log.add(at(await(await(started))));
        });
        assertEquals(List.of("1 callback", "1 body", "1 callback again", "2 end"), log);
    }

    @Test
    void spawnOnTheLoopThatOneHoldsRunsAtOnce() {
        time.run(() -> {
            Coroutine<Long> child = spawn(EventLoop.current(), "named", () -> iteration());
            assertEquals(0, child.resultNow());
            assertEquals("named", child.name());
            Coroutine<Void> other = spawn(EventLoop.current(), () -> log.clear());
            assertTrue(other.isDone());
        });
    }

    @Test
    void nameIsThatOfTheThreadAndStandsInToString() {
        time.run(() -> {
            Coroutine<String> named =
                    spawn("reader", () -> Thread.currentThread().getName());
            assertEquals("reader", named.resultNow());
            assertEquals("reader", named.name());
            assertEquals("Coroutine[\"reader\" #" + named.id() + " DONE]", named.toString());
            Coroutine<String> unnamed = spawn(() -> Thread.currentThread().getName());
            assertEquals("coroutine", unnamed.resultNow(), "one string for all of them");
            assertEquals("coroutine-" + unnamed.id(), unnamed.name());
            assertEquals("Coroutine[coroutine-" + unnamed.id() + " DONE]", unnamed.toString());
            assertTrue(unnamed.id() > named.id());
        });
    }

    @Test
    void spawnOutsideALoopNamesTheAlternatives() {
        for (Runnable attempt : List.<Runnable>of(
                () -> spawn(() -> 1),
                () -> spawn(() -> log.clear()),
                () -> spawn("name", () -> 1),
                () -> spawn(() -> 1, log -> {}),
                () -> spawnLater(() -> 1))) {
            String message =
                    assertThrows(IllegalStateException.class, attempt::run).getMessage();
            assertTrue(message.contains("Coroutines.run(") && message.contains("Coroutines.spawn(loop, "), message);
            assertTrue(message.contains(Thread.currentThread().getName()), message);
        }
    }

    @Test
    void nullIsRefusedAtTheCall() {
        time.run(() -> {
            assertThrows(NullPointerException.class, () -> spawn((Callable<?>) null));
            assertThrows(NullPointerException.class, () -> spawn((Runnable) null));
            assertThrows(NullPointerException.class, () -> spawn((String) null, () -> 1));
            assertThrows(NullPointerException.class, () -> spawn((EventLoop) null, () -> 1));
            assertThrows(NullPointerException.class, () -> spawnLater((Callable<?>) null));
            assertThrows(NullPointerException.class, () -> spawn(() -> 1, (Consumer<Integer>) null));
            assertEquals(1, Coroutines.all(EventLoop.current()).size());
        });
    }

    // --------------------------------------------------------------------------------------------------------- later

    @Test
    @DisplayName("A-02 spawnLater starts in the next iteration, in order with callbacks (test_task_basics)")
    void spawnLaterStartsInTheNextIterationInOrderWithCallbacks() {
        time.run(() -> {
            EventLoop.current().execute(() -> log.add(at("callback 1")));
            Coroutine<String> child = spawnLater(() -> {
                log.add(at("body"));
                return "value";
            });
            EventLoop.current().execute(() -> log.add(at("callback 2")));
            log.add(at("created " + child.status()));
            log.add(at(await(child)));
        });
        assertEquals(List.of("0 created STARTING", "1 callback 1", "1 body", "1 callback 2", "2 value"), log);
    }

    @Test
    @DisplayName("A-02 spawnLater of a body without a value, and of one that fails")
    void spawnLaterTakesEveryKindOfBody() {
        IOException failure = new IOException();
        time.run(() -> {
            assertNull(await(spawnLater(() -> log.clear())));
            Coroutine<?> failing = spawnLater(() -> {
                throw failure;
            });
            assertSame(failure, assertThrows(IOException.class, () -> await(failing)));
        });
    }

    // ------------------------------------------------------------------------------------------ from another thread

    @Test
    @DisplayName("A-57 a foreign thread's coroutine is queued, and joined there (test_run_coroutine_threadsafe)")
    void foreignThreadsCoroutineIsQueuedAndJoinedThere() {
        EventLoop loop = EventLoop.create(time.wallClock());
        Coroutine<String> child = spawn(loop, () -> {
            moment();
            return Coroutines.current().name() + " on " + EventLoop.current().name();
        });
        assertEquals(Coroutine.Status.STARTING, child.status());
        assertFalse(child.isDone());
        assertEquals(child.name() + " on " + loop.name(), loop.runUntil(child));
        assertEquals(child.name() + " on " + loop.name(), child.join());
        loop.close();
    }

    @Test
    @DisplayName(
            "A-57 failure and cancel cross the threads (test_run_coroutine_threadsafe_with_exception, ..._cancelled)")
    void failureAndCancelCrossTheThreads() {
        try (EventLoop loop = EventLoop.open(time.wallClock())) {
            IOException failure = new IOException("there");
            Coroutine<?> failing = spawn(loop, () -> {
                throw failure;
            });
            assertSame(
                    failure,
                    assertThrows(CompletionException.class, failing::join).getCause());

            AtomicReference<Throwable> seen = new AtomicReference<>();
            CountDownLatch waiting = new CountDownLatch(1);
            Deferred<Void> never = new Deferred<>();
            Coroutine<?> endless = spawn(loop, "endless", () -> {
                EventLoop.current().execute(waiting::countDown);
                try {
                    await(never);
                } catch (CancellationException e) {
                    seen.set(e);
                    throw e;
                }
            });
            pass(waiting);
            assertTrue(endless.cancel("enough"));
            assertThrows(CancellationException.class, () -> endless.get(10, TimeUnit.SECONDS));
            assertEquals("enough", seen.get().getMessage());
            assertTrue(endless.isCancelled());
            assertTrue(never.isCancelled());
        }
    }

    @Test
    @DisplayName("A-57 spawn on a closed loop is refused")
    void spawnOnAClosedLoopIsRefused() {
        EventLoop loop = EventLoop.open(time.wallClock());
        loop.close();
        assertThrows(RejectedExecutionException.class, () -> spawn(loop, () -> 1));
        assertThrows(RejectedExecutionException.class, () -> spawn(loop, "name", () -> log.clear()));
    }

    @Test
    @DisplayName("T-01, A-57 on another loop than one's own a coroutine is queued, and its value hops back")
    void coroutineOnAnotherLoopIsQueuedAndItsValueHopsBack() {
        try (EventLoop other = EventLoop.open(time.wallClock())) {
            Thread caller = Coroutines.run(time.wallClock(), () -> {
                Coroutine<EventLoop> there = spawn(other, () -> {
                    moment();
                    return EventLoop.current();
                });
                assertSame(other, there.loop());
                assertSame(other, await(there));
                assertNotSame(other, EventLoop.current());
                return Thread.currentThread();
            });
            assertEquals("main", caller.getName());
        }
    }

    // ------------------------------------------------------------------------------------------------ with a callback

    @Test
    @DisplayName(
            "T-15 the callback gets the value one iteration after the end, never inside the call (test_pass_callback)")
    void callbackGetsTheValueOneIterationAfterTheEnd() {
        time.run(() -> {
            spawn(() -> "early", value -> log.add(at(value)));
            log.add(at("after the call"));
            Coroutine<String> late = spawn(
                    () -> {
                        moment();
                        log.add(at("end"));
                        return "late";
                    },
                    value -> log.add(at(value)));
            await(late);
            log.add(at("awaited"));
        });
        assertEquals(List.of("0 after the call", "1 early", "1 end", "2 late", "2 awaited"), log);
    }

    @Test
    @DisplayName("T-15, C-19 on failure the callback is not run, and the handler hears of it once")
    void onFailureTheCallbackIsNotRunAndTheHandlerHearsOnce() {
        IOException failure = new IOException("no value");
        time.run(() -> {
            Coroutine<String> child = spawn(() -> failing(failure), value -> log.add("callback " + value));
            assertTrue(child.isCompletedExceptionally());
            assertEquals(List.of(), time.reports(), "not before the hop");
            moment();
        });
        assertEquals(List.of(failure), time.reports());
        assertEquals(List.of(), log);
    }

    private static String failing(Exception failure) throws Exception {
        throw failure;
    }

    @Test
    @DisplayName("C-19 what the callback throws is reported once, and the coroutine has its value")
    void whatTheCallbackThrowsIsReportedOnce() {
        IllegalStateException failure = new IllegalStateException("callback");
        time.run(() -> {
            Coroutine<Integer> child = spawn(() -> 1, value -> {
                throw failure;
            });
            moment();
            assertEquals(1, await(child));
        });
        assertEquals(List.of(failure), time.reports());
    }

    // --------------------------------------------------------------------------------------------- memory and scale

    @Test
    @DisplayName("T-21 a held handle keeps no local of a body that ended, or failed (test_coroutine_refcounting)")
    void heldHandleKeepsNoLocalOfABodyThatEnded() {
        time.run(() -> {
            AtomicReference<WeakReference<Object>> local = new AtomicReference<>();
            AtomicReference<WeakReference<Object>> failed = new AtomicReference<>();
            Deferred<Integer> go = new Deferred<>();
            Coroutine<Integer> good = spawn(() -> useLocal(local, go, null));
            Coroutine<Integer> bad = spawn(() -> useLocal(failed, go, new IOException()));
            assertTrue(local.get().get() != null && failed.get().get() != null);
            go.complete(7);
            assertEquals(7, await(good));
            assertThrows(IOException.class, () -> await(bad));
            moment();
            awaitCleared(local.get());
            awaitCleared(failed.get());
            assertEquals(7, good.resultNow());
            assertTrue(bad.isCompletedExceptionally());
        });
    }

    private static int useLocal(AtomicReference<WeakReference<Object>> to, Deferred<Integer> go, Exception failure)
            throws Exception {
        Object local = new Object();
        to.set(new WeakReference<>(local));
        int value = await(go);
        if (failure != null) {
            throw failure;
        }
        return local == null ? 0 : value;
    }

    @Test
    @DisplayName("T-21 a held handle keeps nothing that the lambda of its body has captured")
    void heldHandleKeepsNothingThatItsLambdaHasCaptured() {
        time.run(() -> {
            Object captured = new Object();
            WeakReference<Object> reference = new WeakReference<>(captured);
            Coroutine<Integer> child = spawnCapturing(captured);
            captured = null;
            sleep(ms(1));
            assertTrue(child.isDone());
            awaitCleared(reference);
            assertEquals(1, await(child));
        });
    }

    private static Coroutine<Integer> spawnCapturing(Object captured) {
        return spawn(() -> {
            moment();
            return captured == null ? 0 : 1;
        });
    }

    private static void awaitCleared(WeakReference<?> reference) {
        for (int attempt = 0; attempt < 50 && reference.get() != null; attempt++) {
            System.gc();
            sleep(ms(1));
        }
        assertNull(reference.get(), "still held");
    }

    @Test
    @DisplayName("J-10 spawn recursion 10,000 deep")
    void spawnRecursionTenThousandDeep() {
        time.run(() -> {
            Deferred<Integer> bottom = new Deferred<>();
            Coroutine<Integer> top = spawn(() -> descend(10_000, bottom));
            assertEquals(10_001, Coroutines.all(EventLoop.current()).size() - 1);
            assertFalse(top.isDone());
            bottom.complete(0);
            assertEquals(10_000, await(top));
        });
    }

    private static int descend(int depth, Deferred<Integer> bottom) {
        return depth == 0 ? await(bottom) : 1 + await(spawn(() -> descend(depth - 1, bottom)));
    }

    @Test
    @DisplayName("J-10 spawn recursion 10,000 deep, of bodies that end at once")
    void spawnRecursionOfBodiesThatEndAtOnce() {
        time.run(() -> {
            assertEquals(10_000, await(spawn(() -> descend(10_000, ended()))));
            assertEquals(0, iteration());
        });
    }

    private static Deferred<Integer> ended() {
        Deferred<Integer> zero = new Deferred<>();
        zero.complete(0);
        return zero;
    }

    @Test
    @DisplayName("J-02 never two bodies at once, whoever starts and wakes them")
    void neverTwoBodiesAtOnce() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Coroutine<?>> all = new ArrayList<>();
        Runnable step = () -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            for (int i = 0; i < 50; i++) {
                Thread.onSpinWait();
            }
            running.decrementAndGet();
        };
        try (EventLoop loop = EventLoop.open(time.wallClock())) {
            int[] unguarded = new int[1];
            for (int i = 0; i < 200; i++) {
                CompletableFuture<Void> signal = new CompletableFuture<>();
                all.add(spawn(loop, () -> {
                    for (int round = 0; round < 20; round++) {
                        step.run();
                        unguarded[0]++;
                        if (round == 10) {
                            await(signal);
                        } else {
                            moment();
                        }
                    }
                }));
                Thread.ofVirtual().start(() -> signal.complete(null));
            }
            Awaitility.await().until(() -> all.stream().allMatch(Coroutine::isDone));
            assertEquals(4_000, spawn(loop, () -> unguarded[0]).join());
        }
        assertEquals(1, most.get());
    }
}
