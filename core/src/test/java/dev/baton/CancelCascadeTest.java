package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A cancel goes down the awaits to the deepest future, and what that makes of it comes up again (CancellationTests). */
class CancelCascadeTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private void note(String label) {
        log.add(at(label));
    }

    /** How the coroutine that is cancelled comes to wait for the future. */
    enum Stack {
        /** It awaits the future itself. */
        NOT_STACKED(1),
        /** It awaits a coroutine that awaits the future. */
        STACKED(2),
        /** The same, after an await of another future. */
        STACKED_SECOND(2),
        /** Through the coroutine that a tail call has made of it. */
        TAIL_CALLED(1),
        /** It awaits a combinator of a coroutine that awaits the future. */
        COMBINED(2);

        private final int levels;

        Stack(int levels) {
            this.levels = levels;
        }

        /** Awaits what the supplier makes, plus one; translates what it is told to. */
        Coroutine<Integer> start(Supplier<? extends CompletionStage<Integer>> child) {
            Deferred<Integer> first = new Deferred<>();
            Coroutine<Integer> sample = spawn("sample", () -> {
                if (this == STACKED_SECOND) {
                    await(first);
                }
                return this == TAIL_CALLED ? Coroutines.tailCall(() -> body(child)) : body(child);
            });
            first.complete(0);
            moment();
            return sample;
        }

        private Integer body(Supplier<? extends CompletionStage<Integer>> child) {
            try {
                return 1
                        + switch (this) {
                            case NOT_STACKED, TAIL_CALLED -> await(child.get());
                            case STACKED, STACKED_SECOND -> await(spawn(() -> await(child.get())));
                            case COMBINED ->
                                await(Futures.gather(spawn(() -> await(child.get()))))
                                        .getFirst();
                        };
            } catch (Untranslated e) {
                throw new Translated();
            } catch (DontFail e) {
                return e.value - 1;
            }
        }
    }

    private static final class Untranslated extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Translated extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class DontFail extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final int value;

        DontFail(int value) {
            this.value = value;
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("W-20 the future is cancelled inside the call, the coroutine ends one iteration for each level later"
            + " (test_CascadeCancellingOnCancel*, test_ErrbackCancelledErrorOnCancel*)")
    void cascade(Stack stack) {
        time.run(() -> {
            Deferred<Integer> child = new Deferred<>(self -> log.add("canceller"));
            Coroutine<Integer> sample = stack.start(() -> child);
            long before = VirtualTime.iteration();
            assertTrue(sample.cancel("why"));
            assertTrue(child.isCancelled());
            assertFalse(sample.isDone());
            CancellationException arrived = assertThrows(CancellationException.class, () -> await(sample));
            assertEquals("why", arrived.getMessage());
            assertTrue(sample.isCancelled());
            assertEquals(stack.levels + 1, VirtualTime.iteration() - before);
        });
        assertEquals(List.of("canceller"), log);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("W-21 the canceller's failure arrives, and may be translated (test_ErrorToErrorTranslation*)")
    void errorToError(Stack stack) {
        time.run(() -> {
            Deferred<Integer> child = new Deferred<>(self -> self.completeExceptionally(new Untranslated()));
            Coroutine<Integer> sample = stack.start(() -> child);
            sample.cancel();
            assertThrows(Translated.class, () -> await(sample));
            assertFalse(sample.isCancelled());
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("W-21 the canceller's failure may be turned into a value (test_ErrorToSuccessTranslation*)")
    void errorToSuccess(Stack stack) {
        time.run(() -> {
            Deferred<Integer> child = new Deferred<>(self -> self.completeExceptionally(new DontFail(4_321)));
            Coroutine<Integer> sample = stack.start(() -> child);
            sample.cancel();
            assertEquals(4_320, await(sample));
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = Stack.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = "COMBINED") // a gather that was cancelled says so, whatever its children make of it
    @DisplayName(
            "W-22 one that takes its time to cancel is waited for, and may succeed (test_AsynchronousCancellation*)")
    void asynchronousCancellation(Stack stack) {
        time.run(() -> {
            Deferred<Integer> more = new Deferred<>();
            Coroutine<Integer> child = spawn(() -> {
                assertThrows(CancellationException.class, () -> await(new Deferred<>()));
                return await(more);
            });
            Coroutine<Integer> sample = stack.start(() -> child);
            sample.cancel();
            for (int i = 0; i < 5; i++) {
                moment();
            }
            assertFalse(sample.isDone());
            more.complete(6_543);
            assertEquals(6_544, await(sample));
        });
    }

    @Test
    @DisplayName("W-23 a cancel that is captured leaves it pending; the next one cancels what it awaits then; each"
            + " canceller runs once (test_inlineCallbacksCancelCaptured)")
    void cancelCaptured() {
        time.run(() -> {
            Deferred<Integer> first = new Deferred<>(self -> note("canceller 1"));
            Deferred<Integer> second = new Deferred<>(self -> note("canceller 2"));
            Coroutine<?> body = spawn(() -> {
                try {
                    await(first);
                } catch (CancellationException e) {
                    note("captured");
                }
                await(second);
            });
            assertTrue(body.cancel());
            moment();
            assertFalse(body.isDone());
            assertFalse(second.isDone());
            assertTrue(body.cancel());
            assertThrows(CancellationException.class, () -> await(body));
        });
        assertEquals(List.of("0 canceller 1", "1 captured", "1 canceller 2"), log);
    }

    @Test
    @DisplayName("W-24 a cancel after the end changes nothing, and says so")
    void cancelAfterTheEnd() {
        time.run(() -> {
            Coroutine<String> done = spawn(() -> "v");
            Coroutine<String> failed = spawn(() -> {
                throw new IOException();
            });
            assertFalse(done.cancel());
            assertFalse(failed.cancel("late"));
            assertFalse(done.cancel(true));
            assertEquals("v", await(done));
            assertThrows(IOException.class, () -> await(failed));
        });
    }

    @Test
    @DisplayName("W-19 today's rule and not that of 2012: the future is cancelled too, and the body does not go on")
    void notTheRuleOf2012() {
        time.run(() -> {
            Deferred<Integer> child = new Deferred<>();
            Coroutine<?> body = spawn(() -> note("never " + await(child)));
            body.cancel();
            assertTrue(child.isCancelled());
            assertFalse(child.complete(1), "its late result is refused");
            assertThrows(CancellationException.class, () -> await(body));
        });
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("W-27 what waits for a future of a future is cancelled through to the inner one"
            + " (test_cancelNestedDeferred)")
    void nestedFuture() {
        time.run(() -> {
            Deferred<Integer> inner = new Deferred<>(self -> log.add("inner canceller"));
            Deferred<Integer> outer = new Deferred<>();
            Coroutine<Integer> chained = spawn(() -> {
                await(outer);
                return await(inner);
            });
            outer.complete(0);
            moment();
            chained.cancel();
            assertTrue(inner.isCancelled());
            assertThrows(CancellationException.class, () -> await(chained));
        });
        assertEquals(List.of("inner canceller"), log);
    }

    @Test
    @DisplayName("X-08, X-09 canceller first, then finally blocks from the deepest up, at one time; catch sees it; who"
            + " asked before or asks later hears of the cancel (test_cancel, test_cancel_stops_the_generator)")
    void orderOfACancel() {
        time.run(() -> {
            Deferred<String> control = new Deferred<>(self -> note("canceller"));
            Coroutine<String> inner = spawn(() -> {
                try {
                    return await(control);
                } catch (CancellationException e) {
                    note("inner catch");
                    throw e;
                } finally {
                    note("inner finally");
                }
            });
            Coroutine<String> outer = spawn(() -> {
                try {
                    return await(inner);
                } finally {
                    note("outer finally");
                }
            });
            outer.whenComplete(
                    (value, failure) -> note("before: " + failure.getClass().getSimpleName()));
            outer.cancel();
            note("asked");
            assertThrows(CancellationException.class, () -> await(outer));
            outer.whenComplete(
                    (value, failure) -> note("later: " + failure.getClass().getSimpleName()));
            assertTrue(outer.isCancelled());
        });
        assertEquals(
                List.of(
                        "0 canceller",
                        "0 asked",
                        "1 inner catch",
                        "1 inner finally",
                        "2 outer finally",
                        "2 before: CancellationException",
                        "3 later: CancellationException"),
                log);
    }

    @Test
    @DisplayName("X-10 after a cancel the body does not go on, whatever comes late (test_cancel)")
    void bodyDoesNotGoOn() {
        time.run(() -> {
            Deferred<String> control = new Deferred<>();
            Coroutine<?> body = spawn(() -> note("never " + await(control)));
            control.complete("same iteration"); // it is to go on in the next one
            body.cancel();
            assertThrows(CancellationException.class, () -> await(body));
            assertFalse(control.complete("late"));
            moment();
        });
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("X-11 an await in finally after a cancel is allowed, and its failure replaces the cancel")
    void awaitInFinally() {
        IOException failure = new IOException();
        List<Callable<Void>> cleanups = List.of(
                () -> {
                    moment();
                    return null;
                },
                () -> {
                    Coroutines.sleep(ms(5));
                    return null;
                },
                () -> {
                    throw failure;
                });
        time.run(() -> {
            for (Callable<Void> cleanup : cleanups) {
                Coroutine<?> body = spawn(() -> {
                    try {
                        await(new Deferred<>());
                    } finally {
                        cleanup.call();
                        log.add("cleaned");
                    }
                    return null;
                });
                body.cancel();
                if (cleanup == cleanups.getLast()) {
                    assertSame(failure, assertThrows(IOException.class, () -> await(body)));
                } else {
                    assertThrows(CancellationException.class, () -> await(body));
                }
            }
            assertEquals(0, EventLoop.current().statistics().timers());
        });
        assertEquals(List.of("cleaned", "cleaned"), log);
    }

    @Test
    @DisplayName("X-12 one that catches the cancel and returns has its value: a deviation, it is not cancelled")
    void caughtAndReturned() {
        time.run(() -> {
            Coroutine<String> body = spawn(() -> {
                try {
                    return await(new Deferred<String>());
                } catch (CancellationException e) {
                    return "caught";
                }
            });
            body.cancel();
            assertEquals("caught", await(body));
            assertFalse(body.isCancelled());
        });
    }
}
