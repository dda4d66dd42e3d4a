package dev.baton.legacy;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.ms;
import static dev.baton.legacy.Named.addCallback;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TaskTest {
    private final VirtualTime time = new VirtualTime();
    private final List<Object> log = new ArrayList<>();
    private final ArithmeticException failure = new ArithmeticException("1 / 0");

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    @Test
    @DisplayName(
            "U-21, T-05 the function is called at once, and its callback resumes one iteration later (GET.test_task,"
                    + " GWT.test_task_handler)")
    void callbackResumesOneIterationLater() {
        time.run(() -> {
            Task task = new Task(callback -> {
                log.add(at("function"));
                addCallback(() -> {
                    callback.call("response");
                    log.add(at("called"));
                });
            });
            log.add(at("made"));
            log.add(at(String.valueOf(await(task))));
        });
        assertEquals(List.of("0 function", "0 made", "1 called", "2 response"), log);
    }

    @Test
    @DisplayName("U-21, U-22 no argument is null, one is the value, more are Arguments (GET.test_arguments)")
    void argumentsBecomeTheValue() {
        time.run(() -> {
            assertNull(await(new Task(ResultCallback::call)));
            assertEquals(42, await(new Task(callback -> callback.call(42))));
            assertEquals(
                    new Arguments(Arrays.asList(null, 1), Map.of()),
                    await(new Task(callback -> callback.call(null, 1))));
            Arguments named = new Arguments(Arrays.asList((Object) null), Map.of("error", "foo"));
            assertSame(named, await(new Task(callback -> callback.call(named))));
        });
    }

    @Test
    @DisplayName("U-21, T-15 the callback of a task is one for spawn (GCT.test_pass_callback)")
    void callbackOfTaskIsOneForSpawn() {
        time.run(() -> log.add(await(new Task(callback -> spawn(() -> 42, callback)))));
        assertEquals(List.of(42), log);
    }

    @Test
    @DisplayName("U-21 only the first call counts, and a failure after it goes to the loop")
    void onlyTheFirstCallCounts() {
        time.run(() -> {
            Task task = new Task(callback -> {
                callback.call(1);
                callback.call(2);
                addCallback(() -> {
                    throw failure;
                });
            });
            log.add(await(task));
            moment();
            assertEquals(List.of(failure), time.reports());
            assertFalse(task.isCompletedExceptionally());
        });
        assertEquals(List.of(1), log);
    }

    @Test
    @DisplayName("U-21 what the function throws goes to the future, and not to the caller"
            + " (GET.test_exception_in_task_phase1)")
    void failureOfTheFunctionGoesToTheFuture() {
        time.run(() -> {
            Task task = new Task(callback -> {
                throw failure;
            });
            log.add("made");
            assertSame(failure, assertThrows(ArithmeticException.class, () -> await(task)));
        });
        assertEquals(List.of("made"), log);
    }

    @Test
    @DisplayName("U-21, S-04 so does what a callback throws that it has scheduled, and what that one has scheduled"
            + " (GET.test_exception_in_task_phase2, GWT.test_yield_exception_handler)")
    void failureOfCallbackGoesToTheFuture() {
        time.run(() -> {
            Task next = new Task(callback -> addCallback(() -> {
                throw failure;
            }));
            assertSame(failure, assertThrows(ArithmeticException.class, () -> await(next)));
            log.add(at("a callback"));
            Task chain = new Task(callback -> addCallback(() -> EventLoop.current()
                    .schedule(
                            ms(5),
                            () -> EventLoop.current().whenDone(spawn(() -> 1), (value, none) -> {
                                throw failure;
                            }))));
            assertSame(failure, assertThrows(ArithmeticException.class, () -> await(chain)));
            log.add(time.when("a chain"));
            Task engine = new Task(callback -> Engine.engine(() -> {
                moment();
                throw failure;
            }));
            assertSame(failure, assertThrows(ArithmeticException.class, () -> await(engine)));
            log.add("an engine");
        });
        assertEquals(List.of("2 a callback", "5 a chain", "an engine"), log);
    }

    @Test
    @DisplayName("U-21 the failure of a coroutine that the function has spawned belongs to those who await that")
    void failureOfCoroutineStaysWithIt() {
        IOException own = new IOException();
        time.run(() -> {
            Task task = new Task(callback -> {
                spawn(() -> {
                    throw own;
                });
                callback.call("value");
            });
            log.add(await(task));
        });
        assertEquals(List.of("value"), log);
        assertEquals(List.of(own), time.reports());
    }

    @Test
    @DisplayName("U-21, C-14 a failure that nobody retrieves is reported, once")
    void failureThatNobodyRetrievesIsReported() {
        time.run(() -> {
            Task task = new Task(callback -> addCallback(() -> {
                throw failure;
            }));
            moment();
            assertTrue(task.isCompletedExceptionally());
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("U-21 the callback may be called from any thread")
    void callbackMayBeCalledFromAnyThread() {
        Coroutines.run(time.wallClock(), () -> {
            Task task = new Task(callback -> Thread.ofPlatform().start(() -> callback.call("from elsewhere")));
            return log.add(await(task));
        });
        assertEquals(List.of("from elsewhere"), log);
    }

    @Test
    @DisplayName("S-10 the awaiting coroutine does not pick up the context of the function"
            + " (GET.test_task_transfer_stack_context)")
    void contextOfTheFunctionStaysThere() {
        time.run(() -> {
            await(new Task(callback -> Named.context("a")
                    .run(() -> addCallback(() -> {
                        log.add(Named.active());
                        addCallback(callback);
                    }))));
            log.add(Named.active());
            addCallback(() -> log.add(Named.active()));
            moment();
        });
        assertEquals(List.of(List.of("a"), List.of(), List.of()), log);
    }

    @Test
    @DisplayName("T-21 a task and its argument are free when the coroutine is done (GET.test_task_refcounting)")
    void taskAndArgumentAreFreeWhenDone() {
        List<WeakReference<Object>> references = new ArrayList<>();
        time.run(() -> {
            await(spawn(() -> {
                byte[] argument = new byte[1000];
                references.add(new WeakReference<>(argument));
                Task task = new Task(callback -> addCallback(() -> callback.call(argument)));
                references.add(new WeakReference<>(task));
                await(task);
            }));
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
                System.gc();
                return references.stream().allMatch(reference -> reference.refersTo(null));
            });
        });
        assertEquals(2, references.size());
    }
}
