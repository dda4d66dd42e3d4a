package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WithTimeoutTest {
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
    @DisplayName("U-09 the timeout comes first: AwaitTimeoutException, and the stage goes on untouched (test_timeout)")
    void timeoutComesFirstAndTheStageGoesOn() {
        time.run(() -> {
            Coroutine<String> work = spawn("work", () -> after(100, "value"));
            AwaitTimeoutException e =
                    assertThrows(AwaitTimeoutException.class, () -> await(Futures.withTimeout(ms(10), work)));
            assertTrue(e.getMessage().contains("PT0.01S") && e.getMessage().contains("work"), e.getMessage());
            assertEquals(ms(10), time.clock.elapsed());
            assertFalse(work.isDone());
            assertEquals(0, work.cancelling());
            assertEquals("value", await(work));
            assertEquals(ms(100), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("U-09 the stage comes first: its outcome, in the same iteration, and no timer is left"
            + " (test_completes_before_timeout, test_fails_before_timeout)")
    void stageComesFirst() {
        IOException failure = new IOException();
        time.run(() -> {
            Deferred<String> good = new Deferred<>();
            Deferred<String> bad = new Deferred<>();
            Deferred<String> goodInTime = Futures.withTimeout(Duration.ofHours(1), good);
            Deferred<String> badInTime = Futures.withTimeout(Duration.ofHours(1), bad);
            assertNotSame(good, goodInTime);
            assertEquals(2, timers());
            EventLoop.current().execute(() -> {
                good.complete("value");
                bad.completeExceptionally(failure);
                assertTrue(goodInTime.isDone() && badInTime.isDone());
                assertEquals(0, timers());
            });
            assertEquals("value", await(goodInTime));
            assertEquals(2, iteration());
            assertSame(failure, assertThrows(IOException.class, () -> await(badInTime)));
        });
        assertEquals(Duration.ZERO, time.clock.elapsed());
    }

    @Test
    @DisplayName("U-10 a stage that is done wins over any timeout, without a timer (test_already_resolved)")
    void stageThatIsDoneWinsOverAnyTimeout() {
        IOException failure = new IOException();
        time.run(() -> {
            for (Duration timeout : List.of(Duration.ofHours(1), Duration.ZERO, ms(-1000))) {
                assertEquals(
                        "value",
                        Futures.withTimeout(timeout, CompletableFuture.completedFuture("value"))
                                .resultNow());
                assertSame(
                        failure,
                        Futures.withTimeout(timeout, CompletableFuture.failedFuture(failure))
                                .exceptionNow());
                assertEquals(0, timers());
            }
            assertEquals(0, iteration());
        });
    }

    @Test
    @DisplayName("U-10 both in one iteration: a completion by a callback comes before the timer")
    void completionByACallbackComesBeforeTheTimer() {
        time.run(() -> {
            Deferred<String> stage = new Deferred<>();
            Deferred<String> bounded = Futures.withTimeout(Duration.ZERO, stage);
            EventLoop.current().execute(() -> stage.complete("just in time"));
            assertEquals("just in time", await(bounded));
            assertEquals(2, iteration());
        });
    }

    @Test
    @DisplayName("U-10 both in one iteration: of two timers the first one scheduled wins")
    void ofTwoTimersTheFirstOneScheduledWins() {
        time.run(() -> {
            Deferred<String> earlier = Futures.after(ms(10), "value");
            assertEquals("value", await(Futures.withTimeout(ms(10), earlier)));
            Deferred<String> stage = new Deferred<>();
            Deferred<String> bounded = Futures.withTimeout(ms(10), stage);
            EventLoop.current().schedule(ms(10), () -> stage.complete("too late"));
            assertThrows(AwaitTimeoutException.class, () -> await(bounded));
        });
    }

    @Test
    @DisplayName("U-09 a timeout of zero or less waits until the timers of the next iteration")
    void timeoutOfZeroOrLess() {
        time.run(() -> {
            for (Duration timeout : List.of(Duration.ZERO, ms(-5))) {
                long before = iteration();
                assertThrows(AwaitTimeoutException.class, () -> await(Futures.withTimeout(timeout, new Deferred<>())));
                assertEquals(before + 2, iteration());
            }
        });
    }

    @Test
    @DisplayName("U-11 a failure after the timeout is reported once, a late value is not")
    void failureAfterTheTimeoutIsReportedOnce() {
        IOException failure = new IOException("late");
        time.run(() -> {
            Coroutine<String> bad = spawn(() -> {
                sleep(ms(100));
                throw failure;
            });
            Coroutine<String> good = spawn(() -> after(100, "late value"));
            assertThrows(AwaitTimeoutException.class, () -> await(Futures.withTimeout(ms(10), bad)));
            assertThrows(AwaitTimeoutException.class, () -> await(Futures.withTimeout(ms(10), good)));
            assertEquals(List.of(), time.reports());
            sleep(ms(200));
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("U-11 a late failure of a quiet type, or a late cancellation, is not reported")
    void lateFailureOfAQuietTypeIsNotReported() {
        time.run(() -> {
            Coroutine<String> bad = spawn(() -> {
                sleep(ms(100));
                throw new IOException("late");
            });
            Coroutine<String> cancelled = spawn(() -> after(100, ""));
            assertThrows(AwaitTimeoutException.class, () -> await(Futures.withTimeout(ms(10), bad, IOException.class)));
            assertThrows(AwaitTimeoutException.class, () -> await(Futures.withTimeout(ms(10), cancelled)));
            cancelled.cancel();
            sleep(ms(200));
        });
    }

    @Test
    @DisplayName("U-12 bad arguments are refused at the call, and a timer needs a loop")
    void badArgumentsAreRefusedAtTheCall() {
        time.run(() -> {
            assertThrows(NullPointerException.class, () -> Futures.withTimeout(null, new Deferred<>()));
            assertThrows(NullPointerException.class, () -> Futures.withTimeout(ms(1), (CompletionStage<String>) null));
            assertEquals(0, timers());
        });
        assertThrows(IllegalStateException.class, () -> Futures.withTimeout(ms(1), new Deferred<>()));
    }

    @Test
    @DisplayName("U-12 a stage that a foreign thread completes while the timer is due: one outcome, nothing reported"
            + " (test_timeout_concurrent_future)")
    void foreignCompletionWhileTheTimerIsDue() {
        Coroutines.run(time.wallClock(), () -> {
            for (int round = 0; round < 200; round++) {
                CompletableFuture<String> stage = new CompletableFuture<>();
                Deferred<String> bounded = Futures.withTimeout(Duration.ofNanos(1000), stage);
                Thread.ofVirtual().start(() -> stage.complete("value"));
                try {
                    assertEquals("value", await(bounded));
                } catch (AwaitTimeoutException e) {
                    assertSame(e, bounded.exceptionNow());
                }
                assertEquals("value", await(stage));
            }
            moment(); // a foreign thread's cancel of a timer comes through the inbox
            assertEquals(0, timers());
            return null;
        });
    }

    @Test
    @DisplayName("U-09 cancelling it takes the timer away, and never cancels the stage")
    void cancellingItTakesTheTimerAwayAndNeverCancelsTheStage() {
        time.run(() -> {
            Deferred<String> stage = new Deferred<>();
            Deferred<String> bounded = Futures.withTimeout(ms(10), stage);
            Coroutine<?> waiter = spawn(() -> {
                try {
                    await(bounded);
                } catch (CancellationException e) {
                    log.add(at(e.getMessage()));
                }
            });
            waiter.cancel("enough");
            assertTrue(bounded.isCancelled());
            assertEquals(0, timers());
            await(waiter);
            assertFalse(stage.isDone());
            stage.complete("alone");
            moment();
        });
        assertEquals(List.of("1 enough"), log);
        assertEquals(Duration.ZERO, time.clock.elapsed());
    }
}
