package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MomentTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    @Test
    @DisplayName("T-10 moment takes exactly one iteration, behind what is ready (test_moment)")
    void momentTakesExactlyOneIterationBehindWhatIsReady() {
        time.run(() -> {
            EventLoop loop = EventLoop.current();
            loop.execute(() -> {
                log.add(at("ready before"));
                loop.execute(() -> log.add(at("added by it")));
            });
            log.add(at("m0"));
            moment();
            log.add(at("m1"));
            loop.execute(() -> log.add(at("ready")));
            moment();
            log.add(at("m2"));
        });
        assertEquals(List.of("0 m0", "1 ready before", "1 m1", "2 added by it", "2 ready", "2 m2"), log);
    }

    @Test
    @DisplayName("T-10 moment counts an iteration even when nobody else is ready")
    void momentCountsAnIterationEvenWhenNobodyElseIsReady() {
        time.run(() -> {
            for (int i = 1; i <= 100_000; i++) {
                moment();
                assertEquals(i, iteration());
            }
        });
        assertEquals(Duration.ZERO, time.clock.elapsed());
    }

    @Test
    @DisplayName("T-10 a moment lets due timers run too, after the coroutines")
    void momentLetsDueTimersRunAfterTheCoroutines() {
        time.run(() -> {
            EventLoop.current().schedule(Duration.ZERO, () -> log.add(at("timer")));
            moment();
            log.add(at("m1"));
            moment();
            log.add(at("m2"));
        });
        assertEquals(List.of("1 m1", "1 timer", "2 m2"), log);
    }

    @Test
    @DisplayName("T-12, C-11 awaiting null is a moment (test_none)")
    void awaitingNullIsAMoment() {
        time.run(() -> {
            assertNull(await((Object) null));
            assertEquals(1, iteration());
        });
    }

    @Test
    @DisplayName("A-09 sleep takes its time, and one iteration more than its timer (test_sleep)")
    void sleepTakesItsTimeAndOneIterationMoreThanItsTimer() {
        time.run(() -> {
            EventLoop.current().schedule(ms(100), () -> log.add(time.when(at("timer"))));
            sleep(ms(100));
            log.add(time.when(at("slept")));
        });
        assertEquals(List.of("100 1 timer", "100 2 slept"), log);
    }

    @Test
    @DisplayName("A-09 a sleep of zero or less is one iteration, without a timer (test_sleep_zero)")
    void sleepOfZeroOrLessIsOneIterationWithoutATimer() {
        time.run(() -> {
            spawn(() -> sleep(Duration.ZERO));
            spawn(() -> sleep(ms(-5)));
            assertEquals(0, EventLoop.current().statistics().timers());
            sleep(Duration.ZERO);
            log.add(at("zero"));
            sleep(ms(-5));
            log.add(at("negative"));
            sleep(Duration.ofNanos(1));
            log.add(at("a nanosecond"));
        });
        assertEquals(List.of("1 zero", "2 negative", "4 a nanosecond"), log);
    }

    @Test
    @DisplayName("A-09 cancelling a sleep takes its timer away (test_sleep_cancel)")
    void cancellingASleepTakesItsTimerAway() {
        time.run(() -> {
            Coroutine<?> sleeper = spawn(() -> sleep(Duration.ofDays(1)));
            assertEquals(1, EventLoop.current().statistics().timers());
            assertTrue(sleeper.cancel());
            assertThrows(CancellationException.class, () -> await(sleeper));
            assertEquals(0, EventLoop.current().statistics().timers());
        });
        assertEquals(Duration.ZERO, time.clock.elapsed());
    }

    @Test
    @DisplayName("A-09, L-05 sleeps of one length end in the order in which they began")
    void sleepsOfOneLengthEndInTheOrderInWhichTheyBegan() {
        time.run(() -> {
            List<Coroutine<?>> sleepers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                int number = i;
                sleepers.add(spawn(() -> {
                    sleep(ms(number == 0 ? 20 : 10));
                    log.add(time.when("" + number));
                }));
            }
            await(sleepers);
        });
        assertEquals(List.of("10 1", "10 2", "10 3", "10 4", "20 0"), log);
    }

    @Test
    @DisplayName("A-10 hello world every two seconds, three times by t = 5")
    void helloWorldEveryTwoSeconds() {
        time.run(() -> {
            Coroutine<?> greeter = spawn(() -> {
                while (true) {
                    log.add(time.when("Hello World"));
                    sleep(Duration.ofSeconds(2));
                }
            });
            sleep(Duration.ofSeconds(5));
            greeter.cancel();
        });
        assertEquals(List.of("0 Hello World", "2000 Hello World", "4000 Hello World"), log);
    }

    @Test
    @DisplayName("J-06 neither moment nor sleep outside a coroutine")
    void neitherOutsideACoroutine() {
        String message =
                assertThrows(IllegalStateException.class, Coroutines::moment).getMessage();
        assertTrue(message.startsWith("moment() called outside a coroutine"), message);
        assertThrows(IllegalStateException.class, () -> sleep(Duration.ZERO));
        assertThrows(IllegalStateException.class, () -> sleep(ms(1)));
        time.run(() -> {
            EventLoop.current().execute(() -> {
                assertThrows(IllegalStateException.class, Coroutines::moment);
                assertThrows(IllegalStateException.class, () -> sleep(ms(1)));
                log.add("callback");
            });
            moment();
        });
        assertEquals(List.of("callback"), log);
    }
}
