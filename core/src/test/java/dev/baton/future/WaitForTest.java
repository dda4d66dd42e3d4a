package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.ForeignStage;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WaitForTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static <T> T after(long millis, T value) {
        sleep(ms(millis));
        return value;
    }

    private static int timers() {
        return EventLoop.current().statistics().timers();
    }

    @Test
    @DisplayName("A-56 on timeout it cancels, and waits for the unwinding to finish (test_wait_for,"
            + " test_wait_for_waits_for_task_cancellation)")
    void onTimeoutItCancelsAndWaitsForTheUnwinding() {
        time.run(() -> {
            Coroutine<String> work = spawn("work", () -> {
                try {
                    return after(1000, "");
                } catch (CancellationException e) {
                    log.add(time.when(e.getMessage()));
                    throw e;
                } finally {
                    sleep(ms(20));
                    log.add(time.when("unwound"));
                }
            });
            AwaitTimeoutException e =
                    assertThrows(AwaitTimeoutException.class, () -> await(Futures.waitFor(ms(10), work)));
            assertTrue(e.getMessage().contains("PT0.01S"), e.getMessage());
            assertTrue(work.isCancelled());
            assertEquals(0, timers());
        });
        assertEquals(List.of("10 not done after PT0.01S", "30 unwound"), log);
    }

    @Test
    @DisplayName("A-56 a stage that is done in time gives its outcome, and no timer is left (test_wait_for_blocking)")
    void stageThatIsDoneInTimeGivesItsOutcome() {
        IOException failure = new IOException();
        time.run(() -> {
            assertEquals("value", await(Futures.waitFor(ms(10), spawn(() -> after(9, "value")))));
            assertSame(
                    failure,
                    assertThrows(
                            IOException.class,
                            () -> await(Futures.waitFor(ms(10), spawn(() -> {
                                sleep(ms(1));
                                throw failure;
                            })))));
            assertEquals(0, timers());
            assertEquals(ms(10), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-56 zero or less: what is done wins (test_wait_for_timeout_less_then_0_or_0_future_done)")
    void zeroOrLessWhatIsDoneWins() {
        time.run(() -> {
            for (Duration timeout : List.of(Duration.ZERO, ms(-1), ms(10))) {
                assertEquals(
                        "v",
                        Futures.waitFor(timeout, CompletableFuture.completedFuture("v"))
                                .resultNow());
                assertEquals("c", Futures.waitFor(timeout, spawn(() -> "c")).resultNow());
            }
            assertEquals(0, iteration());
            assertEquals(0, timers());
        });
    }

    @Test
    @DisplayName("A-56 zero or less: one that has not started never does"
            + " (test_wait_for_timeout_less_then_0_or_0_coroutine_do_not_started)")
    void zeroOrLessOneThatHasNotStartedNeverDoes() {
        time.run(() -> {
            for (Duration timeout : List.of(Duration.ZERO, ms(-1))) {
                Coroutine<?> never = spawnLater(() -> log.add("ran"));
                assertThrows(AwaitTimeoutException.class, () -> await(Futures.waitFor(timeout, never)));
                assertTrue(never.isCancelled());
            }
            assertEquals(0, timers());
        });
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName(
            "A-56 zero or less: one that runs is cancelled and waited for (test_wait_for_timeout_less_then_0_or_0)")
    void zeroOrLessOneThatRunsIsCancelled() {
        time.run(() -> {
            Coroutine<?> work = spawn(() -> {
                try {
                    sleep(ms(1000));
                } finally {
                    sleep(ms(5));
                    log.add(time.when("unwound"));
                }
            });
            assertThrows(AwaitTimeoutException.class, () -> await(Futures.waitFor(Duration.ZERO, work)));
            assertTrue(work.isCancelled());
        });
        assertEquals(List.of("5 unwound"), log);
    }

    @Test
    @DisplayName("A-56 one that swallows the cancel and returns: its value is the result")
    void oneThatSwallowsTheCancelAndReturns() {
        time.run(() -> {
            Coroutine<String> stubborn = spawn(() -> {
                try {
                    return after(1000, "no");
                } catch (CancellationException e) {
                    return after(5, "after all");
                }
            });
            assertEquals("after all", await(Futures.waitFor(ms(10), stubborn)));
            assertEquals(ms(15), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-56 one that fails with something else while it unwinds: that is the result")
    void oneThatFailsWithSomethingElseWhileItUnwinds() {
        IOException failure = new IOException("clean-up");
        time.run(() -> {
            Coroutine<String> work = spawn(() -> {
                try {
                    return after(1000, "no");
                } catch (CancellationException e) {
                    throw failure;
                }
            });
            assertSame(failure, assertThrows(IOException.class, () -> await(Futures.waitFor(ms(10), work))));
        });
    }

    @Test
    @DisplayName("A-56 a completion in the same iteration as the timeout wins (test_wait_for_race_condition)")
    void completionInTheSameIterationWins() {
        time.run(() -> {
            Deferred<String> stage = Futures.after(ms(10), "value"); // its timer is the earlier one
            assertEquals("value", await(Futures.waitFor(ms(10), stage)));
        });
    }

    @Test
    @DisplayName("A-56 cancelling it, or who awaits it, cancels the stage and waits for that (test_cancel_wait_for)")
    void cancellingItCancelsTheStage() {
        time.run(() -> {
            Coroutine<String> work = spawn(() -> {
                try {
                    return after(1000, "no");
                } catch (CancellationException e) {
                    log.add(time.when(e.getMessage()));
                    throw e;
                }
            });
            Coroutine<String> parent = spawn(() -> await(Futures.waitFor(ms(500), work)));
            sleep(ms(5));
            parent.cancel("enough");
            CancellationException e = assertThrows(CancellationException.class, () -> await(parent));
            assertEquals("enough", e.getMessage());
            assertTrue(work.isCancelled() && parent.isCancelled());
            assertEquals(0, timers());
        });
        assertEquals(List.of("5 enough"), log);
    }

    @Test
    @DisplayName("A-56 a cancel from outside stays a cancel, though the time runs out while the stage unwinds")
    void cancelFromOutsideStaysACancelThoughTheTimeRunsOut() {
        time.run(() -> {
            Coroutine<String> work = spawn(() -> {
                try {
                    return after(1000, "no");
                } finally {
                    try {
                        sleep(ms(100));
                    } catch (CancellationException again) {
                        log.add(time.when("interrupted while unwinding"));
                        throw again;
                    }
                }
            });
            Coroutine<String> parent = spawn(() -> await(Futures.waitFor(ms(50), work)));
            sleep(ms(5));
            parent.cancel("enough");
            assertThrows(CancellationException.class, () -> await(parent));
            assertTrue(parent.isCancelled());
        });
    }

    @Test
    @DisplayName("A-56 a plain future is cancelled with cancel(true) and gives the timeout")
    void plainFutureIsCancelled() {
        time.run(() -> {
            CompletableFuture<String> plain = new CompletableFuture<>();
            assertThrows(AwaitTimeoutException.class, () -> await(Futures.waitFor(ms(10), plain)));
            assertTrue(plain.isCancelled());
        });
    }

    @Test
    @DisplayName("A-56 a stage that cannot be cancelled is left alone, and the timeout comes in time")
    void stageThatCannotBeCancelledIsLeftAlone() {
        time.run(() -> {
            CompletableFuture<String> source = new CompletableFuture<>();
            assertThrows(AwaitTimeoutException.class, () -> await(Futures.waitFor(ms(10), ForeignStage.of(source))));
            assertEquals(ms(10), time.clock.elapsed());
            assertFalse(source.isDone());
        });
    }

    @Test
    @DisplayName("A-56 a minimal stage, too: nobody can cancel it, so it is left alone")
    void minimalStageIsLeftAlone() {
        time.run(() -> {
            CompletableFuture<String> source = new CompletableFuture<>();
            Deferred<String> bounded = Futures.waitFor(ms(10), source.minimalCompletionStage());
            sleep(ms(20));
            assertTrue(bounded.isDone(), "still waits for what can never come");
            assertThrows(AwaitTimeoutException.class, () -> await(bounded));
        });
    }

    @Test
    @DisplayName("U-12 bad arguments are refused at the call; there is no null timeout")
    void badArgumentsAreRefusedAtTheCall() {
        time.run(() -> {
            assertThrows(NullPointerException.class, () -> Futures.waitFor(null, new Deferred<>()));
            assertThrows(NullPointerException.class, () -> Futures.waitFor(ms(1), null));
            assertEquals(0, timers());
        });
        assertThrows(IllegalStateException.class, () -> Futures.waitFor(ms(1), new Deferred<>()));
    }
}
