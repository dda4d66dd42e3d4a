package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Deferred.addTimeout: the cases of Twisted's DeferredAddTimeoutTests. */
class AddTimeoutTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    /** The custom function of all these tests. */
    private BiFunction<String, Throwable, String> overridden() {
        return (value, failure) -> {
            log.add("custom " + (failure == null ? value : failure.getClass().getSimpleName()));
            return "overridden";
        };
    }

    private static int timers() {
        return EventLoop.current().statistics().timers();
    }

    @Test
    @DisplayName("W-33 the future of a timeout can be chained (test_timeoutChainable)")
    void chainable() {
        time.run(() -> {
            Deferred<String> deferred = new Deferred<>();
            assertEquals(0, timers());
            Deferred<String> bounded = deferred.addTimeout(ms(5));
            assertEquals(1, timers());
            deferred.complete("v");
            assertEquals("v done", bounded.thenApply(value -> value + " done").resultNow());
            assertEquals(0, timers(), "dropped with the completion");
        });
    }

    @Test
    @DisplayName("W-33 a value in time, with or without a custom function: no cancel, no call, no timer left"
            + " (test_successResultBeforeTimeout, test_successResultBeforeTimeoutCustom)")
    void valueInTime() {
        time.run(() -> {
            for (boolean custom : List.of(false, true)) {
                Deferred<String> deferred = new Deferred<>(self -> log.add("cancelled"));
                Deferred<String> bounded =
                        custom ? deferred.addTimeout(ms(10), overridden()) : deferred.addTimeout(ms(10));
                deferred.complete("results");
                assertEquals("results", bounded.resultNow());
                assertEquals(0, timers());
                sleep(ms(15));
                assertEquals("results", deferred.resultNow());
            }
        });
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("W-33 a failure in time arrives as it is (test_failureBeforeTimeout, test_failureBeforeTimeoutCustom)")
    void failureInTime() {
        time.run(() -> {
            for (boolean custom : List.of(false, true)) {
                IOException failure = new IOException("fail");
                Deferred<String> deferred = new Deferred<>(self -> log.add("cancelled"));
                Deferred<String> bounded =
                        custom ? deferred.addTimeout(ms(10), overridden()) : deferred.addTimeout(ms(10));
                deferred.completeExceptionally(failure);
                assertSame(failure, bounded.exceptionNow());
                sleep(ms(15));
                assertEquals(0, timers());
            }
        });
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("W-33 the time is up: the future is cancelled, and the result is a timeout (test_timedOut)")
    void timeIsUp() {
        time.run(() -> {
            Deferred<String> deferred = new Deferred<>();
            Deferred<String> bounded = deferred.addTimeout(ms(10));
            sleep(ms(9));
            assertFalse(bounded.isDone());
            assertThrows(AwaitTimeoutException.class, () -> await(bounded));
            assertEquals(10, time.clock.elapsed().toMillis());
            assertTrue(deferred.isCancelled());
            assertFalse(bounded.isCancelled());
            assertFalse(deferred.complete("late"));
        });
    }

    @Test
    @DisplayName("W-33 the time is up: a custom function makes the result (test_timedOutCustom)")
    void timeIsUpCustom() {
        time.run(() -> {
            Deferred<String> deferred = new Deferred<>();
            assertEquals("overridden", await(deferred.addTimeout(ms(10), overridden())));
            assertTrue(deferred.isCancelled());
        });
        assertEquals(List.of("custom CancellationException"), log);
    }

    @Test
    @DisplayName("W-33 what the canceller makes of it is the result, value or failure"
            + " (test_timedOutProvidedCancelSuccess, test_timedOutProvidedCancelFailure)")
    void cancellerAnswers() {
        time.run(() -> {
            Deferred<String> value = new Deferred<>(self -> self.complete("I was cancelled!"));
            assertEquals("I was cancelled!", await(value.addTimeout(ms(10))));
            IOException failure = new IOException("what!");
            Deferred<String> failed = new Deferred<>(self -> self.completeExceptionally(failure));
            Deferred<String> bounded = failed.addTimeout(ms(10));
            assertSame(failure, assertThrows(IOException.class, () -> await(bounded)));
        });
    }

    @Test
    @DisplayName("W-33 cancelled before the time is up, by either end: a plain cancellation, once, no custom call"
            + " (test_cancelBeforeTimeout, test_cancelBeforeTimeoutCustom)")
    void cancelledBefore() {
        time.run(() -> {
            for (boolean custom : List.of(false, true)) {
                for (boolean outer : List.of(false, true)) {
                    Deferred<String> deferred = new Deferred<>(self -> log.add("canceller"));
                    Deferred<String> bounded =
                            custom ? deferred.addTimeout(ms(10), overridden()) : deferred.addTimeout(ms(10));
                    assertTrue(outer ? bounded.cancel("why") : deferred.cancel("why"));
                    assertTrue(deferred.isCancelled());
                    assertTrue(bounded.isCancelled());
                    assertEquals("why", VirtualTime.failure(bounded).getMessage());
                    assertEquals(0, timers());
                    sleep(ms(15));
                }
            }
        });
        assertEquals(List.of("canceller", "canceller", "canceller", "canceller"), log);
    }

    @Test
    @DisplayName("W-33 the custom function translates what the canceller makes"
            + " (test_providedCancelCalledBeforeTimeoutCustom, test_callbackAddedToCancelerBeforeTimeoutCustom)")
    void customTranslatesTheCanceller() {
        time.run(() -> {
            Deferred<String> failed = new Deferred<>(self -> self.completeExceptionally(new IOException("what!")));
            assertEquals("overridden", await(failed.addTimeout(ms(10), overridden())));
            Deferred<String> value = new Deferred<>(self -> self.complete("success"));
            assertEquals("overridden", await(value.addTimeout(ms(10), overridden())));
        });
        assertEquals(List.of("custom IOException", "custom success"), log);
    }

    @Test
    @DisplayName("W-33 one that asked before hears of the cancellation, and only the result is a timeout"
            + " (test_errbackAddedBeforeTimeout, test_errbackAddedBeforeTimeoutCustom,"
            + " test_callbackAddedToCancelerBeforeTimeout)")
    void oneThatAskedBefore() {
        time.run(() -> {
            Deferred<String> deferred = new Deferred<>();
            deferred.whenComplete(
                    (value, failure) -> log.add("before " + failure.getClass().getSimpleName()));
            Deferred<String> bounded = deferred.addTimeout(ms(10));
            assertThrows(AwaitTimeoutException.class, () -> await(bounded));
            Deferred<String> custom = new Deferred<>();
            custom.whenComplete(
                    (value, failure) -> log.add("before " + failure.getClass().getSimpleName()));
            assertEquals("overridden", await(custom.addTimeout(ms(10), overridden())));
            Deferred<String> answering = new Deferred<>(self -> self.complete("success"));
            answering.thenAccept(value -> log.add("before " + value));
            assertEquals("success", await(answering.addTimeout(ms(10))));
        });
        assertEquals(
                List.of(
                        "before CancellationException",
                        "before CancellationException",
                        "custom CancellationException",
                        "before success"),
                log);
    }

    @Test
    @DisplayName("W-33 a body that swallows the cancel has its value, or the custom function's"
            + " (test_errbackAddedBeforeTimeoutSuppressesCancellation,"
            + " test_errbackAddedBeforeTimeoutSuppressesCancellationCustom)")
    void swallowedCancel() {
        time.run(() -> {
            for (boolean custom : List.of(false, true)) {
                Coroutine<String> body = spawn(() -> {
                    assertThrows(CancellationException.class, () -> await(new Deferred<>()));
                    moment();
                    return "swallowed";
                });
                Deferred<String> bounded = custom ? body.addTimeout(ms(10), overridden()) : body.addTimeout(ms(10));
                assertEquals(custom ? "overridden" : "swallowed", await(bounded));
            }
        });
        assertEquals(List.of("custom swallowed"), log);
    }

    @Test
    @DisplayName("W-33 what the custom function throws is the failure")
    void customThrows() {
        time.run(() -> {
            IllegalStateException thrown = new IllegalStateException("by hand");
            Deferred<String> bounded = new Deferred<String>().addTimeout(ms(1), (value, failure) -> {
                throw thrown;
            });
            assertSame(thrown, assertThrows(IllegalStateException.class, () -> await(bounded)));
        });
    }

    @Test
    @DisplayName("W-33 no time at all cancels at once, unless it is done; off a loop there is no clock")
    void noTimeAtAll() {
        time.run(() -> {
            Deferred<String> pending = new Deferred<>();
            assertTrue(pending.addTimeout(ms(0)).isCompletedExceptionally() && pending.isCancelled());
            pending.addTimeout(ms(-1)).ignoreFailure();
            Deferred<String> done = new Deferred<>();
            done.complete("v");
            assertEquals("v", done.addTimeout(ms(0), overridden()).resultNow());
            assertEquals(0, timers());
        });
        time.reports(); // of the first, which nobody asked
        Deferred<String> offLoop = new Deferred<>();
        assertThrows(IllegalStateException.class, () -> offLoop.addTimeout(ms(1)));
        assertThrows(IllegalStateException.class, () -> offLoop.addTimeout(ms(1), overridden()));
        assertThrows(NullPointerException.class, () -> offLoop.addTimeout(null));
        assertThrows(NullPointerException.class, () -> offLoop.addTimeout(ms(1), null));
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("W-33, W-28 a paused future that times out is cancelled all the same")
    void pausedOne() {
        time.run(() -> {
            Deferred<String> paused = new Deferred<>();
            paused.pause();
            Deferred<String> bounded = paused.addTimeout(ms(10));
            assertThrows(AwaitTimeoutException.class, () -> await(bounded));
            assertTrue(paused.isCancelled());
        });
    }
}
