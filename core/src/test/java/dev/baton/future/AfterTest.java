package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AfterTest {
    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    @Test
    @DisplayName("U-14 the delay begins at the call, not at the await (test_sleep)")
    void delayBeginsAtTheCallNotAtTheAwait() {
        time.run(() -> {
            Deferred<Void> ten = Futures.after(ms(10));
            sleep(ms(7));
            assertFalse(ten.isDone());
            assertNull(await(ten));
            assertEquals(ms(10), time.clock.elapsed());
            Deferred<Void> five = Futures.after(ms(5));
            sleep(ms(20));
            long before = iteration();
            await(five);
            assertEquals(before, iteration(), "done long ago");
            assertEquals(ms(30), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("U-14 it costs the timer's iteration and one more, zero and less included; negative is zero")
    void itCostsTheTimersIterationAndOneMore() {
        time.run(() -> {
            for (Duration delay : new Duration[] {Duration.ZERO, ms(-1000), Duration.ofNanos(1), ms(5)}) {
                long before = iteration();
                await(Futures.after(delay));
                assertEquals(before + 2, iteration(), delay.toString());
            }
            Deferred<Integer> zero = Futures.after(Duration.ZERO, 0);
            Deferred<Integer> negative = Futures.after(ms(-1000), -1);
            StringBuilder order = new StringBuilder();
            EventLoop.current().whenDone(negative, (value, none) -> order.append(value));
            EventLoop.current().whenDone(zero, (value, none) -> order.append(value));
            await(Futures.after(ms(1)));
            assertEquals("0-1", order.toString(), "a negative delay is zero, so it has no earlier deadline");
        });
    }

    @Test
    @DisplayName("A-09 it has the value it was given, null included (test_sleep)")
    void itHasTheValueItWasGiven() {
        time.run(() -> {
            assertEquals("value", await(Futures.after(ms(1), "value")));
            assertNull(await(Futures.after(ms(1), (String) null)));
        });
    }

    @Test
    @DisplayName("A-09 cancelling it takes its timer away (test_sleep_cancel)")
    void cancellingItTakesItsTimerAway() {
        time.run(() -> {
            Deferred<Void> day = Futures.after(Duration.ofDays(1));
            assertEquals(1, EventLoop.current().statistics().timers());
            assertTrue(day.cancel());
            assertEquals(0, EventLoop.current().statistics().timers());
            assertThrows(CancellationException.class, () -> await(day));
            Deferred<String> early = Futures.after(Duration.ofDays(1), "late");
            Coroutine<String> waiter = spawn(() -> await(early));
            assertTrue(early.complete("early"));
            assertEquals("early", await(waiter));
        });
        assertEquals(Duration.ZERO, time.clock.elapsed());
    }

    @Test
    void toStringTellsTheDelay() {
        time.run(() -> {
            Deferred<Void> second = Futures.after(Duration.ofSeconds(1));
            assertEquals("after PT1S", second.toString());
            await(second);
            assertEquals("after PT1S (done)", second.toString());
        });
    }

    @Test
    void belongsToTheLoopThatTheCallerHolds() {
        assertThrows(IllegalStateException.class, () -> Futures.after(ms(1)));
        assertThrows(IllegalStateException.class, () -> Futures.after(ms(1), "v"));
        time.run(() -> {
            assertThrows(NullPointerException.class, () -> Futures.after(null));
            assertEquals(0, EventLoop.current().statistics().timers());
        });
    }
}
