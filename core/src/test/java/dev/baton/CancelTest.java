package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.join;
import static dev.baton.VirtualTime.ms;
import static dev.baton.VirtualTime.pass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CancelTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    /** Awaits the future, and notes the cancellation that arrives; then throws it on. */
    private void noteCancel(String name, CompletableFuture<?> awaited) {
        try {
            await(awaited);
            log.add(at(name + " went on"));
        } catch (CancellationException e) {
            log.add(at(name + " " + e.getMessage()));
            throw e;
        }
    }

    @Test
    @DisplayName("A-12 a cancel from another thread reaches a coroutine that unwinds while its loop closes")
    void cancelFromAnotherThreadArrivesWhileTheLoopCloses() {
        EventLoop loop = EventLoop.open(time.wallClock().withCloseTimeout(Duration.ofSeconds(3)));
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch unwinding = new CountDownLatch(1);
        Coroutine<?> body = spawn(loop, () -> {
            try {
                EventLoop.current().execute(started::countDown);
                await(new Deferred<>());
            } catch (CancellationException e) {
                log.add(e.getMessage());
                EventLoop.current().execute(unwinding::countDown);
                noteCancelOnly(new Deferred<>());
            }
        });
        pass(started);
        Thread closer = Thread.ofPlatform().daemon().start(loop::close);
        pass(unwinding);

        assertTrue(body.cancel("do not clean up"));

        join(closer);
        assertEquals(List.of("its loop is closed", "do not clean up"), log);
    }

    private void noteCancelOnly(CompletableFuture<?> awaited) {
        try {
            await(awaited);
        } catch (CancellationException e) {
            log.add(e.getMessage());
            throw e;
        }
    }

    private static void assertCancelled(Coroutine<?> coroutine) {
        assertThrows(CancellationException.class, () -> await(coroutine));
        assertTrue(coroutine.isCancelled());
        assertSame(Coroutine.Status.DONE, coroutine.status());
    }

    // ------------------------------------------------------------------------------------------------- the request

    @Test
    @DisplayName("A-12 cancel is true and nothing happens yet; what is awaited is cancelled (test_cancel,"
            + " test_task_cancel_waiter_future)")
    void cancelIsTrueAndNothingHappensYet() {
        for (CompletableFuture<String> awaited : List.of(new Deferred<String>(), new CompletableFuture<String>())) {
            time.run(() -> {
                Coroutine<String> waiter = spawn(() -> await(awaited));
                assertTrue(waiter.cancel());
                assertFalse(waiter.isDone());
                assertFalse(waiter.isCancelled());
                assertEquals(1, waiter.cancelling());
                assertTrue(awaited.isCancelled());
                moment();
                assertTrue(waiter.isCancelled());
                assertTrue(waiter.isCompletedExceptionally());
                assertFalse(waiter.cancel(), "it is done");
            });
        }
    }

    @Test
    @DisplayName("A-12 a cancel of what is done is false, and changes nothing")
    void cancelOfWhatIsDoneIsFalse() {
        IOException failure = new IOException();
        time.run(() -> {
            Coroutine<Integer> good = spawn(() -> 1);
            Coroutine<Integer> bad = spawn(() -> {
                throw failure;
            });
            for (Coroutine<?> done : List.of(good, bad)) {
                assertFalse(done.cancel());
                assertFalse(done.cancel("message"));
                assertFalse(done.cancel(true));
                assertFalse(done.isCancelled());
                assertEquals(0, done.cancelling());
                assertEquals(0, done.uncancel());
            }
            assertEquals(1, await(good));
            assertSame(failure, assertThrows(IOException.class, () -> await(bad)));
        });
    }

    @Test
    @DisplayName("A-12 the three forms of cancel are the same request (test_task_cancel_sleeping_task)")
    void threeFormsOfCancelAreTheSameRequest() {
        time.run(() -> {
            List<Coroutine<?>> sleepers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                sleepers.add(spawn(() -> sleep(Duration.ofDays(1))));
            }
            assertTrue(sleepers.get(0).cancel());
            assertTrue(sleepers.get(1).cancel("message"));
            assertTrue(sleepers.get(2).cancel(true));
            assertTrue(sleepers.get(3).cancel(false));
            sleepers.forEach(CancelTest::assertCancelled);
        });
        assertEquals(Duration.ZERO, time.clock.elapsed());
    }

    @Test
    @DisplayName("A-12 a cancel while in moment() is delivered when its turn comes (test_cancel_yield)")
    void cancelInAMomentIsDeliveredWhenItsTurnComes() {
        time.run(() -> {
            Coroutine<?> mover = spawn(() -> {
                try {
                    moment();
                    log.add("no");
                } catch (CancellationException e) {
                    log.add(at(e.getMessage()));
                    moment();
                    log.add(at("went on"));
                }
            });
            mover.cancel("stop");
            await(mover);
        });
        assertEquals(List.of("1 stop", "2 went on"), log);
    }

    @Test
    @DisplayName("A-15 cancelled before its first step, a body never runs")
    void cancelledBeforeItsFirstStepABodyNeverRuns() {
        time.run(() -> {
            Coroutine<?> never = spawnLater(() -> log.add("ran"));
            assertTrue(never.cancel("not at all"));
            assertFalse(never.isDone());
            CancellationException e = assertThrows(CancellationException.class, () -> await(never));
            assertEquals("not at all", e.getMessage());
            assertTrue(never.isCancelled());
        });
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("A-15, A-57 cancelled by its foreign maker before the loop has seen it, a body never runs")
    void cancelledByItsForeignMakerBeforeTheLoopHasSeenIt() {
        EventLoop loop = EventLoop.create(time.wallClock());
        Coroutine<?> never = spawn(loop, () -> log.add("ran"));
        assertTrue(never.cancel("changed my mind"));
        Coroutine<?> after = spawn(loop, () -> log.add("after"));
        loop.runUntil(after);
        assertTrue(never.isCancelled());
        assertEquals("changed my mind", VirtualTime.failure(never).getMessage());
        assertEquals(List.of("after"), log);
        loop.close();
    }

    // ---------------------------------------------------------------------------------------------- down, not up

    @Test
    @DisplayName("A-13 the request goes to the deepest future first, and unwinds one level per iteration"
            + " (test_yield_future_passes_cancel)")
    void requestGoesToTheDeepestFutureFirstAndUnwindsOneLevelPerIteration() {
        for (CompletableFuture<String> end : List.of(new Deferred<String>(), new CompletableFuture<String>())) {
            log.clear();
            time.run(() -> {
                Coroutine<?> inner = spawn(() -> noteCancel("inner", end));
                Coroutine<?> middle = spawn(() -> noteCancel("middle", inner));
                Coroutine<?> outer = spawn(() -> noteCancel("outer", middle));
                outer.cancel("all the way");
                assertTrue(end.isCancelled());
                assertCancelled(outer);
                assertTrue(middle.isCancelled() && inner.isCancelled());
            });
            assertEquals(List.of("1 inner all the way", "2 middle all the way", "3 outer all the way"), log);
        }
    }

    @Test
    @DisplayName("A-13 the canceller of a Deferred is run at the end of the chain, and its message is there")
    void cancellerOfADeferredIsRunAtTheEndOfTheChain() {
        time.run(() -> {
            Deferred<String> end = new Deferred<>(self -> log.add("canceller"));
            Coroutine<?> inner = spawn(() -> noteCancel("inner", end));
            Coroutine<?> outer = spawn(() -> noteCancel("outer", inner));
            outer.cancel("m");
            log.add("asked");
            assertCancelled(outer);
        });
        assertEquals(List.of("canceller", "asked", "1 inner m", "2 outer m"), log);
    }

    @Test
    @DisplayName("A-12 a plain future at the end is cancelled with cancel(true), as HttpClient wants it")
    void plainFutureAtTheEndIsCancelledWithTrue() {
        time.run(() -> {
            CompletableFuture<String> recording = new CompletableFuture<>() {
                @Override
                public boolean cancel(boolean mayInterruptIfRunning) {
                    log.add("cancel " + mayInterruptIfRunning);
                    return super.cancel(mayInterruptIfRunning);
                }
            };
            Coroutine<?> waiter = spawn(() -> await(recording));
            Coroutine<?> outer = spawn(() -> await(waiter));
            outer.cancel();
            assertCancelled(outer);
        });
        assertEquals(List.of("cancel true"), log);
    }

    @Test
    @DisplayName("A-14 a cancelled child makes its awaiter fail with the cancellation (test_cancel_inner_future)")
    void cancelledChildMakesItsAwaiterFail() {
        time.run(() -> {
            Deferred<String> end = new Deferred<>();
            Coroutine<?> child = spawn(() -> noteCancel("child", end));
            Coroutine<?> parent = spawn(() -> noteCancel("parent", child));
            Coroutine<?> stranger = spawn(() -> noteCancel("stranger", new Deferred<>()));
            child.cancel("from below");
            assertCancelled(parent);
            assertEquals(0, parent.cancelling(), "it was not asked itself");
            assertFalse(stranger.isDone());
            stranger.cancel();
        });
        assertEquals(List.of("1 child from below", "2 parent from below", "4 stranger null"), log);
    }

    @Test
    @DisplayName("A-14 an awaiter may catch what comes from its child, and go on")
    void awaiterMayCatchWhatComesFromItsChild() {
        time.run(() -> {
            Coroutine<?> child = spawn(() -> await(new Deferred<>()));
            Coroutine<String> parent = spawn(() -> {
                assertThrows(CancellationException.class, () -> await(child));
                moment();
                return "fine";
            });
            child.cancel();
            assertEquals("fine", await(parent));
            assertFalse(parent.isCancelled());
        });
    }

    @Test
    @DisplayName("A-12 whoever else waits for the awaited future hears of it, too")
    void whoeverElseWaitsForTheAwaitedFutureHearsOfIt() {
        time.run(() -> {
            Deferred<String> shared = new Deferred<>();
            Coroutine<?> first = spawn(() -> noteCancel("first", shared));
            Coroutine<?> second = spawn(() -> noteCancel("second", shared));
            first.cancel("m");
            assertCancelled(second);
            assertEquals(0, second.cancelling());
        });
        assertEquals(List.of("1 first m", "1 second m"), log);
    }

    @Test
    @DisplayName("A-13 a child that takes several iterations to unwind holds its parent up")
    void childThatTakesSeveralIterationsToUnwindHoldsItsParentUp() {
        time.run(() -> {
            Coroutine<?> child = spawn(() -> {
                try {
                    await(new Deferred<>());
                } finally {
                    for (int i = 0; i < 3; i++) {
                        log.add(at("cleaning"));
                        moment();
                    }
                    sleep(ms(10));
                    log.add(time.when("clean"));
                }
            });
            Coroutine<?> parent = spawn(() -> noteCancel("parent", child));
            parent.cancel("m");
            moment();
            assertFalse(parent.isDone());
            assertCancelled(parent);
            assertTrue(child.isCancelled());
        });
        assertEquals(List.of("1 cleaning", "2 cleaning", "3 cleaning", "10 clean", "7 parent m"), log);
    }

    @Test
    @DisplayName("A-14 children that are not awaited are not reached")
    void childrenThatAreNotAwaitedAreNotReached() {
        time.run(() -> {
            List<Coroutine<?>> children = new ArrayList<>();
            Coroutine<?> parent = spawn(() -> {
                children.add(spawn(() -> sleep(ms(5))));
                sleep(ms(100));
            });
            parent.cancel();
            assertCancelled(parent);
            await(children.getFirst());
            assertEquals(ms(5), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("U-08 cancelling one that awaits several does not cancel these")
    void cancellingOneThatAwaitsSeveralDoesNotCancelThese() {
        time.run(() -> {
            Coroutine<String> child = spawn(() -> {
                sleep(ms(5));
                return "child";
            });
            Coroutine<?> parent = spawn(() -> await(List.of(child)));
            parent.cancel();
            assertCancelled(parent);
            assertEquals("child", await(child));
        });
    }

    // ------------------------------------------------------------------------------------ what a body makes of it

    @Test
    @DisplayName("A-16 a body that catches it and returns has a value (test_cancel_task_catching)")
    void bodyThatCatchesItAndReturnsHasAValue() {
        time.run(() -> {
            Coroutine<Integer> child = spawn(() -> {
                try {
                    await(new Deferred<>());
                    return 0;
                } catch (CancellationException e) {
                    return 42;
                }
            });
            child.cancel();
            assertEquals(42, await(child));
            assertFalse(child.isCancelled());
        });
    }

    @Test
    @DisplayName("A-16 a body that catches it and goes on awaiting is left alone (test_cancel_task_ignoring)")
    void bodyThatCatchesItAndGoesOnIsLeftAlone() {
        time.run(() -> {
            Deferred<Integer> first = new Deferred<>();
            Deferred<Integer> second = new Deferred<>();
            Coroutine<Integer> child = spawn(() -> {
                assertThrows(CancellationException.class, () -> await(first));
                return await(second);
            });
            child.cancel();
            moment();
            assertFalse(child.isDone());
            assertFalse(second.isCancelled());
            assertEquals(1, child.cancelling(), "and one can still tell");
            second.complete(10);
            assertEquals(10, await(child));
        });
    }

    @Test
    @DisplayName("C-04 awaiting in finally is allowed after the exception has come")
    void awaitingInFinallyIsAllowed() {
        time.run(() -> {
            Coroutine<?> child = spawn(() -> {
                try {
                    await(new Deferred<>());
                } finally {
                    moment();
                    sleep(ms(3));
                    log.add(time.when(await(Futures.after(ms(4), "released"))));
                }
            });
            child.cancel();
            assertCancelled(child);
        });
        assertEquals(List.of("7 released"), log);
    }

    @Test
    @DisplayName("A-17 requests before the delivery are one exception; a later one is another"
            + " (test_wait_for_self_cancellation)")
    void requestsBeforeTheDeliveryAreOneException() {
        time.run(() -> {
            Coroutine<?> child = spawn(() -> {
                for (int i = 0; i < 2; i++) {
                    CancellationException e = assertThrows(CancellationException.class, () -> await(new Deferred<>()));
                    log.add(at(e.getMessage()));
                }
                moment();
                log.add(at("end"));
            });
            child.cancel("one");
            child.cancel("two");
            child.cancel("three");
            assertEquals(3, child.cancelling());
            moment();
            moment();
            assertFalse(child.isDone());
            child.cancel("four");
            await(child);
        });
        assertEquals(List.of("1 one", "3 four", "4 end"), log);
    }

    @Test
    @DisplayName("A-17 two requests while a child unwinds are one exception at the parent")
    void twoRequestsWhileAChildUnwindsAreOneExceptionAtTheParent() {
        time.run(() -> {
            Coroutine<?> child = spawn(() -> {
                try {
                    await(new Deferred<>());
                } finally {
                    log.add(at("child"));
                }
            });
            Coroutine<?> parent = spawn(() -> {
                assertThrows(CancellationException.class, () -> await(child));
                log.add(at("parent"));
                moment();
                moment();
                log.add(at("parent goes on"));
            });
            parent.cancel("one");
            parent.cancel("two");
            await(parent);
        });
        assertEquals(List.of("1 child", "2 parent", "4 parent goes on"), log);
    }

    @Test
    @DisplayName("A-18 one that cancels itself runs on, and hears of it at its next await (test_cancel_current_task)")
    void oneThatCancelsItselfHearsOfItAtItsNextAwait() {
        time.run(() -> {
            Deferred<String> awaited = new Deferred<>();
            Coroutine<?> self = spawn(() -> {
                moment();
                assertTrue(Coroutines.current().cancel("myself"));
                log.add(at("runs on"));
                noteCancel("self", awaited);
            });
            assertCancelled(self);
            assertTrue(awaited.isCancelled(), "it is cancelled as soon as it is awaited");
        });
        assertEquals(List.of("1 runs on", "2 self myself"), log);
    }

    @Test
    @DisplayName("A-18 one that cancels itself and then only awaits what is done, or nothing, ends as cancelled"
            + " (test_cancel_at_end)")
    void oneThatCancelsItselfAndReturnsEndsAsCancelled() {
        time.run(() -> {
            Coroutine<String> self = spawn(() -> {
                Coroutines.current().cancel("myself");
                return await(CompletableFuture.completedFuture("value"));
            });
            assertTrue(self.isDone());
            assertTrue(self.isCancelled());
            assertEquals(
                    "myself",
                    assertThrows(CancellationException.class, () -> await(self)).getMessage());
        });
    }

    @Test
    @DisplayName("A-18 one that cancels itself and then fails has failed")
    void oneThatCancelsItselfAndThenFailsHasFailed() {
        IOException failure = new IOException();
        time.run(() -> {
            Coroutine<String> self = spawn(() -> {
                Coroutines.current().cancel();
                throw failure;
            });
            assertSame(failure, assertThrows(IOException.class, () -> await(self)));
        });
    }

    @Test
    @DisplayName("A-19 a cancel of the coroutine and one of its future are one exception"
            + " (test_cancel_both_task_and_inner_future)")
    void cancelOfTheCoroutineAndOfItsFutureAreOneException() {
        for (boolean futureFirst : List.of(true, false)) {
            log.clear();
            time.run(() -> {
                Deferred<String> inner = new Deferred<>();
                Coroutine<?> child = spawn(() -> {
                    assertThrows(CancellationException.class, () -> await(inner));
                    log.add(at("caught"));
                    moment();
                    moment();
                    log.add(at("end"));
                });
                if (futureFirst) {
                    inner.cancel();
                    child.cancel();
                } else {
                    child.cancel();
                    inner.cancel();
                }
                await(child);
            });
            assertEquals(List.of("1 caught", "3 end"), log);
        }
    }

    @Test
    @DisplayName("A-20 a body that throws the exception unasked is cancelled")
    void bodyThatThrowsTheExceptionUnaskedIsCancelled() {
        time.run(() -> {
            CancellationException own = new CancellationException("unasked");
            Coroutine<?> child = spawn(() -> {
                throw own;
            });
            assertTrue(child.isCancelled());
            assertEquals(0, child.cancelling());
            assertSame(own, assertThrows(CancellationException.class, () -> await(child)));
        });
    }

    @Test
    @DisplayName("A-21 another exception during the unwinding wins (test_baseexception_during_cancel)")
    void anotherExceptionDuringTheUnwindingWins() {
        for (Throwable failure : List.of(new IOException("clean-up"), new AssertionError("clean-up"))) {
            time.run(() -> {
                Coroutine<?> child = spawn(() -> {
                    try {
                        await(new Deferred<>());
                    } catch (CancellationException e) {
                        throw Runner.<RuntimeException>sneaky(failure);
                    }
                });
                child.cancel();
                assertSame(failure, assertThrows(Throwable.class, () -> await(child)));
                assertFalse(child.isCancelled());
                assertTrue(child.isCompletedExceptionally());
            });
        }
    }

    @Test
    @DisplayName("A-22 a child that swallows it and returns: the parent gets the value and goes on, cancelling() still"
            + " tells")
    void childThatSwallowsItAndReturns() {
        time.run(() -> {
            Coroutine<String> child = spawn(() -> {
                try {
                    await(new Deferred<>());
                    return "no";
                } catch (CancellationException e) {
                    moment();
                    return "swallowed";
                }
            });
            Coroutine<String> parent = spawn(() -> {
                String value = await(child);
                moment();
                return value + ", asked " + Coroutines.current().cancelling();
            });
            parent.cancel();
            assertEquals("swallowed, asked 1", await(parent));
            assertFalse(parent.isCancelled());
        });
    }

    @Test
    @DisplayName("A-13 the cancel of a future whose canceller gives it a value: the value comes")
    void cancelOfAFutureWhoseCancellerGivesItAValue() {
        time.run(() -> {
            Deferred<String> end = new Deferred<>(self -> self.complete("instead"));
            Coroutine<String> child = spawn(() -> await(end));
            assertTrue(child.cancel());
            assertEquals("instead", await(child));
            assertFalse(child.isCancelled());
        });
    }

    // ------------------------------------------------------------------------------------------------- the counter

    @Nested
    class Counting {
        @Test
        @DisplayName(
                "B-03 cancelling counts, uncancel takes back, never below zero (test_cancelling, test_uncancel_basic)")
        void cancellingCountsAndUncancelTakesBack() {
            time.run(() -> {
                Coroutine<?> child = spawn(() -> {
                    assertThrows(CancellationException.class, () -> await(new Deferred<>()));
                    moment();
                });
                assertEquals(0, child.cancelling());
                child.cancel();
                child.cancel();
                assertEquals(2, child.cancelling());
                assertEquals(1, child.uncancel());
                assertEquals(0, child.uncancel());
                assertEquals(0, child.uncancel());
                assertEquals(0, child.cancelling());
                await(child);
            });
        }

        @Test
        @DisplayName("B-03 the last request taken back is not delivered if it has not been"
                + " (test_uncancel_resets_must_cancel)")
        void lastRequestTakenBackIsNotDelivered() {
            time.run(() -> {
                Coroutine<String> child = spawn(() -> {
                    Coroutine<?> self = Coroutines.current();
                    self.cancel("one");
                    self.cancel("two");
                    assertEquals(1, self.uncancel());
                    assertEquals(0, self.uncancel());
                    moment();
                    return await(Futures.after(ms(1), "not cancelled"));
                });
                assertEquals("not cancelled", await(child));
            });
        }

        @Test
        @DisplayName("B-03 as long as one request remains, it is delivered")
        void asLongAsOneRequestRemainsItIsDelivered() {
            time.run(() -> {
                Coroutine<?> child = spawn(() -> {
                    Coroutine<?> self = Coroutines.current();
                    self.cancel("one");
                    self.cancel("two");
                    assertEquals(1, self.uncancel());
                    moment();
                });
                assertCancelled(child);
            });
        }

        @Test
        @DisplayName("B-03 a request that is taken back before the first step lets the body run")
        void requestTakenBackBeforeTheFirstStepLetsTheBodyRun() {
            time.run(() -> {
                Coroutine<String> child = spawnLater(() -> "ran");
                child.cancel();
                assertEquals(0, child.uncancel());
                assertEquals("ran", await(child));
            });
        }

        @Test
        @DisplayName("B-03 a foreign thread's request that is taken back at once is not delivered")
        void foreignThreadsRequestThatIsTakenBackAtOnceIsNotDelivered() {
            Coroutines.run(time.wallClock(), () -> {
                Coroutine<?> self = Coroutines.current();
                Thread foreigner = Thread.ofPlatform().start(self::cancel);
                join(foreigner);
                assertEquals(1, self.cancelling());
                assertEquals(0, self.uncancel());
                moment(); // by now the request has reached the loop
                moment();
                moment();
                assertEquals("value", await(Futures.after(ms(1), "value")));
                return null;
            });
        }
    }

    // ------------------------------------------------------------------------------------------------- from outside

    @Test
    @DisplayName("A-57 a foreign thread's cancel of one that runs arrives at its next await")
    void foreignThreadsCancelOfOneThatRunsArrivesAtItsNextAwait() {
        Coroutines.run(time.wallClock(), () -> {
            Coroutine<?> child = spawn(() -> {
                Coroutine<?> self = Coroutines.current();
                Thread foreigner = Thread.ofPlatform().start(() -> self.cancel("from outside"));
                join(foreigner);
                log.add("runs on");
                noteCancel("child", new Deferred<>());
            });
            assertCancelled(child);
            return null;
        });
        assertEquals("runs on", log.getFirst());
        assertTrue(log.getLast().endsWith("child from outside"), log.toString());
    }

    @Test
    @DisplayName("A-57 a cancel that meets the completion: one of them wins, and nobody hangs")
    void cancelThatMeetsTheCompletion() throws Exception {
        try (EventLoop loop = EventLoop.open(time.wallClock())) {
            for (int round = 0; round < 300; round++) {
                CompletableFuture<String> plain = new CompletableFuture<>();
                Coroutine<String> waiter = spawn(loop, () -> await(plain));
                CountDownLatch go = new CountDownLatch(1);
                Thread completer = Thread.ofVirtual().start(() -> {
                    pass(go);
                    plain.complete("value");
                });
                Thread canceller = Thread.ofVirtual().start(() -> {
                    pass(go);
                    waiter.cancel("stop");
                });
                go.countDown();
                try {
                    assertEquals("value", waiter.get(10, TimeUnit.SECONDS));
                    assertFalse(waiter.isCancelled());
                } catch (CancellationException e) {
                    assertTrue(waiter.isCancelled());
                }
                completer.join();
                canceller.join();
            }
        }
    }

    @Test
    @DisplayName("T-19, A-13 the request goes down to a coroutine of another loop, and its cancellation comes back")
    void requestGoesDownToACoroutineOfAnotherLoop() {
        try (EventLoop other = EventLoop.open(time.wallClock())) {
            CountDownLatch waiting = new CountDownLatch(1);
            AtomicReference<String> there = new AtomicReference<>();
            Coroutine<?> far = spawn(other, () -> {
                EventLoop.current().execute(waiting::countDown);
                try {
                    await(new Deferred<>());
                } catch (CancellationException e) {
                    there.set(e.getMessage() + " on the other loop " + other.isOwner());
                    throw e;
                }
            });
            pass(waiting);
            Coroutines.run(time.wallClock(), () -> {
                Coroutine<?> near = spawn(() -> noteCancel("near", far));
                near.cancel("far away");
                assertCancelled(near);
                assertTrue(far.isCancelled());
                return null;
            });
            assertEquals("far away on the other loop true", there.get());
        }
        assertEquals(1, log.size());
        assertTrue(log.getFirst().endsWith("near far away"), log.toString());
    }

    /** What one coroutine of a cycle awaits instead of the next one. */
    private interface Through {
        Deferred<?> next(Coroutine<String> next);
    }

    /** Two coroutines, each on a loop of its own, which await each other; {@code end} is to end that. */
    private void cycleAcrossTwoLoops(Through there, Through back, BiConsumer<Coroutine<?>, Coroutine<?>> end) {
        try (EventLoop here = EventLoop.open(time.wallClock());
                EventLoop other = EventLoop.open(time.wallClock())) {
            CompletableFuture<Coroutine<String>> second = new CompletableFuture<>();
            Coroutine<String> one = spawn(here, () -> {
                await(there.next(await(second)));
                return "one";
            });
            Coroutine<String> two = spawn(other, () -> {
                await(back.next(one));
                return "two";
            });
            CountDownLatch twoWaits = new CountDownLatch(1);
            other.execute(twoWaits::countDown);
            pass(twoWaits);
            second.complete(two);
            end.accept(one, two);
        }
    }

    private static Throwable failureOf(Coroutine<?> coroutine) {
        Throwable failure = assertThrows(Throwable.class, () -> coroutine.get(5, TimeUnit.SECONDS));
        assertTrue(coroutine.isDone(), () -> coroutine + " goes on, after " + coroutine.cancelling() + " requests");
        return failure;
    }

    @Test
    void timeoutEndsACycleAcrossTwoLoopsWithWaitForOnBothSides() {
        cycleAcrossTwoLoops(
                next -> Futures.waitFor(ms(1), next), next -> Futures.waitFor(ms(3_600_000), next), (one, two) -> {
                    assertInstanceOf(AwaitTimeoutException.class, failureOf(one).getCause());
                    assertInstanceOf(CancellationException.class, failureOf(two));
                    assertEquals(List.of(1, 2), List.of(one.cancelling(), two.cancelling()), "requests");
                });
    }

    @Test
    void cancelEndsACycleAcrossTwoLoopsThroughCombinators() {
        List<Through> ways = List.of(next -> Futures.waitFor(ms(3_600_000), next), next -> Futures.gather(next));
        for (Through there : ways) {
            for (Through back : ways) {
                cycleAcrossTwoLoops(there, back, (one, two) -> {
                    CountDownLatch oneWaits = new CountDownLatch(1);
                    one.loop().execute(() -> one.loop().execute(oneWaits::countDown)); // it goes on in between
                    pass(oneWaits);
                    assertTrue(one.cancel("enough"));
                    assertInstanceOf(CancellationException.class, failureOf(one));
                    assertInstanceOf(CancellationException.class, failureOf(two));
                    assertEquals(List.of(2, 1), List.of(one.cancelling(), two.cancelling()), "requests");
                });
            }
        }
    }

    /** Two paths of one request are no cycle: who is reached by both still waits for what it has cancelled. */
    @Test
    void requestThatComesOnTwoPathsAcrossTwoLoopsStillWaitsForTheLast() {
        try (EventLoop other = EventLoop.open(time.wallClock())) {
            Coroutines.run(time.wallClock(), () -> {
                Deferred<String> unwound = new Deferred<>();
                Coroutine<?> last = spawn(() -> {
                    try {
                        await(new Deferred<>());
                    } finally {
                        while (!unwound.isDone()) {
                            try {
                                await(Futures.shield(unwound));
                            } catch (CancellationException again) {
                                // the request has come on the other path
                            }
                        }
                        log.add("last");
                    }
                });
                Coroutine<?> shared = spawn(() -> {
                    try {
                        await(last);
                    } finally {
                        log.add("shared");
                    }
                });
                Coroutine<?> left = spawn(other, () -> await(shared));
                Coroutine<?> right = spawn(other, () -> await(shared));
                await(spawn(other, Coroutines::moment)); // both wait by now
                Coroutine<?> root = spawn(() -> await(Futures.gather(left, right)));
                root.cancel();
                while (last.cancelling() == 0 || shared.cancelling() < 2) {
                    moment();
                }
                for (int i = 0; i < 3; i++) {
                    await(spawn(other, Coroutines::moment));
                }
                log.add("unwinds " + shared.isDone());
                unwound.complete("now");
                assertThrows(CancellationException.class, () -> await(shared));
                assertThrows(CancellationException.class, () -> await(root));
                return null;
            });
        }
        assertEquals(List.of("unwinds false", "last", "shared"), log);
    }

    @Nested
    class Interrupts {
        @Test
        @DisplayName("C-22 an interrupt of one that is suspended cancels it")
        void interruptOfOneThatIsSuspendedCancelsIt() {
            Coroutines.run(time.wallClock(), () -> {
                AtomicReference<Thread> thread = new AtomicReference<>();
                Deferred<String> awaited = new Deferred<>();
                Coroutine<?> child = spawn(() -> {
                    thread.set(Thread.currentThread());
                    try {
                        await(awaited);
                    } finally {
                        log.add("interrupted " + Thread.currentThread().isInterrupted());
                        moment();
                        log.add("cleaned up");
                    }
                });
                thread.get().interrupt();
                assertCancelled(child);
                assertTrue(awaited.isCancelled());
                return null;
            });
            assertEquals(List.of("interrupted false", "cleaned up"), log);
        }

        @Test
        @DisplayName("C-22 an interrupt of one that runs arrives at its next await, once")
        void interruptOfOneThatRunsArrivesAtItsNextAwaitOnce() {
            time.run(() -> {
                Coroutine<String> child = spawn(() -> {
                    Thread.currentThread().interrupt();
                    log.add(at("runs on"));
                    assertEquals("done", await(CompletableFuture.completedFuture("done")));
                    assertThrows(CancellationException.class, () -> await(new Deferred<>()));
                    log.add(at("caught, interrupted " + Thread.currentThread().isInterrupted() + ", asked "
                            + Coroutines.current().cancelling()));
                    moment();
                    sleep(ms(1));
                    return "goes on";
                });
                assertEquals("goes on", await(child));
            });
            assertEquals(List.of("0 runs on", "1 caught, interrupted false, asked 1"), log);
        }

        @Test
        @DisplayName("C-22 an interrupt arrives at a moment() and at a sleep, too")
        void interruptArrivesAtAMomentAndAtASleep() {
            time.run(() -> {
                for (Runnable wait : List.<Runnable>of(Coroutines::moment, () -> sleep(ms(1000)))) {
                    Coroutine<?> child = spawn(() -> {
                        Thread.currentThread().interrupt();
                        wait.run();
                        log.add("no");
                    });
                    assertCancelled(child);
                }
            });
            assertEquals(List.of(), log);
            assertEquals(Duration.ZERO, time.clock.elapsed());
        }

        @Test
        @DisplayName("J-02 one that ends with its thread interrupted gives the baton back")
        void oneThatEndsInterruptedGivesTheBatonBack() {
            time.run(() -> {
                assertEquals("end", await(spawn(() -> {
                    Thread.currentThread().interrupt();
                    return "end";
                })));
                assertFalse(Thread.currentThread().isInterrupted());
                assertEquals("end", await(spawnLater(() -> {
                    Thread.currentThread().interrupt();
                    return "end";
                })));
                moment();
            });
        }

        @Test
        @DisplayName("C-22 an interrupt of one that lends the baton to its child waits until it has it back")
        void interruptOfOneThatLendsTheBaton() {
            Coroutines.run(time.wallClock(), () -> {
                Coroutine<?> parent = spawn(() -> {
                    Thread lender = Thread.currentThread();
                    spawn(() -> {
                        lender.interrupt();
                        log.add("child has the baton");
                        for (int i = 0; i < 1000; i++) {
                            Thread.yield(); // gives the lender a chance to do harm
                        }
                        log.add("child ends");
                    });
                    log.add("parent has it back");
                    try {
                        await(new Deferred<>());
                    } finally {
                        log.add("parent is cancelled");
                    }
                });
                assertCancelled(parent);
                return null;
            });
            assertEquals(
                    List.of("child has the baton", "child ends", "parent has it back", "parent is cancelled"), log);
        }

        @Test
        @DisplayName("C-22 interrupts from outside never let two run at once")
        void interruptsFromOutsideNeverLetTwoRunAtOnce() {
            int[] inside = new int[1];
            Coroutines.run(time.wallClock(), () -> {
                List<Thread> threads = new ArrayList<>();
                List<Coroutine<?>> all = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    all.add(spawn(() -> {
                        threads.add(Thread.currentThread());
                        for (int round = 0; round < 200; round++) {
                            assertEquals(0, inside[0]++);
                            Thread.onSpinWait();
                            inside[0]--;
                            try {
                                moment();
                            } catch (CancellationException e) {
                                // somebody knocks; we go on
                            }
                        }
                    }));
                }
                List<Thread> copy = List.copyOf(threads);
                Thread knocker = Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 500; i++) {
                        copy.forEach(Thread::interrupt);
                    }
                });
                for (Coroutine<?> one : all) {
                    assertNull(await(one));
                }
                join(knocker);
                return null;
            });
        }
    }
}
