package dev.baton.legacy;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.ms;
import static dev.baton.legacy.Named.addCallback;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.future.BadYieldException;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.FailureReport;
import dev.baton.loop.LoopListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EngineTest {
    private final VirtualTime time = new VirtualTime();
    private final List<Object> log = new ArrayList<>();
    private final ArithmeticException failure = new ArithmeticException("1 / 0");

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private void inHandler(Runnable body) {
        new ExceptionStackContext(thrown -> {
                    log.add(at("handler " + thrown.getClass().getSimpleName()));
                    return true;
                })
                .run(body);
    }

    private static void waitABit() {
        await(new Task(Named::addCallback));
    }

    // ------------------------------------------------------------------------------------------------------ running

    @Test
    @DisplayName("E-01 an engine runs at once, and returns nothing (GET.test_no_yield, test_reuse)")
    void runsAtOnce() {
        time.run(() -> {
            for (int i = 0; i < 2; i++) {
                log.add(at("before"));
                Engine.engine(() -> {
                    log.add(at("body"));
                    moment();
                    log.add(at("end"));
                });
                log.add(at("after"));
                moment();
            }
        });
        assertEquals(List.of("0 before", "0 body", "0 after", "1 end", "1 before", "1 body", "1 after", "2 end"), log);
    }

    @Test
    @DisplayName("E-01 an engine calls its callback itself, also before it ends (GET.test_task)")
    void callsItsCallbackItself() {
        time.run(() -> {
            Object value = await(new Task(callback -> Engine.engine(() -> {
                moment();
                callback.call("early");
                log.add(at("still runs"));
                moment();
                log.add(at("ends"));
            })));
            log.add(at("got " + value));
            moment();
        });
        assertEquals(List.of("1 still runs", "2 got early", "2 ends"), log);
    }

    @Test
    @DisplayName("T-12, T-13 an engine awaits null, and gets what cannot be awaited thrown in (GET.test_none,"
            + " test_bogus_yield, test_bogus_yield_tuple)")
    void awaitsNullAndNothingUnknown() {
        time.run(() -> {
            Engine.engine(() -> {
                await((Object) null);
                log.add(at("after null"));
            });
            assertThrows(BadYieldException.class, () -> Engine.engine(() -> await((Object) 42)));
            assertThrows(BadYieldException.class, () -> Engine.engine(() -> await(new Object[] {1, 2})));
            moment();
        });
        assertEquals(List.of("1 after null"), log);
    }

    @Test
    @DisplayName("E-01 off a loop there is nothing to run it")
    void needsLoop() {
        assertThrows(IllegalStateException.class, () -> Engine.engine(() -> log.add("never")));
        assertEquals(List.of(), log);
    }

    // ------------------------------------------------------------------------------------------------------ failures

    @Test
    @DisplayName("E-02 a failure before the first await is thrown at the call, and is not reported"
            + " (GET.test_exception_phase1, test_raise_after_stop)")
    void earlyFailureIsThrownAtTheCall() {
        time.run(() -> {
            assertSame(
                    failure,
                    assertThrows(
                            ArithmeticException.class,
                            () -> Engine.engine(() -> {
                                log.add("before it");
                                throw failure;
                            })));
            IOException checked = new IOException();
            assertSame(
                    checked,
                    assertThrows(
                            IOException.class,
                            () -> Engine.call(() -> {
                                throw checked;
                            })));
        });
        assertEquals(List.of("before it"), log);
    }

    @Test
    @DisplayName("E-02 a later failure goes to the loop's handler, once (GET.test_exception_phase2)")
    void laterFailureGoesToTheLoop() {
        time.run(() -> {
            Engine.engine(() -> {
                addCallback(Named.callback("k1"));
                Named.waitFor("k1");
                throw failure;
            });
            for (int i = 0; i < 5; i++) {
                moment();
            }
            assertEquals(List.of(failure), time.reports());
        });
    }

    @Test
    @DisplayName("E-02, S-05 a later failure goes to the handler of the call, once, in the iteration in which it fails"
            + " (GWT.test_exception_handler, test_coroutine_exception_handler)")
    void laterFailureGoesToTheHandlerOfTheCall() {
        time.run(() -> {
            inHandler(() -> Engine.engine(() -> {
                waitABit();
                log.add(at("fails"));
                throw failure;
            }));
            for (int i = 0; i < 5; i++) {
                moment();
            }
        });
        assertEquals(List.of("2 fails", "2 handler ArithmeticException"), log);
    }

    /** As in Tornado, where the engine's future runs the callback that raises, inside the step that fails. */
    @Test
    void laterFailureReachesItsHandlerBeforeAnythingElseThatIsReady() {
        time.run(() -> {
            inHandler(() -> Engine.engine(() -> {
                moment();
                addCallback(() -> log.add(at("made ready by the engine")));
                log.add(at("fails"));
                throw failure;
            }));
            addCallback(() -> log.add(at("ready beside the engine")));
            for (int i = 0; i < 3; i++) {
                moment();
            }
        });
        assertEquals(
                List.of(
                        "1 fails",
                        "1 handler ArithmeticException",
                        "1 ready beside the engine",
                        "2 made ready by the engine"),
                log);
    }

    @Test
    void failureThatAPauseHoldsBackReachesItsHandlerAndNoOtherWhenItIsLetGo() {
        time.run(() -> {
            List<Coroutine<?>> engine = new ArrayList<>();
            inHandler(() -> Engine.engine(() -> {
                engine.add(Coroutines.current());
                moment();
                throw failure;
            }));
            engine.getFirst().pause();
            moment();
            moment();
            new ExceptionStackContext(thrown -> log.add("the wrong handler")).run(engine.getFirst()::unpause);
            moment();
            moment();
        });
        assertEquals(List.of("3 handler ArithmeticException"), log);
    }

    @Test
    @DisplayName("E-02 a failure that the handler passes on goes to the one around it, then to the loop")
    void failureThatIsNotConsumedGoesOn() {
        time.run(() -> {
            ExceptionStackContext passesOn = new ExceptionStackContext(thrown -> {
                log.add("passes on");
                return false;
            });
            passesOn.run(() -> passesOn.run(() -> Engine.engine(() -> {
                moment();
                throw failure;
            })));
            moment();
            moment();
            assertEquals(List.of(failure), time.reports());
        });
        assertEquals(List.of("passes on", "passes on"), log);
    }

    @Test
    @DisplayName("E-02 an engine that the closing loop cancels is not a failure of anybody")
    void cancelledByTheClosingLoopIsSilent() {
        time.run(() -> {
            inHandler(() -> Engine.engine(() -> {
                try {
                    await(new Deferred<>());
                } finally {
                    log.add("unwound");
                }
            }));
            Engine.engine(() -> await(new Deferred<>()));
        });
        assertEquals(List.of("unwound"), log);
    }

    @Test
    @DisplayName("E-02 a cancellation that nobody has asked for is a failure")
    void otherCancellationIsReported() {
        CancellationException cancelled = new CancellationException("unasked");
        time.run(() -> {
            Engine.engine(() -> {
                moment();
                throw cancelled;
            });
            moment();
            moment();
            assertEquals(List.of(cancelled), time.reports());
        });
    }

    @Test
    @DisplayName(
            "GWT.test_yield_exception_handler: what a coroutine throws arrives at the await and not at the handler")
    void awaitedFailureDoesNotReachTheHandler() {
        time.run(() -> {
            inHandler(() -> Engine.engine(() -> {
                try {
                    await(spawn(() -> {
                        waitABit();
                        throw failure;
                    }));
                } catch (ArithmeticException e) {
                    log.add("caught at the await");
                }
            }));
            for (int i = 0; i < 6; i++) {
                moment();
            }
        });
        assertEquals(List.of("caught at the await"), log);
    }

    @Test
    @DisplayName(
            "Y-10 not kept: what a callback throws that a coroutine has scheduled goes to the loop, and not into the"
                    + " coroutine (GCT.test_replace_context_exception, test_swallow_context_exception)")
    void failureOfCallbackIsNotThrownIntoTheCoroutine() {
        time.run(() -> {
            await(spawn(() -> {
                Named.callback(1).run();
                Named.waitFor(1);
                addCallback(() -> {
                    throw failure;
                });
                sleep(ms(10));
                log.add(time.when("slept on"));
            }));
            assertEquals(List.of(failure), time.reports());
        });
        assertEquals(List.of("10 slept on"), log);
    }

    // ------------------------------------------------------------------------------------------------------ values

    @Test
    @DisplayName("E-03 a value before the first await is an error at the call (GET.test_return_value,"
            + " test_return_value_tuple, test_sync_raise_return_value, test_sync_raise_return_value_tuple)")
    void valueIsAnErrorAtTheCall() {
        time.run(() -> {
            ReturnValueIgnoredException thrown =
                    assertThrows(ReturnValueIgnoredException.class, () -> Engine.call(() -> 42));
            assertTrue(thrown.getMessage().contains("42"), thrown.getMessage());
            assertThrows(ReturnValueIgnoredException.class, () -> Engine.call(() -> List.of(1, 2)));
            assertThrows(
                    ReturnValueIgnoredException.class,
                    () -> Engine.engine(() -> {
                        throw new Return(42);
                    }));
            assertThrows(
                    ReturnValueIgnoredException.class,
                    () -> Engine.engine(() -> {
                        throw new Return(List.of(1, 2));
                    }));
        });
    }

    @Test
    @DisplayName("E-03 a value after an await goes to the handler, or to the loop (GET.test_async_raise_return_value,"
            + " test_async_raise_return_value_tuple)")
    void laterValueGoesToTheHandler() {
        time.run(() -> {
            inHandler(() -> Engine.engine(() -> {
                waitABit();
                throw new Return(42);
            }));
            Engine.call(() -> {
                waitABit();
                return List.of(1, 2);
            });
            for (int i = 0; i < 5; i++) {
                moment();
            }
            List<Throwable> reports = time.reports();
            assertEquals(1, reports.size(), reports.toString());
            assertEquals(ReturnValueIgnoredException.class, reports.getFirst().getClass());
            assertTrue(reports.getFirst().getMessage().contains("[1, 2]"), reports.toString());
        });
        assertEquals(List.of("2 handler ReturnValueIgnoredException"), log);
    }

    @Test
    @DisplayName("E-04 Return without a value is allowed (GET.test_sync_raise_return, test_async_raise_return)")
    void returnWithoutValueIsAllowed() {
        time.run(() -> {
            Engine.engine(() -> {
                log.add("sync");
                throw new Return();
            });
            Engine.engine(() -> {
                waitABit();
                log.add("async");
                throw new Return();
            });
            Engine.call(() -> null);
            for (int i = 0; i < 5; i++) {
                moment();
            }
        });
        assertEquals(List.of("sync", "async"), log);
    }

    // ------------------------------------------------------------------------------------------- the callback of spawn

    @Test
    @DisplayName("T-15, S-05 the failure of a coroutine with a callback goes to the handler of the call, once")
    void failureOfCoroutineWithCallbackGoesToTheHandler() {
        time.run(() -> {
            inHandler(() -> {
                spawn(
                        () -> {
                            throw failure;
                        },
                        value -> log.add("never called"));
                spawn(
                        () -> {
                            moment();
                            throw failure;
                        },
                        value -> log.add("never called"));
            });
            log.add(at("spawned"));
            for (int i = 0; i < 5; i++) {
                moment();
            }
        });
        assertEquals(List.of("0 spawned", "1 handler ArithmeticException", "2 handler ArithmeticException"), log);
    }

    @Test
    @DisplayName("T-15 a callback that throws fails in the context of the call; without one, both go to the loop")
    void callbackThatThrowsFailsInTheContextOfTheCall() {
        time.run(() -> {
            inHandler(() -> spawn(() -> "value", value -> {
                throw new IllegalArgumentException(value);
            }));
            spawn(() -> "value", value -> {
                throw failure;
            });
            moment();
            assertEquals(List.of(failure), time.reports());
        });
        assertEquals(List.of("1 handler IllegalArgumentException"), log);
    }

    @Test
    @DisplayName("T-15 the report calls an engine by its name")
    void reportNamesTheEngine() {
        EventLoop loop = EventLoop.create(time.options());
        List<String> messages = new ArrayList<>();
        loop.addListener(new LoopListener() {
            @Override
            public void failureReported(EventLoop reporting, FailureReport report) {
                messages.add(report.message());
            }
        });
        try (loop) {
            loop.execute(() -> Engine.engine(() -> {
                moment();
                throw failure;
            }));
            for (int i = 0; i < 5; i++) {
                loop.runOnce();
            }
        }
        assertEquals(List.of(failure), time.reports());
        assertTrue(messages.getFirst().startsWith("callback engine Coroutine[coroutine-"), messages.toString());
    }
}
