package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.failure;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.BadYieldException;
import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.loop.ContextCapture;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopListener;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What asyncio's own test_tasks.py asks of a task, beyond what the other tests here have of it. */
class AsyncioTaskTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    // ----------------------------------------------------------------------------------------- starting and awaiting

    @Test
    @DisplayName("A-01 a body does nothing until it is started, and can be started again and again"
            + " (test_coroutine_non_gen_function)")
    void bodyDoesNothingUntilItIsStarted() {
        Callable<String> body = () -> {
            log.add("runs");
            return "x";
        };
        time.run(() -> {
            moment();
            assertEquals(List.of(), log);
            assertEquals("xxx", await(spawn(body)) + await(spawnLater(body)) + body.call());
            assertEquals(List.of("runs", "runs", "runs"), log);
            return null;
        });
    }

    @Test
    @DisplayName("A-01 a coroutine goes on only while its loop runs")
    void coroutineGoesOnOnlyWhileItsLoopRuns() {
        try (EventLoop loop = EventLoop.create(time.options())) {
            Coroutine<String> coroutine = spawn(loop, () -> {
                log.add(at("starts"));
                moment();
                log.add(at("ends"));
                return "x";
            });
            assertEquals(Coroutine.Status.STARTING, coroutine.status());
            assertEquals(List.of(), log);
            assertTrue(loop.runOnce());
            assertEquals(List.of("1 starts"), log);
            assertEquals(Coroutine.Status.SUSPENDED, coroutine.status());
            assertTrue(loop.runOnce());
            assertEquals(List.of("1 starts", "2 ends"), log);
            assertEquals("x", coroutine.resultNow());
            assertFalse(loop.runOnce());
        }
    }

    @Test
    @DisplayName("A-03 an await of a pending future: value, failure and cancellation come one iteration after it"
            + " (test_step_result_future)")
    void awaitOfAPendingFuture() {
        IOException failure = new IOException();
        time.run(() -> {
            EventLoop loop = EventLoop.current();
            Deferred<String> good = new Deferred<>();
            Deferred<String> bad = new Deferred<>();
            Deferred<String> gone = new Deferred<>();
            loop.execute(() -> assertTrue(good.complete(at("set"))));
            assertEquals("1 set", await(good));
            assertEquals(2, iteration());
            loop.execute(() -> assertTrue(bad.completeExceptionally(failure)));
            assertSame(failure, assertThrows(IOException.class, () -> await(bad)));
            assertEquals(4, iteration());
            loop.execute(() -> assertTrue(gone.cancel("gone")));
            assertThrows(CancellationException.class, () -> await(gone));
            assertEquals(6, iteration());
            assertThrows(CancellationException.class, () -> await(gone), "and again, at once");
            assertSame(failure, assertThrows(IOException.class, () -> await(bad)));
            assertEquals("1 set", await(good));
            assertEquals(6, iteration());
        });
    }

    @Test
    @DisplayName("A-04 a call of a suspending method runs inline: no iteration of its own, and one coroutine"
            + " (test_await_old_style_coro)")
    void callOfASuspendingMethodRunsInline() {
        IOException failure = new IOException();
        time.run(() -> {
            Coroutine<?> self = Coroutines.current();
            assertEquals("3", deep(3, self));
            assertEquals(0, iteration(), "nothing was pending");
            assertEquals("x", await(spawn(() -> "x")));
            assertEquals(0, iteration());
            Deferred<String> end = new Deferred<>();
            Coroutine<?> child = spawn(() -> {
                assertEquals("end", awaitDeep(3, end));
                log.add(at("child"));
            });
            end.complete("end");
            await(child);
            assertEquals(List.of("1 child"), log, "three calls deep, one iteration");
            assertSame(failure, assertThrows(IOException.class, () -> {
                throwsIt(failure);
            }));
            assertEquals(List.of(self), List.copyOf(Coroutines.all(EventLoop.current())));
        });
    }

    private static String deep(int depth, Coroutine<?> self) {
        assertSame(self, Coroutines.current());
        return depth == 0 ? "" + 3 : deep(depth - 1, self);
    }

    private static String awaitDeep(int depth, Deferred<String> end) {
        return depth == 0 ? await(end) : awaitDeep(depth - 1, end);
    }

    private static void throwsIt(Exception failure) throws Exception {
        moment();
        throw failure;
    }

    // ---------------------------------------------------------------------------------------------- awaiting wrongly

    @Test
    @DisplayName("A-06 what cannot be awaited fails at the await, at once, and the coroutine is as good as before"
            + " (test_step_result, test_yield_vs_yield_from)")
    void whatCannotBeAwaited() {
        time.run(() -> {
            assertThrows(BadYieldException.class, () -> await(new Object()));
            assertThrows(BadYieldException.class, () -> await((Object) "1"));
            assertEquals(0, iteration());
            assertNull(await((Object) null));
            assertEquals(1, iteration(), "a bare yield");
        });
    }

    @Test
    @DisplayName("A-06 the refusal of a cycle leaves the awaited one alone (test_task_awaits_on_itself)")
    void refusalOfACycleLeavesTheAwaitedOneAlone() {
        time.run(() -> {
            Coroutine<?> main = Coroutines.current();
            Deferred<String> go = new Deferred<>();
            Coroutine<String> child = spawn("child", () -> {
                await(go);
                assertThrows(IllegalStateException.class, () -> await(main));
                assertThrows(IllegalStateException.class, main::join);
                assertThrows(IllegalStateException.class, () -> main.get());
                log.add(at("refused"));
                moment();
                return "x";
            });
            go.complete("");
            assertEquals("x", await(child));
            assertEquals(List.of("1 refused"), log);
            assertEquals(3, iteration());
            assertFalse(main.isDone());
        });
    }

    @Test
    @DisplayName("A-06 one that awaits a gather of itself is stuck; it is said, and it can be cancelled")
    void oneThatAwaitsAGatherOfItself() {
        IllegalStateException stuck = assertThrows(
                IllegalStateException.class,
                () -> time.run(() -> {
                    await(Futures.gather(Coroutines.current()));
                }));
        assertTrue(stuck.getMessage().contains("main"), stuck.getMessage());
        time.assertNoReports();
    }

    @Test
    @DisplayName("A-06, A-12 a cancel that goes round in a cycle of awaits ends there, and unwinds the cycle")
    void cancelThatGoesRoundInACycle() {
        time.run(() -> {
            List<Coroutine<?>> ring = new ArrayList<>();
            ring.add(spawn(() -> {
                moment();
                await(Futures.gather(ring.get(1)));
            }));
            ring.add(spawn(() -> await(Futures.gatherOutcomes(List.of(ring.get(0))))));
            sleep(ms(1));
            assertTrue(ring.get(0).cancel());
            sleep(ms(1));
            assertTrue(ring.get(0).isCancelled() && ring.get(1).isCancelled());
        });
    }

    @Test
    @DisplayName("A-06, A-56 one that waits for itself with a timeout gets out of it")
    void oneThatWaitsForItselfWithATimeout() {
        time.run(() -> {
            assertThrows(
                    AwaitTimeoutException.class,
                    () -> await(Futures.withTimeout(ms(10), Coroutines.current(), Throwable.class)));
            Coroutine<?> child = spawn(() -> {
                await(Futures.waitFor(ms(10), Coroutines.current()));
            });
            sleep(ms(30));
            assertTrue(child.isDone(), "cancelled by its own timeout");
        });
    }

    // -------------------------------------------------------------------------------------------------- driving a loop

    @Test
    @DisplayName("A-11 a loop that is stopped early says so; the coroutine stays pending, and can be driven again"
            + " (test_stop_while_run_in_complete)")
    void loopThatIsStoppedEarly() {
        try (EventLoop loop = EventLoop.create(time.options())) {
            Coroutine<String> task = spawn(loop, () -> {
                for (int i = 1; i <= 5; i++) {
                    sleep(ms(100));
                    log.add(time.when("tick"));
                    if (i == 2) {
                        EventLoop.current().stop();
                    }
                }
                return "done";
            });
            assertThrows(IllegalStateException.class, () -> loop.runUntil(task));
            assertEquals(List.of("100 tick", "200 tick"), log);
            assertFalse(task.isDone());
            assertEquals(0, task.cancelling());
            assertEquals("done", loop.runUntil(task));
            assertEquals(ms(500), time.clock.elapsed());
            assertEquals("done", loop.runUntil(task), "done already");
        }
    }

    @Test
    @DisplayName("A-11 it returns or throws the body's own outcome, as it is")
    void itReturnsOrThrowsTheBodysOwnOutcome() {
        IOException failure = new IOException();
        try (EventLoop loop = EventLoop.create(time.options())) {
            Coroutine<String> bad = spawn(loop, () -> {
                moment();
                throw failure;
            });
            assertSame(failure, assertThrows(IOException.class, () -> loop.runUntil(bad)));
            Coroutine<String> gone = spawn(loop, () -> await(new Deferred<>()));
            loop.execute(() -> gone.cancel("gone"));
            assertEquals(
                    "gone",
                    assertThrows(CancellationException.class, () -> loop.runUntil(gone))
                            .getMessage());
        }
    }

    // ---------------------------------------------------------------------------------------------------- cancelling

    @Test
    @DisplayName("A-23 the message arrives at the bottom of the chain, and comes up with the exception")
    void messageArrivesAtTheBottomOfTheChain() {
        time.run(() -> {
            Deferred<String> bottom = new Deferred<>();
            Coroutine<String> inner = spawn(() -> await(bottom));
            Coroutine<String> outer = spawn(() -> await(Futures.gather(inner)).getFirst());
            assertTrue(outer.cancel("why"));
            assertEquals("why", failure(bottom).getMessage());
            for (Coroutine<String> each : List.of(inner, outer)) {
                assertEquals(
                        "why",
                        assertThrows(CancellationException.class, () -> await(each))
                                .getMessage());
            }
            Coroutine<?> later = spawnLater(() -> log.add("never"));
            later.cancel("too early");
            assertEquals(
                    "too early",
                    assertThrows(CancellationException.class, () -> await(later))
                            .getMessage(),
                    "before starting (test_cancel_with_message_before_starting_task)");
            assertEquals(List.of(), log);
        });
    }

    @Test
    @DisplayName("A-23 the requests are still told when it has ended (test_cancelling)")
    void requestsAreStillToldWhenItHasEnded() {
        time.run(() -> {
            Coroutine<?> child = spawn(() -> await(new Deferred<>()));
            child.cancel();
            child.cancel();
            assertEquals(2, child.cancelling());
            moment();
            assertTrue(child.isCancelled());
            assertFalse(child.cancel(), "and none is added");
            assertEquals(2, child.cancelling());
        });
    }

    @Test
    @DisplayName("A-23 a structured block takes its own request back, and goes on (test_uncancel_structured_blocks)")
    void structuredBlockTakesItsOwnRequestBack() {
        time.run(() -> {
            Coroutine<String> child = spawn(() -> {
                Coroutine<?> self = Coroutines.current();
                EventLoop.current().schedule(ms(10), () -> self.cancel("the block's"));
                try {
                    sleep(ms(1000));
                } catch (CancellationException e) {
                    log.add(e.getMessage() + " " + self.cancelling() + " " + self.uncancel());
                }
                sleep(ms(5));
                return time.when("goes on");
            });
            assertEquals("15 goes on", await(child));
            assertEquals(List.of("the block's 1 0"), log);
        });
    }

    @Test
    @DisplayName("A-36, A-52 a failure that a cancelled waiter did not hear is not lost")
    void failureThatACancelledWaiterDidNotHear() {
        IOException failure = new IOException("while unwinding");
        time.run(() -> {
            Coroutine<String> child = spawn(() -> {
                try {
                    return await(new Deferred<>());
                } finally {
                    sleep(ms(10));
                }
            });
            Coroutine<?> watched = spawn(() -> {
                await(Futures.shield(spawn(() -> {
                    sleep(ms(5));
                    throw failure;
                })));
            });
            watched.cancel();
            child.cancel();
            assertThrows(CancellationException.class, () -> await(child));
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("A-52 a failure that is asked for late, in whatever way, is not reported; the one that is not, is"
            + " (test_exception_traceback, test_log_traceback)")
    void failureThatIsAskedForLate() {
        IOException unseen = new IOException("unseen");
        List<Consumer<Coroutine<String>>> ways = List.of(
                each -> assertThrows(IOException.class, () -> await(each)),
                each -> assertThrows(CompletionException.class, each::join),
                each -> assertInstanceOf(IOException.class, each.exceptionNow()),
                each -> assertThrows(IllegalStateException.class, each::resultNow),
                each -> assertEquals("handled", await(each.handle((value, failure) -> "handled"))),
                Coroutine::ignoreFailure,
                each -> {}); // nobody asks
        List<Object> held = new ArrayList<>();
        time.run(() -> {
            for (Consumer<Coroutine<String>> way : ways) {
                Coroutine<String> child = spawn(() -> {
                    throw ways.getLast() == way ? unseen : new IOException("seen");
                });
                held.add(child);
                moment(); // late: it has failed, and nobody was there
                way.accept(child);
            }
            Coroutine<String> gone = spawn(() -> {
                await(new Deferred<>());
                throw new IOException("never thrown");
            });
            gone.cancel();
            held.add(gone);
        });
        assertEquals(List.of(unseen), time.reports());
    }

    @Test
    @DisplayName("A-55 a hundred coroutines that change the same context: each has its own (test_context_3)")
    void eachHasItsOwnContext() {
        ThreadLocal<Integer> variable = new ThreadLocal<>();
        Coroutines.run(time.options().withContext(ContextCapture.of(variable)), () -> {
            List<Coroutine<?>> all = new ArrayList<>();
            variable.set(-1);
            for (int number = 0; number < 100; number++) {
                int own = number;
                all.add(spawnLater(() -> {
                    assertEquals(-1, variable.get(), "that of the one who made it");
                    for (int i = 0; i < 10; i++) {
                        variable.set(own + i);
                        sleep(ms(1 + (own * 7 + i * 13) % 5));
                        assertEquals(own + i, variable.get());
                    }
                }));
            }
            await(all);
            return assertInstanceOf(Integer.class, variable.get());
        });
        assertNull(variable.get());
    }

    // -------------------------------------------------------------------------------------------- nothing is destroyed

    @Test
    @DisplayName(
            "A-53 one that nobody refers to is not destroyed while it is pending: the loop holds it, and unwinds it"
                    + " (test_log_destroyed_pending_task)")
    void oneThatNobodyRefersToIsNotDestroyed() {
        time.run(() -> {
            WeakReference<Coroutine<?>> weak = new WeakReference<>(spawn("forgotten", () -> {
                try {
                    await(new Deferred<>());
                } finally {
                    log.add("unwound");
                }
            }));
            for (int i = 0; i < 3; i++) {
                System.gc();
                moment();
            }
            assertTrue(Coroutines.all(EventLoop.current()).contains(weak.get()));
            assertTrue(Coroutines.dump(EventLoop.current()).contains("forgotten"));
            assertEquals(List.of(), log);
        });
        assertEquals(List.of("unwound"), log);
    }

    // ----------------------------------------------------------------------------------------------- from other
    // threads

    @Test
    @DisplayName("A-57 a limit on the wait of a foreign thread ends the wait; its cancel ends the coroutine"
            + " (test_run_coroutine_threadsafe_with_timeout)")
    void limitOnTheWaitOfAForeignThread() throws Exception {
        CountDownLatch unwound = new CountDownLatch(1);
        try (EventLoop loop = EventLoop.open(time.wallClock())) {
            Coroutine<String> coroutine = spawn(loop, () -> {
                try {
                    return await(new Deferred<>());
                } finally {
                    unwound.countDown();
                }
            });
            assertThrows(TimeoutException.class, () -> coroutine.get(5, TimeUnit.MILLISECONDS));
            assertFalse(coroutine.isDone());
            assertTrue(coroutine.cancel(true));
            VirtualTime.pass(unwound);
            assertThrows(CancellationException.class, () -> coroutine.get(10, TimeUnit.SECONDS));
        }
    }

    // --------------------------------------------------------------------------------------------------- slow steps

    /** Until there is a watchdog: the figures that it would look at. */
    @Test
    @DisplayName("A-58 a step of more than 100 ms, of a body or of a callback, is told with its length"
            + " (test_debug_mode_interop)")
    void slowStepIsToldWithItsLength() {
        time.run(() -> {
            List<Duration> slow = new ArrayList<>();
            EventLoop.current().addListener(new LoopListener() {
                @Override
                public void stepEnded(EventLoop loop, long durationNanos) {
                    Duration step = Duration.ofNanos(durationNanos);
                    if (step.compareTo(ms(100)) > 0) {
                        slow.add(step);
                    }
                }
            });
            await(spawnLater(() -> time.clock.advanceBy(ms(150))));
            EventLoop.current().execute(() -> time.clock.advanceBy(ms(250)));
            EventLoop.current().schedule(ms(1), () -> time.clock.advanceBy(ms(350)));
            sleep(ms(500)); // to wait is no step
            time.clock.advanceBy(ms(100));
            moment();
            assertEquals(List.of(ms(150), ms(250), ms(350)), slow);
        });
    }

    @Test
    @DisplayName("A-58 a failure keeps where it was made (test_task_source_traceback)")
    void failureKeepsWhereItWasMade() {
        time.run(() -> {
            Coroutine<String> child = spawn(() -> {
                moment();
                throw new IOException("here");
            });
            StackTraceElement[] frames =
                    assertThrows(IOException.class, () -> await(child)).getStackTrace();
            assertTrue(frames[0].getMethodName().startsWith("lambda$failureKeepsWhereItWasMade"), frames[0].toString());
        });
    }

    // ---------------------------------------------------------------------------------------------------- golden
    // traces

    @Test
    @DisplayName("A-02, A-03, A-04 trace G-4: tasks, callbacks and timers in the order that asyncio 3.11 showed")
    void traceG4() {
        time.run(() -> {
            EventLoop loop = EventLoop.current();
            log.add(at("main start"));
            Callable<String> b = () -> {
                log.add(at("b run"));
                return "b";
            };
            Coroutine<String> t = spawnLater(b);
            loop.execute(() -> {
                log.add(at("soon1"));
                loop.execute(() -> log.add(at("soon2")));
                loop.schedule(ms(0), () -> log.add(at("later-in")));
            });
            loop.schedule(ms(0), () -> log.add(at("later0")));
            log.add(at("after create"));
            sleep(ms(0));
            log.add(at("after sleep0"));
            await(t);
            log.add(at("after t"));
            log.add(at("done fut " + await(CompletableFuture.completedFuture("sync"))));
            b.call();
            log.add(at("direct await"));
            moment();
            moment();
            return null;
        });
        // asyncio's main is a task that starts in its iteration 1; ours starts in 0, so every number is one less.
        assertEquals(
                List.of(
                        "0 main start",
                        "0 after create",
                        "1 b run",
                        "1 soon1",
                        "1 after sleep0",
                        "1 after t",
                        "1 done fut sync",
                        "1 b run",
                        "1 direct await",
                        "1 later0",
                        "2 soon2",
                        "2 later-in"),
                log);
    }

    @Test
    @DisplayName(
            "A-12, A-13 trace G-7: true, nothing yet, the child one iteration later, its awaiter one more, then false")
    void traceG7() {
        time.run(() -> {
            Coroutine<String> child = spawn(() -> {
                try {
                    return await(new Deferred<>());
                } finally {
                    log.add(at("child"));
                }
            });
            Coroutine<String> parent = spawn(() -> {
                try {
                    return await(child);
                } finally {
                    log.add(at("parent"));
                }
            });
            log.add(at(parent.cancel() + " " + parent.isCancelled() + " " + parent.isDone()));
            assertInstanceOf(CancellationException.class, assertThrows(Exception.class, () -> await(parent)));
            log.add(at(parent.isCancelled() + " " + parent.cancel()));
            assertEquals(List.of("0 true false false", "1 child", "2 parent", "3 true false"), log);
        });
    }
}
