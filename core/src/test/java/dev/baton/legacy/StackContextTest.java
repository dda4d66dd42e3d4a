package dev.baton.legacy;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.Coroutines.tailCall;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.ms;
import static dev.baton.legacy.Named.active;
import static dev.baton.legacy.Named.addCallback;
import static dev.baton.legacy.Named.callback;
import static dev.baton.legacy.Named.context;
import static dev.baton.legacy.Named.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.TimerHandle;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StackContextTest {
    private final VirtualTime time = new VirtualTime();
    private final List<Object> log = new ArrayList<>();
    private final ArithmeticException failure = new ArithmeticException("1 / 0");

    @AfterEach
    void nothingElseIsReportedAndNothingIsLeft() {
        time.assertNoReports();
        assertEquals(List.of(), Contexts.current());
        assertEquals(List.of(), active());
    }

    private void note(String label) {
        log.add(label + " " + active());
    }

    private ExceptionStackContext handler(String label, boolean consumes) {
        return new ExceptionStackContext(thrown -> {
            log.add(label + " " + thrown.getMessage());
            return consumes;
        });
    }

    private void fail() {
        throw failure;
    }

    private static void moments(int count) {
        for (int i = 0; i < count; i++) {
            moment();
        }
    }

    // ----------------------------------------------------------------------------------------------- taken along

    @Test
    @DisplayName("S-01 a context is entered now, and again around what is started in it, to any depth")
    void takenAlong() {
        time.run(() -> {
            EventLoop loop = EventLoop.current();
            context("a").run(() -> {
                note("now");
                loop.execute(() -> {
                    note("callback");
                    loop.execute(() -> note("callback of callback"));
                });
                loop.schedule(ms(5), () -> note("timer"));
                loop.whenDone(new Deferred<>(), (value, none) -> note("never"));
                Deferred<Integer> later = new Deferred<>();
                loop.whenDone(later, (value, none) -> note("done"));
                context("b").run(() -> loop.execute(() -> later.complete(1)));
                spawn(() -> note("coroutine"));
                spawnLater(() -> {
                    moment();
                    note("coroutine, later");
                });
            });
            note("after");
            moments(3);
            TimerHandle[] rate = new TimerHandle[1];
            context("p").run(() -> rate[0] = loop.scheduleAtFixedRate(ms(10), () -> note("period")));
            sleep(ms(25));
            rate[0].cancel();
        });
        assertEquals(
                List.of(
                        "now [a]",
                        "coroutine [a]",
                        "after []",
                        "callback [a]",
                        "callback of callback [a]",
                        "done [a]",
                        "coroutine, later [a]",
                        "timer [a]",
                        "period [p]",
                        "period [p]"),
                log);
    }

    @Test
    @DisplayName("S-01, S-02 a library enters its own context and calls back in the application's"
            + " (SCT.test_exit_library_context)")
    void exitLibraryContext() {
        time.run(() -> {
            context("application").run(() -> {
                Runnable callback = StackContext.wrap(() -> note("final"));
                context("library")
                        .run(() -> addCallback(() -> {
                            note("inner");
                            callback.run();
                            note("inner");
                        }));
            });
            moment();
        });
        assertEquals(
                List.of(
                        "inner [application, library]",
                        "final [application, library, application]",
                        "inner [application, library]"),
                log);
    }

    @Test
    @DisplayName("S-02 a chain started in c1, and run by c2, stays in c1 (SCT.test_isolation_nonempty)")
    void isolationNonempty() {
        time.run(() -> {
            List<Runnable> wrapped = new ArrayList<>();
            Runnable f2 = () -> {
                note("f2");
                addCallback(() -> note("f3"));
            };
            context("c1").run(() -> wrapped.add(StackContext.wrap(f2)));
            context("c2").run(() -> wrapped.getFirst().run());
            moment();
        });
        assertEquals(List.of("f2 [c2, c1]", "f3 [c1]"), log);
    }

    @Test
    @DisplayName(
            "S-02, S-08 a chain started without a context, and run by c2, stays without (SCT.test_isolation_empty)")
    void isolationEmpty() {
        time.run(() -> {
            List<Runnable> wrapped = new ArrayList<>();
            context("c0")
                    .run(() -> NullContext.run(() -> wrapped.add(StackContext.wrap(() -> {
                        note("f2");
                        addCallback(() -> note("f3"));
                    }))));
            context("c2").run(() -> wrapped.getFirst().run());
            moment();
        });
        assertEquals(List.of("f2 [c2]", "f3 []"), log);
    }

    @Test
    @DisplayName("S-02 a callback wrapped in c1 and submitted in c2 runs in c1 alone (IOT.test_pre_wrap,"
            + " test_pre_wrap_with_args)")
    void preWrap() {
        time.run(() -> {
            List<Runnable> wrapped = new ArrayList<>();
            context("c1").run(() -> wrapped.add(StackContext.wrap(() -> note("f1"))));
            wrapped.add(StackContext.wrap(() -> note("wrapped in none")));
            context("c2").run(() -> wrapped.forEach(Named::addCallback));
            moment();
        });
        assertEquals(List.of("f1 [c1]", "wrapped in none []"), log);
    }

    @Test
    @DisplayName("S-02 wrapping twice is wrapping once, and null stays null")
    void wrapTwice() {
        Runnable once = StackContext.wrap(() -> log.add("ran"));
        assertSame(once, StackContext.wrap(once));
        context("c").run(() -> assertSame(once, StackContext.wrap(once)));
        assertNull(StackContext.wrap(null));
        once.run();
        assertEquals(List.of("ran"), log);
    }

    @Test
    @DisplayName("S-02 off the loop, only wrap takes contexts along, also to a loop")
    void offTheLoop() {
        try (EventLoop loop = EventLoop.create(time.options())) {
            List<Runnable> wrapped = new ArrayList<>();
            context("c1").run(() -> {
                note("now");
                wrapped.add(StackContext.wrap(() -> {
                    note("wrapped");
                    loop.execute(() -> note("from there"));
                }));
                loop.execute(() -> note("plain"));
            });
            wrapped.forEach(loop::execute);
            loop.runOnce();
            loop.runOnce();
        }
        assertEquals(List.of("now [c1]", "plain []", "wrapped [c1]", "from there [c1]"), log);
    }

    @Test
    void offTheLoopOnlyWrapTakesContextsAlongAlsoToALoopThatHasEnteredSome() {
        try (EventLoop loop = EventLoop.create(time.options())) {
            loop.execute(() -> context("of the loop").run(() -> {}));
            loop.runOnce();
            context("c1").run(() -> {
                loop.execute(() -> note("plain"));
                loop.execute(StackContext.wrap(() -> note("wrapped")));
                loop.schedule(Duration.ZERO, () -> note("timer"));
                loop.whenDone(CompletableFuture.completedFuture(1), (value, thrown) -> note("done"));
                Coroutines.spawn(loop, () -> note("coroutine"));
            });
            loop.runOnce();
        }
        assertEquals(List.of("plain []", "wrapped [c1]", "done []", "coroutine []", "timer []"), log);
    }

    @Test
    void blockingWorkAndTheAwaitOfABlockingFutureEnterNoContextOnTheirThreads() {
        List<String> entered = Collections.synchronizedList(new ArrayList<>());
        StackContext context = new StackContext(() -> {
            entered.add(EventLoop.currentOrNull() == null ? "without the baton" : "with the baton");
            return () -> {};
        });
        time.run(() -> context.run(() -> {
            FutureTask<String> future = new FutureTask<>(() -> "answer");
            NullContext.run(() -> EventLoop.current().execute(future)); // when it is awaited
            assertEquals("answer", await(future));
            assertEquals("work", Coroutines.blocking(() -> "work"));
        }));
        assertEquals(List.of("with the baton"), entered);
    }

    @Test
    @DisplayName("S-02 what a thread entered before it drove the loop is not the loop's")
    void driverInContext() {
        try (EventLoop loop = EventLoop.create(time.options())) {
            handler("outside", true).run(() -> {
                loop.execute(() -> handler("inside", false).run(() -> loop.execute(this::fail)));
                loop.runOnce();
                loop.runOnce();
            });
        }
        assertEquals(List.of("inside 1 / 0"), log);
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("S-02 a report names the callback and not what surrounds it")
    void reportsNameTheCallback() {
        Runnable named = new Runnable() {
            @Override
            public void run() {
                fail();
            }

            @Override
            public String toString() {
                return "the callback";
            }
        };
        assertEquals("the callback", StackContext.wrap(named).toString());
    }

    // ----------------------------------------------------------------------------------------------- deactivating

    @Test
    @DisplayName(
            "S-03 a deactivated context is missing from the next callback, not from this one (SCT.test_deactivate)")
    void deactivate() {
        time.run(() -> {
            List<Runnable> deactivate = new ArrayList<>();
            addCallback(() -> context("c1").run(c1 -> {
                deactivate.add(c1);
                addCallback(() -> context("c2").run(c2 -> {
                    deactivate.add(c2);
                    addCallback(() -> context("c3").run(c3 -> {
                        deactivate.add(c3);
                        addCallback(() -> {
                            note("before");
                            deactivate.get(1).run();
                            note("after");
                            addCallback(() -> note("next"));
                        });
                    }));
                }));
            }));
            moments(5);
        });
        assertEquals(List.of("before [c1, c2, c3]", "after [c1, c2, c3]", "next [c1, c3]"), log);
    }

    @Test
    @DisplayName("S-03 in any order, and also what was wrapped before (SCT.test_deactivate_order)")
    void deactivateOrder() {
        for (int which = -1; which < 3; which++) {
            List<Runnable> deactivate = new ArrayList<>();
            List<Runnable> wrapped = new ArrayList<>();
            context("c0")
                    .run(c0 -> context("c1")
                            .run(c1 -> context("c2").run(c2 -> {
                                deactivate.addAll(List.of(c0, c1, c2));
                                wrapped.add(StackContext.wrap(() -> {
                                    note("of " + Contexts.current().size());
                                }));
                            })));
            if (which >= 0) {
                deactivate.get(which).run();
            }
            wrapped.getFirst().run();
        }
        assertEquals(List.of("of 3 [c0, c1, c2]", "of 2 [c1, c2]", "of 2 [c0, c2]", "of 2 [c0, c1]"), log);
    }

    @Test
    @DisplayName("S-03 a deactivated handler handles no later callback, but still the body that runs in it; each run of"
            + " an object is deactivated by itself")
    void deactivateHandler() {
        time.run(() -> {
            ExceptionStackContext context = handler("handler", true);
            context.run(deactivate -> {
                deactivate.run();
                addCallback(this::fail);
                throw new IllegalStateException("body");
            });
            context.run(() -> addCallback(this::fail));
            moment();
            assertEquals(List.of(failure), time.reports());
        });
        assertEquals(List.of("handler body", "handler 1 / 0"), log);
    }

    // --------------------------------------------------------------------------------------------------- failures

    @Test
    @DisplayName("S-04 the body's failure goes outwards: false passes it on, true ends it, a throw replaces it")
    void bodyFails() {
        handler("outer", true)
                .run(() -> handler("middle", false)
                        .run(() -> handler("inner", false).run(this::fail)));
        handler("outer", true)
                .run(() -> new ExceptionStackContext(thrown -> {
                            throw new IOException("instead of " + thrown.getMessage());
                        })
                        .run(this::fail));
        handler("outer", false).run(() -> handler("inner", true).run(this::fail));
        assertSame(
                failure,
                assertThrows(
                        ArithmeticException.class, () -> handler("alone", false).run(this::fail)));
        assertEquals(
                List.of(
                        "inner 1 / 0",
                        "middle 1 / 0",
                        "outer 1 / 0",
                        "outer instead of 1 / 0",
                        "inner 1 / 0",
                        "alone 1 / 0"),
                log);
    }

    @Test
    @DisplayName("S-04 so does the failure of a callback, and of a callback of a callback (HTTPStackContextTest."
            + "test_stack_context)")
    void callbackFails() {
        time.run(() -> {
            handler("outer", true)
                    .run(() -> handler("inner", false).run(() -> addCallback(() -> addCallback(this::fail))));
            moments(2);
        });
        assertEquals(List.of("inner 1 / 0", "outer 1 / 0"), log);
    }

    @Test
    @DisplayName("S-04 the callback of whenDone fails in the context of the call; the future's failure is its argument"
            + " (IOT.test_add_future_stack_context)")
    void whenDoneFails() {
        Coroutines.run(time.wallClock(), () -> {
            Deferred<Object> worker = new Deferred<>();
            Deferred<Object> handled = new Deferred<>();
            new ExceptionStackContext(thrown -> {
                        log.add(thrown.getMessage());
                        return handled.complete(null);
                    })
                    .run(() -> EventLoop.current().whenDone(worker, (value, thrown) -> {
                        log.add(thrown.getMessage());
                        throw new IllegalStateException("callback");
                    }));
            Thread.ofPlatform().start(() -> worker.completeExceptionally(new IllegalStateException("worker")));
            return await(handled);
        });
        assertEquals(List.of("worker", "callback"), log);
    }

    @Test
    @DisplayName("S-04 contexts are closed in reverse, before the handlers around them are asked")
    void closedInReverse() {
        time.run(() -> {
            handler("outer", true)
                    .run(() -> context("a")
                            .run(() -> new ExceptionStackContext(thrown -> {
                                        note("inner");
                                        return false;
                                    })
                                    .run(() -> context("b")
                                            .run(() -> addCallback(() -> {
                                                note("callback");
                                                fail();
                                            })))));
            moment();
        });
        assertEquals(List.of("callback [a, b]", "inner [a]", "outer 1 / 0"), log);
    }

    @Test
    @DisplayName("S-04 what a factory throws, or a close, goes to the handlers around; a close after a failure is"
            + " suppressed")
    void factoryAndCloseFail() {
        IOException inFactory = new IOException("factory");
        IOException inClose = new IOException("close");
        StackContext badFactory = new StackContext(() -> {
            throw inFactory;
        });
        StackContext badClose = new StackContext(() -> () -> {
            throw inClose;
        });
        handler("outer", true).run(() -> badFactory.run(() -> log.add("never")));
        handler("outer", true).run(() -> context("a").run(() -> badClose.run(() -> note("body"))));
        handler("outer", true).run(() -> badClose.run(this::fail));
        assertEquals(List.of(inClose), List.of(failure.getSuppressed()));
        assertThrows(NullPointerException.class, () -> new StackContext(() -> null).run(() -> log.add("never")));
        assertEquals(List.of("outer factory", "body [a]", "outer close", "outer 1 / 0"), log);
    }

    @Test
    @DisplayName("L-11, S-08 what is started in no context fails at the loop's handler (IOT.test_spawn_callback)")
    void nullContext() {
        time.run(() -> {
            handler("handler", true).run(() -> {
                addCallback(this::fail);
                NullContext.run(() -> {
                    addCallback(this::fail);
                    addCallback(() -> note("none"));
                });
                addCallback(this::fail);
            });
            moment();
            assertEquals(List.of(failure), time.reports());
        });
        assertEquals(List.of("handler 1 / 0", "none []", "handler 1 / 0"), log);
    }

    // ------------------------------------------------------------------------------------------------- coroutines

    @Test
    @DisplayName("S-06 a coroutine may await in a context, which stays its own: an error in Tornado"
            + " (SCT.test_yield_in_with)")
    void awaitInContext() {
        time.run(() -> {
            Engine.engine(() -> {
                ResultCallback callback = callback("a");
                context("c1").run(() -> {
                    addCallback(callback);
                    waitFor("a");
                    note("after the await");
                    addCallback(() -> note("its callback"));
                });
                note("outside");
            });
            note("caller");
            addCallback(() -> note("callback of the caller"));
            moments(3);
        });
        assertEquals(
                List.of(
                        "caller []",
                        "callback of the caller []",
                        "after the await [c1]",
                        "outside []",
                        "its callback [c1]"),
                log);
    }

    @Test
    @DisplayName(
            "S-06, S-04 and the handler sees what the await throws (SCT.test_yield_in_with_exception_stack_context)")
    void awaitInExceptionContext() {
        time.run(() -> {
            handler("handler", true).run(() -> {
                await(new Task(Named::addCallback));
                await(new Task(callback -> addCallback(this::fail)));
                log.add("not reached");
            });
            log.add(at("goes on"));
            Coroutine<?> swallows = spawn(() -> new ExceptionStackContext(thrown -> {
                        log.add(thrown.getClass().getSimpleName());
                        return thrown instanceof CancellationException;
                    })
                    .run(() -> await(new Deferred<>())));
            swallows.cancel();
            moment();
            log.add(swallows.isCancelled());
        });
        assertEquals(List.of("handler 1 / 0", "4 goes on", "CancellationException", false), log);
    }

    @Test
    @DisplayName("S-06 to schedule in a context and to await outside works as well (SCT.test_yield_outside_with,"
            + " test_yield_outside_with_exception_stack_context)")
    void awaitOutsideOfContext() {
        time.run(() -> {
            ResultCallback k1 = callback("k1");
            context("c1").run(() -> addCallback(k1));
            waitFor("k1");
            note("c1");
            ResultCallback k2 = callback("k1");
            handler("handler", false).run(() -> addCallback(k2));
            waitFor("k1");
            note("handler");
        });
        assertEquals(List.of("c1 []", "handler []"), log);
    }

    @Test
    @DisplayName("S-07 a coroutine that is run in a context is in it for life, its caller not"
            + " (SCT.test_run_with_stack_context)")
    void runWith() {
        time.run(() -> {
            List<Coroutine<?>> spawned = new ArrayList<>();
            StackContext.runWith(
                    context("c1"),
                    () -> spawned.add(spawn(() -> {
                        note("f1");
                        StackContext.runWith(
                                context("c2"),
                                () -> spawned.add(spawn(() -> {
                                    note("f2");
                                    await(new Task(Named::addCallback));
                                    note("f2");
                                })));
                        await(spawned.getFirst());
                        note("f1");
                    })));
            note("caller");
            await(spawned.getLast());
        });
        assertEquals(List.of("f1 [c1]", "f2 [c1, c2]", "caller []", "f2 [c1, c2]", "f1 [c1]"), log);
    }

    @Test
    @DisplayName("S-01, T-03 a coroutine enters the contexts once and leaves them at its end; its failure passes the"
            + " handlers by")
    void coroutineInContext() {
        StackContext traced = new StackContext(() -> {
            log.add("enter");
            return () -> log.add("leave");
        });
        time.run(() -> {
            List<Coroutine<?>> spawned = new ArrayList<>();
            handler("handler", true)
                    .run(() -> traced.run(() -> spawned.add(spawn(() -> {
                        moments(3);
                        log.add("fails");
                        throw failure;
                    }))));
            log.add("spawned");
            assertSame(failure, assertThrows(ArithmeticException.class, () -> await(spawned.getFirst())));
        });
        assertEquals(List.of("enter", "enter", "leave", "spawned", "fails", "leave"), log);
    }

    @Test
    @DisplayName("T-04, S-04 a Return is no failure: no handler sees it")
    void returnPassesTheHandlers() {
        time.run(() -> {
            Coroutine<Object> returns = spawn(() -> {
                handler("handler", true).run(() -> {
                    throw new Return(42);
                });
                return 0;
            });
            log.add(returns.resultNow());
        });
        assertEquals(List.of(42), log);
    }

    @Test
    @DisplayName("S-10 a wait does not pick up the context of who calls back (GET.test_wait_transfer_stack_context)")
    void waitTransfersNoContext() {
        time.run(() -> {
            ResultCallback callback = callback("k1");
            context("a")
                    .run(() -> addCallback(() -> {
                        note("step2");
                        addCallback(callback);
                    }));
            note("before");
            waitFor("k1");
            note("after");
            addCallback(() -> note("callback"));
            moment();
        });
        assertEquals(List.of("before []", "step2 [a]", "after []", "callback []"), log);
    }

    @Test
    @DisplayName("S-10, Y-01 what a YieldPoint starts when it is asked is in the context of its coroutine")
    void yieldPointIsAskedInTheContextOfItsCoroutine() {
        time.run(() -> {
            context("mine").run(() -> {
                ResultCallback callback = callback("k1");
                context("theirs").run(() -> addCallback(() -> callback.call("v")));
                log.add(await(new YieldPoint<Object>() {
                    private final Wait wait = new Wait("k1");

                    @Override
                    public void start(Run run) {
                        wait.start(run);
                    }

                    @Override
                    public boolean isReady() {
                        return wait.isReady();
                    }

                    @Override
                    public Object getResult() {
                        addCallback(() -> note("started by getResult"));
                        return wait.getResult();
                    }
                }));
            });
            moment();
        });
        assertEquals(List.of("started by getResult [mine]", "v"), log);
    }

    @Test
    @DisplayName("S-10, Y-04 to hand over a result enters no context, neither the coroutine's nor the caller's")
    void resultEntersNoContext() {
        StackContext noisy = new StackContext(() -> {
            log.add("enter");
            return () -> log.add("leave");
        });
        Coroutines.run(time.wallClock(), () -> {
            noisy.run(() -> {
                ResultCallback callback = callback("k1");
                ExceptionStackContext theirs = handler("never", false);
                Thread.ofPlatform().start(() -> theirs.run(() -> callback.run()));
                waitFor("k1");
                log.add("resumed");
                addCallback(() -> log.add("started by the coroutine"));
                moment();
            });
            return null;
        });
        assertEquals(List.of("enter", "resumed", "enter", "started by the coroutine", "leave", "leave"), log);
    }

    // ----------------------------------------------------------------------------------------------------- no leak

    private static int depth() {
        return Contexts.current().size();
    }

    @Test
    @DisplayName("S-09 tasks in a row leave no context behind, also when they fail (GET.test_stack_context_leak,"
            + " test_stack_context_leak_exception)")
    void tasksLeaveNoContext() {
        time.run(() -> context("a").run(() -> {
            int before = depth();
            for (int i = 0; i < 10; i++) {
                await(new Task(callback -> Engine.engine(() -> {
                    await(new Task(Named::addCallback));
                    callback.run();
                })));
                assertThrows(
                        ArithmeticException.class,
                        () -> await(new Task(callback -> Engine.engine(() -> {
                            await(new Task(Named::addCallback));
                            fail();
                        }))));
            }
            log.add(depth() - before);
        }));
        assertEquals(List.of(0), log);
    }

    @Test
    @DisplayName("S-09 the depth is constant over 10,000 awaits, spawns, callbacks and tail calls")
    void depthIsConstant() {
        time.run(() -> context("a").run(() -> {
            for (int i = 0; i < 10_000; i++) {
                await(new Task(ResultCallback::run));
                callback("k").run();
                waitFor("k");
            }
            note("awaits " + depth());
            Deferred<Object> spawned = new Deferred<>();
            spawnNext(10_000, spawned);
            await(spawned);
            note("spawns " + depth());
            Deferred<Object> called = new Deferred<>();
            callNext(10_000, called);
            await(called);
            note("callbacks " + depth());
            Deferred<Object> tailCalled = new Deferred<>();
            Coroutine<?> calls = spawn(() -> tailNext(10_000, tailCalled));
            await(tailCalled);
            assertTrue(calls.isDone());
            note("tail calls " + depth());
            Deferred<Object> entered = new Deferred<>();
            enterNext(10_000, entered);
            await(entered);
            note("deactivated " + depth());
        }));
        assertEquals(
                List.of(
                        "awaits 1 [a]",
                        "in the last 1 [a]",
                        "spawns 1 [a]",
                        "in the last 1 [a]",
                        "callbacks 1 [a]",
                        "in the last 1 [a]",
                        "tail calls 1 [a]",
                        "in the last 1 [a]",
                        "deactivated 1 [a]"),
                log);
    }

    private void last(Deferred<Object> done) {
        note("in the last " + depth());
        assertTrue(done.complete(null));
    }

    private void spawnNext(int count, Deferred<Object> done) {
        if (count == 0) {
            last(done);
        } else {
            spawnLater(() -> spawnNext(count - 1, done));
        }
    }

    private @Nullable Object tailNext(int count, Deferred<Object> done) {
        if (count == 0) {
            last(done);
            return null;
        }
        return tailCall(() -> tailNext(count - 1, done));
    }

    private void callNext(int count, Deferred<Object> done) {
        if (count == 0) {
            last(done);
        } else {
            addCallback(() -> callNext(count - 1, done));
        }
    }

    private void enterNext(int count, Deferred<Object> done) {
        if (count == 0) {
            last(done);
        } else {
            context("b").run(deactivate -> {
                addCallback(() -> enterNext(count - 1, done));
                deactivate.run();
            });
        }
    }
}
