package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.ContextCapture;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What surrounds a coroutine; how it returns early; and what others keep with it. */
class ContextTest {
    private static final ThreadLocal<String> USER = new ThreadLocal<>();

    private final VirtualTime time = new VirtualTime();
    private final List<Object> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
        assertNull(USER.get());
    }

    private <T> T run(Callable<? extends T> body) {
        return run(ContextCapture.of(USER), body);
    }

    private <T> T run(ContextCapture capture, Callable<? extends T> body) {
        return Coroutines.run(time.options().withContext(capture), body);
    }

    private void note(String label) {
        log.add(label + " " + USER.get());
    }

    // ---------------------------------------------------------------------------------------------------- the context

    @Test
    @DisplayName("T-24, A-55, W-18 a coroutine starts in a copy of its spawner's context, of the time of the call"
            + " (ContextVarsTest.test_propagate; BTT.test_context_1, test_context_2;"
            + " CoroutineContextVarsTests.test_withInlineCallbacks)")
    void startsInCopyOfTheSpawnersContext() {
        run(() -> {
            USER.set("ann");
            Coroutine<?> now = spawn(() -> {
                note("now");
                moment();
                note("now");
            });
            Coroutine<?> later = spawnLater(() -> note("later"));
            USER.set("bob");
            await(now);
            await(later);
            return null;
        });
        assertEquals(List.of("now ann", "now ann", "later ann"), log);
    }

    @Test
    @DisplayName("T-24, A-55 what it sets lasts across its awaits, and neither spawner nor siblings see it"
            + " (ContextVarsTest.test_reset, test_propagate_to_first_yield_with_native_async_function;"
            + " CoroutineContextVarsTests.test_resetWithInlineCallbacks)")
    void whatItSetsIsItsOwn() {
        run(() -> {
            USER.set("main");
            Coroutine<?> one = spawn(() -> {
                USER.set("one");
                moment();
                note("one");
                await(spawn(() -> note("child of one")));
            });
            Coroutine<?> two = spawn(() -> {
                note("two");
                moment();
                note("two");
            });
            note("main");
            await(one);
            await(two);
            note("main");
            EventLoop.current().execute(() -> note("callback"));
            moment();
            return null;
        });
        assertEquals(
                List.of(
                        "two main",
                        "main main",
                        "one one",
                        "child of one one",
                        "two main",
                        "main main",
                        "callback main"),
                log);
    }

    @Test
    @DisplayName("T-24, A-57 the context is that of the thread that spawns, also of a foreign one")
    void foreignThreadSpawns() {
        try (EventLoop loop = EventLoop.open(time.wallClock().withContext(ContextCapture.of(USER)))) {
            USER.set("ann");
            Coroutine<String> spawned;
            Coroutine<String> stranger;
            try {
                spawned = spawn(loop, () -> {
                    moment();
                    return USER.get();
                });
            } finally {
                USER.remove();
            }
            stranger = spawn(loop, () -> String.valueOf(USER.get()));
            assertEquals("ann", spawned.join());
            assertEquals("null", stranger.join());
        }
    }

    @Test
    @DisplayName("T-24 a name and a callback change nothing; the callback is in the context of the call")
    void nameAndCallback() {
        run(() -> {
            USER.set("ann");
            spawn("name", () -> note("named"));
            spawn(() -> "value", value -> note("callback of"));
            USER.remove();
            moment();
            return null;
        });
        assertEquals(List.of("named ann", "callback of ann"), log);
    }

    @Test
    @DisplayName("T-03, F-06 the outcome of the body passes the context by")
    void outcomePassesTheContextBy() {
        IOException failure = new IOException();
        List<String> around = new ArrayList<>();
        ContextCapture swallows = task -> () -> {
            try {
                task.run();
                around.add("returned");
            } catch (Throwable thrown) {
                around.add("swallowed " + thrown);
            }
        };
        run(swallows, () -> {
            assertSame(
                    failure,
                    assertThrows(
                            IOException.class,
                            () -> await(spawn(() -> {
                                moment();
                                throw failure;
                            }))));
            assertEquals(7, await(spawn(() -> 7)));
            Coroutine<?> cancelled = spawn(() -> moment());
            cancelled.cancel();
            moment();
            assertTrue(cancelled.isCancelled());
            return null;
        });
        assertEquals(List.of("returned", "returned", "returned", "returned"), around);
    }

    @Test
    @DisplayName("T-24 a capture that gives null, or throws, fails the call of spawn, and nothing starts")
    void captureThatFailsFailsTheCall() {
        List<ContextCapture> armed = new ArrayList<>();
        ContextCapture capture =
                task -> armed.isEmpty() ? task : armed.getFirst().wrap(task);
        IllegalStateException refusal = new IllegalStateException("no");
        run(capture, () -> {
            armed.add(task -> null);
            assertThrows(NullPointerException.class, () -> spawn(() -> log.add("never")));
            armed.set(0, task -> {
                throw refusal;
            });
            assertSame(refusal, assertThrows(IllegalStateException.class, () -> spawnLater(() -> log.add("never"))));
            armed.clear();
            assertEquals(1, Coroutines.all(EventLoop.current()).size());
            return null;
        });
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("T-24 a context that fails before or after the body, does not run it, or runs it twice, fails the"
            + " coroutine and nobody else")
    void contextThatMisbehavesFailsTheCoroutine() {
        IllegalStateException before = new IllegalStateException("before");
        IllegalStateException after = new IllegalStateException("after");
        List<ContextCapture> armed = new ArrayList<>();
        ContextCapture capture =
                task -> armed.isEmpty() ? task : armed.removeFirst().wrap(task);
        run(capture, () -> {
            armed.add(task -> () -> {
                throw before;
            });
            Coroutine<?> one = spawn(() -> log.add("never"));
            assertSame(before, assertThrows(IllegalStateException.class, () -> await(one)));

            armed.add(task -> () -> {
                task.run();
                throw after;
            });
            Coroutine<?> two = spawn(() -> log.add("ran"));
            assertSame(after, assertThrows(IllegalStateException.class, () -> await(two)));

            armed.add(task -> () -> {});
            Coroutine<?> three = spawn(() -> log.add("never"));
            assertTrue(assertThrows(IllegalStateException.class, () -> await(three))
                    .getMessage()
                    .startsWith("the context did not run the coroutine's body: "));

            armed.add(task -> () -> {
                task.run();
                task.run();
            });
            Coroutine<?> four = spawn(() -> log.add("ran once"));
            assertEquals(
                    "the context has run the coroutine's body before",
                    assertThrows(IllegalStateException.class, () -> await(four)).getMessage());
            return null;
        });
        assertEquals(List.of("ran", "ran once"), log);
    }

    @Test
    @DisplayName("A-55, F-09 blocking work is in a copy of its caller's context")
    void blockingWorkIsInTheContext() {
        run(() -> {
            USER.set("ann");
            assertEquals("ann", Coroutines.blocking(() -> {
                String seen = USER.get();
                USER.set("worker");
                return seen;
            }));
            note("main");
            IOException failure = new IOException();
            assertSame(
                    failure,
                    assertThrows(
                            IOException.class,
                            () -> Coroutines.blocking(() -> {
                                throw failure;
                            })));
            return null;
        });
        assertEquals(List.of("main ann"), log);
    }

    @Test
    @DisplayName(
            "A-55, F-09 a context that fails before the work, or does not run it, fails it; one that fails after it"
                    + " is reported")
    void contextThatMisbehavesFailsBlockingWork() {
        IllegalStateException before = new IllegalStateException("before");
        IllegalStateException after = new IllegalStateException("after");
        List<ContextCapture> armed = new ArrayList<>();
        ContextCapture capture =
                task -> armed.isEmpty() ? task : armed.removeFirst().wrap(task);
        run(capture, () -> {
            armed.add(task -> () -> {
                throw before;
            });
            assertSame(
                    before,
                    assertThrows(IllegalStateException.class, () -> Coroutines.blocking(() -> log.add("never"))));

            armed.add(task -> () -> {});
            assertTrue(assertThrows(IllegalStateException.class, () -> Coroutines.blocking(() -> log.add("never")))
                    .getMessage()
                    .startsWith("the context did not run the work: "));

            armed.add(task -> () -> {
                task.run();
                throw after;
            });
            assertEquals("value", Coroutines.blocking(() -> "value"));
            Coroutines.sleep(VirtualTime.ms(1)); // virtual time goes on when nothing is under way outside
            return null;
        });
        assertEquals(List.of(), log);
        assertEquals(List.of(after), time.reports());
    }

    @Test
    @DisplayName("A-50 the stack of a coroutine shows no frames of what surrounds it")
    void stackShowsNoRuntimeFrames() {
        run(() -> {
            USER.set("ann");
            Coroutine<?> child = spawn(() -> moment());
            assertEquals(
                    List.of(),
                    child.stack().stream()
                            .map(StackTraceElement::getClassName)
                            .filter(name -> name.equals("dev.baton.InContext") || name.startsWith("dev.baton.loop."))
                            .toList());
            return null;
        });
    }

    // ---------------------------------------------------------------------------------------------------- early
    // returns

    private static final class Leave extends EarlyReturn {
        private static final long serialVersionUID = 1L;

        Leave(@Nullable Object value) {
            super(value);
        }
    }

    private static void helper(@Nullable Object value) {
        throw new Leave(value);
    }

    @Test
    @DisplayName("T-04, U-01, W-08 an early return ends the coroutine with its value, also from a helper method"
            + " (NonLocalExitTests.test_returnValueNonLocalWarning)")
    void earlyReturnEndsTheCoroutine() {
        time.run(() -> {
            log.add(await(spawn(() -> {
                helper("at once");
                return "not reached";
            })));
            log.add(await(spawn(() -> {
                moment();
                helper("later");
                return "not reached";
            })));
            assertNull(await(spawn(() -> helper(null))));
        });
        assertEquals(List.of("at once", "later"), log);
    }

    @Test
    @DisplayName("T-04 only the enclosing coroutine is ended; finally blocks run; it is no failure, and has no stack")
    void onlyTheEnclosingCoroutineIsEnded() {
        time.run(() -> {
            Coroutine<String> outer = spawn(() -> {
                Coroutine<String> inner = spawn(() -> {
                    try {
                        helper("inner");
                        return "not reached";
                    } finally {
                        log.add("finally");
                    }
                });
                assertFalse(inner.isCompletedExceptionally());
                return await(inner) + ", outer";
            });
            log.add(await(outer));
        });
        assertEquals(List.of("finally", "inner, outer"), log);
        assertEquals(0, new Leave(1).getStackTrace().length);
    }

    @Test
    @DisplayName("T-04 in a callback it is an exception as any other")
    void inCallbackItIsAnException() {
        time.run(() -> {
            EventLoop.current().execute(() -> helper(1));
            moment();
        });
        List<Throwable> reports = time.reports();
        assertEquals(1, reports.size(), reports.toString());
        assertTrue(reports.getFirst().getMessage().startsWith("an early return of 1"), reports.toString());
    }

    // ---------------------------------------------------------------------------------------------------- attachments

    private final class Notes implements CoroutineAttachment {
        private final @Nullable Exception atTheEnd;

        Notes(@Nullable Exception atTheEnd) {
            this.atTheEnd = atTheEnd;
        }

        @Override
        public void awaitFailed(Throwable failure) {
            log.add("await " + failure.getMessage());
        }

        @Override
        public void ended(@Nullable Throwable failure) throws Exception {
            log.add("ended " + (failure == null ? null : failure.getMessage()));
            if (atTheEnd != null) {
                throw atTheEnd;
            }
        }

        @Override
        public String toString() {
            return "notes";
        }
    }

    private Notes attach(@Nullable Exception atTheEnd) {
        return Coroutines.current().attachment(Notes.class, () -> new Notes(atTheEnd));
    }

    @Test
    @DisplayName("T-04, Y-07 an attachment hears of each await that throws, and of the end")
    void attachmentHearsOfFailuresAndTheEnd() {
        IllegalStateException failure = new IllegalStateException("failed");
        time.run(() -> {
            await(spawn(() -> {
                Notes notes = attach(null);
                assertSame(notes, attach(null));
                assertNotSame(notes, await(spawn(() -> attach(null))));
                Coroutine<?> failing = spawn(() -> {
                    moment();
                    throw failure;
                });
                assertThrows(IllegalStateException.class, () -> await(failing));
                assertThrows(IllegalStateException.class, () -> await(failing));
                assertThrows(RuntimeException.class, () -> await((Object) 42));
                helper("early");
            }));
            Coroutine<?> fails = spawn(() -> {
                attach(null);
                throw failure;
            });
            assertThrows(IllegalStateException.class, () -> await(fails));
            Coroutine<?> cancelled = spawn(() -> {
                attach(null);
                moment();
            });
            cancelled.cancel("enough");
            moment();
        });
        assertEquals("ended null", log.removeFirst());
        assertTrue(log.remove(2).toString().startsWith("await cannot await 42"), log.toString());
        assertEquals(
                List.of("await failed", "await failed", "ended null", "ended failed", "await enough", "ended enough"),
                log);
    }

    @Test
    @DisplayName("Y-07 what it throws at the end fails the coroutine, or is reported if that has failed already")
    void whatItThrowsAtTheEndFailsTheCoroutine() {
        IOException atTheEnd = new IOException("at the end");
        IllegalStateException failure = new IllegalStateException("failed");
        time.run(() -> {
            assertSame(atTheEnd, assertThrows(IOException.class, () -> await(spawn(() -> attach(atTheEnd)))));
            assertEquals(List.of(), time.reports());
            assertSame(
                    failure,
                    assertThrows(
                            IllegalStateException.class,
                            () -> await(spawn(() -> {
                                attach(atTheEnd);
                                throw failure;
                            }))));
            assertEquals(List.of(atTheEnd), time.reports());
        });
        assertEquals(List.of("ended null", "ended failed"), log);
    }

    @Test
    @DisplayName("Y-07 only the coroutine itself can ask for its attachments")
    void onlyTheCoroutineItselfCanAsk() {
        time.run(() -> {
            Coroutine<?> other = spawn(() -> moment());
            assertThrows(IllegalStateException.class, () -> other.attachment(Notes.class, () -> new Notes(null)));
            moment();
            assertThrows(IllegalStateException.class, () -> other.attachment(Notes.class, () -> new Notes(null)));
        });
        assertEquals(List.of(), log);
    }
}
