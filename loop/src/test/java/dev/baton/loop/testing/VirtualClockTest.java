package dev.baton.loop.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.EventLoop;
import dev.baton.loop.Fiber;
import dev.baton.loop.LoopOptions;
import dev.baton.loop.TimerHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class VirtualClockTest {
    private final VirtualClock clock = new VirtualClock();
    private final List<Throwable> failures = new ArrayList<>();
    private final EventLoop loop = EventLoop.create(options(clock));
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingFailed() {
        loop.close();
        assertEquals(List.of(), failures);
    }

    @Test
    @DisplayName("L-19 it starts at zero")
    void itStartsAtZero() {
        assertEquals(0, clock.nanoTime());
        assertEquals(Duration.ZERO, clock.elapsed());
        assertEquals(0, loop.nanoTime());
        assertTrue(clock.isVirtual());
        assertEquals("VirtualClock[PT0S]", clock.toString());
    }

    @Test
    @DisplayName("L-19 it jumps to the next deadline when nothing is ready (FakeTimeIOLoop)")
    void itJumpsToTheNextDeadline() {
        loop.schedule(Duration.ofDays(1), () -> {
            note("a day");
            loop.schedule(Duration.ofDays(365), () -> {
                note("a year later");
                loop.stop();
            });
        });
        loop.schedule(Duration.ofNanos(1), () -> note("a nanosecond"));

        loop.run();

        assertEquals(List.of("PT0.000000001S a nanosecond", "PT24H a day", "PT8784H a year later"), log);
        assertEquals(Duration.ofDays(366), clock.elapsed());
        assertEquals(Duration.ofDays(366).toNanos(), loop.nanoTime());
    }

    @Test
    @DisplayName("L-19 it stands still while anything is ready")
    void itStandsStillWhileAnythingIsReady() {
        loop.schedule(Duration.ofSeconds(1), () -> {
            note("second");
            loop.stop();
        });
        loop.execute(new Runnable() {
            @Override
            public void run() {
                note("iteration " + loop.iteration());
                if (loop.iteration() < 3) {
                    loop.execute(this);
                }
            }
        });

        loop.run();

        assertEquals(List.of("PT0S iteration 1", "PT0S iteration 2", "PT0S iteration 3", "PT1S second"), log);
    }

    @Test
    @DisplayName("L-19 it stands still when the loop stops before the next deadline")
    void itStandsStillWhenTheLoopStops() {
        loop.schedule(Duration.ofSeconds(1), () -> note("second"));
        loop.execute(loop::stop);

        loop.run();
        loop.stop();
        loop.run();
        assertEquals(1, loop.runUntil(CompletableFuture.completedFuture(1)));

        assertEquals(0, clock.nanoTime());
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("L-19 runOnce never moves it")
    void runOnceNeverMovesIt() {
        loop.schedule(Duration.ofSeconds(1), () -> note("second"));
        loop.execute(() -> note("callback"));

        assertTrue(loop.runOnce());
        assertFalse(loop.runOnce());
        assertFalse(loop.runOnce());

        assertEquals(0, clock.nanoTime());
        assertEquals(List.of("PT0S callback"), log);
    }

    @Test
    @DisplayName("L-19 advanceBy runs nothing by itself; what it makes due runs in one iteration")
    void advanceByRunsNothingByItself() {
        loop.schedule(Duration.ofSeconds(1), () -> note("one"));
        loop.schedule(Duration.ofSeconds(2), () -> note("two"));
        loop.schedule(Duration.ofSeconds(3), () -> note("three"));

        clock.advanceBy(Duration.ofSeconds(2));
        assertEquals(List.of(), log);
        assertEquals(0, loop.iteration());
        assertEquals(Duration.ofSeconds(2), clock.elapsed());

        assertTrue(loop.runOnce());
        assertEquals(List.of("PT2S one", "PT2S two"), log);
        assertFalse(loop.runOnce());
    }

    @Test
    void advanceByAddsUpAndZeroIsAllowed() {
        clock.advanceBy(Duration.ofMillis(1500));
        clock.advanceBy(Duration.ZERO);
        clock.advanceBy(Duration.ofNanos(7));
        assertEquals(1_500_000_007, clock.nanoTime());
        assertEquals("VirtualClock[PT1.500000007S]", clock.toString());
    }

    @Test
    void advanceByInsideACallbackLetsTimersBecomeDueInTheNextIteration() {
        loop.schedule(Duration.ofSeconds(5), () -> note("timer " + loop.iteration()));
        loop.execute(() -> {
            clock.advanceBy(Duration.ofSeconds(7));
            note("callback " + loop.iteration());
        });

        assertTrue(loop.runOnce());
        assertTrue(loop.runOnce());

        assertEquals(List.of("PT7S callback 1", "PT7S timer 2"), log);
    }

    @Test
    @DisplayName("L-07 at the end of time the clock stands still, and what waits for ever goes on, in order")
    void waitsForEverEndAtTheEndOfTime() {
        Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
        int[] left = {5};
        loop.schedule(forEver, new Runnable() {
            @Override
            public void run() {
                left[0]--;
                if (left[0] > 0) {
                    loop.schedule(forEver, this);
                    return;
                }
                loop.schedule(forEver, () -> note("first"));
                loop.schedule(Duration.ofSeconds(1), () -> note("second"));
                loop.schedule(Duration.ZERO, loop::stop);
            }
        });

        loop.run();

        String end = Duration.ofNanos(Long.MAX_VALUE / 2).toString();
        assertEquals(List.of(end + " first", end + " second"), log);
    }

    @Test
    @DisplayName("L-07 a deadline at the end of the range is for ever, and comes after one in the past")
    void aDeadlineAtTheEndOfTheRangeIsForEver() {
        loop.scheduleAt(Long.MAX_VALUE, () -> {
            note("for ever");
            loop.stop();
        });
        loop.scheduleAt(Long.MIN_VALUE, () -> note("long ago"));
        loop.schedule(Duration.ofMillis(-5), () -> note("a moment ago"));
        loop.schedule(Duration.ofDays(365), () -> note("in a year"));

        loop.run();

        String end = Duration.ofNanos(Long.MAX_VALUE / 2).toString();
        assertEquals(List.of("PT0S long ago", "PT0S a moment ago", "PT8760H in a year", end + " for ever"), log);
    }

    @Test
    @DisplayName("L-17 a periodic timer does not run after the end of time")
    void aPeriodicTimerEndsWithTime() {
        loop.scheduleAtFixedRate(Duration.ofDays(40 * 365), () -> note("periodic"));
        loop.scheduleAt(Long.MAX_VALUE, () -> {
            note("end");
            loop.stop();
        });

        loop.run();

        assertEquals(
                List.of("periodic", "periodic", "periodic", "end"),
                log.stream()
                        .map(entry -> entry.substring(entry.indexOf(' ') + 1))
                        .toList());
        assertEquals(0, loop.statistics().timers());
    }

    @Test
    void advanceByStopsAtTheEndOfTime() {
        clock.advanceBy(Duration.ofSeconds(Long.MAX_VALUE));
        clock.advanceBy(Duration.ofSeconds(Long.MAX_VALUE));
        clock.advanceTo(Long.MAX_VALUE);
        loop.schedule(Duration.ofSeconds(1), loop::stop);
        loop.run();
        assertEquals(Duration.ofNanos(Long.MAX_VALUE / 2), clock.elapsed());
    }

    @Test
    void itNeverGoesBack() {
        clock.advanceBy(Duration.ofSeconds(5));
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> clock.advanceBy(Duration.ofNanos(-1)));
        assertTrue(e.getMessage().contains("PT-0.000000001S"), e.getMessage());
        assertThrows(NullPointerException.class, () -> clock.advanceBy(null));
        clock.advanceTo(Duration.ofSeconds(4).toNanos());
        assertEquals(Duration.ofSeconds(5), clock.elapsed());
        clock.advanceTo(Duration.ofSeconds(6).toNanos());
        assertEquals(Duration.ofSeconds(6), clock.elapsed());

        loop.schedule(Duration.ofSeconds(-60), () -> {
            note("a minute ago");
            loop.stop();
        });
        loop.run();
        assertEquals(List.of("PT6S a minute ago"), log);
    }

    @Test
    @DisplayName("L-19 a cancelled timer never moves it")
    void aCancelledTimerNeverMovesIt() {
        TimerHandle cancelled = loop.schedule(Duration.ofSeconds(1), () -> note("never"));
        assertFalse(loop.runOnce());
        cancelled.cancel();
        loop.schedule(Duration.ofSeconds(9), () -> {
            note("nine");
            loop.stop();
        });
        loop.schedule(Duration.ofHours(9), () -> note("never")).cancel();

        loop.run();

        assertEquals(List.of("PT9S nine"), log);
    }

    @Test
    void itServesOneOpenLoopAtATime() {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> EventLoop.create(options(clock)));
        assertTrue(e.getMessage().contains(loop.name()), e.getMessage());
        assertThrows(IllegalStateException.class, () -> EventLoop.open(options(clock)));
        clock.advanceBy(Duration.ofSeconds(1));

        loop.close();

        try (EventLoop next = EventLoop.create(options(clock))) {
            assertEquals(Duration.ofSeconds(1).toNanos(), next.nanoTime(), "it goes on where it was");
            next.schedule(Duration.ofSeconds(1), next::stop);
            next.run();
        }
        assertEquals(Duration.ofSeconds(2), clock.elapsed());
    }

    @Test
    @DisplayName("L-19 a loop with a thread of its own moves it as well")
    void aLoopWithAThreadOfItsOwnMovesIt() throws Exception {
        VirtualClock other = new VirtualClock();
        try (EventLoop open = EventLoop.open(options(other))) {
            for (int i = 1; i <= 100; i++) {
                CompletableFuture<Duration> reached = new CompletableFuture<>();
                open.schedule(Duration.ofDays(1), () -> reached.complete(other.elapsed()));
                assertEquals(Duration.ofDays(i), reached.get(10, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    @DisplayName("L-19 it stands still while outside work is in flight, and can be moved by hand then")
    void itStandsStillWhileOutsideWorkIsInFlight() throws Exception {
        VirtualClock other = new VirtualClock();
        try (EventLoop open = EventLoop.open(options(other))) {
            open.beginExternal();
            CompletableFuture<Duration> hour = new CompletableFuture<>();
            CompletableFuture<Duration> day = new CompletableFuture<>();
            open.schedule(Duration.ofHours(1), () -> hour.complete(other.elapsed()));
            open.schedule(Duration.ofDays(1), () -> day.complete(other.elapsed()));
            CountDownLatch idle = new CountDownLatch(1);
            open.execute(() -> open.execute(idle::countDown));
            assertTrue(idle.await(10, TimeUnit.SECONDS));
            assertEquals(Duration.ZERO, other.elapsed());

            other.advanceBy(Duration.ofHours(2)); // wakes the loop
            assertEquals(Duration.ofHours(2), hour.get(10, TimeUnit.SECONDS));
            assertFalse(day.isDone());

            open.endExternal();
            assertEquals(Duration.ofDays(1), day.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    @DisplayName("L-19 the result of outside work comes before the deadlines that it held up")
    void theResultOfOutsideWorkComesBeforeTheDeadlines() throws InterruptedException {
        loop.schedule(Duration.ofSeconds(1), () -> {
            note("timer");
            loop.stop();
        });
        loop.beginExternal();
        Thread worker = Thread.ofPlatform().unstarted(() -> {
            loop.execute(() -> note("result"));
            loop.endExternal();
        });
        loop.execute(worker::start);

        loop.run();

        assertTrue(worker.join(Duration.ofSeconds(10)));
        assertEquals(List.of("PT0S result", "PT1S timer"), log);
    }

    @Test
    @DisplayName("L-19 a loop whose fibers wait for nothing can never go on, and says so")
    void aLoopThatCanNeverGoOnSaysSo() {
        Waiting fiber = new Waiting();
        loop.execute(fiber::start);
        loop.schedule(Duration.ofSeconds(3), () -> note("timer"));

        IllegalStateException e = assertThrows(IllegalStateException.class, loop::run);

        assertTrue(e.getMessage().contains("the one who waits"), e.getMessage());
        assertEquals(List.of("PT0S waits", "PT3S timer", "PT3S ends"), log, "it was unwound, with the time it was");
        assertTrue(fiber.hasEnded());
        assertEquals(0, loop.statistics().fibers());
    }

    @Test
    void runOnceOfALoopThatCanNeverGoOnJustReturns() {
        Waiting fiber = new Waiting();
        loop.execute(fiber::start);

        assertTrue(loop.runOnce());
        assertFalse(loop.runOnce());

        assertEquals(List.of("PT0S waits"), log);
        assertFalse(fiber.hasEnded());
        loop.close();
        assertEquals(List.of("PT0S waits", "PT0S ends"), log);
    }

    @Test
    void anIdleLoopWithoutFibersJustWaits() {
        CountDownLatch driving = new CountDownLatch(1);
        loop.execute(driving::countDown);
        Thread stopper = Thread.ofPlatform().start(() -> {
            try {
                assertTrue(driving.await(10, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            loop.execute(() -> {
                note("woken");
                loop.stop();
            });
        });

        loop.run();

        assertEquals(List.of("PT0S woken"), log);
        assertFalse(stopper.isInterrupted());
    }

    private LoopOptions options(VirtualClock time) {
        return LoopOptions.defaults().withClock(time).withExceptionHandler(failures::add);
    }

    private void note(String label) {
        log.add(clock.elapsed() + " " + label);
    }

    /** Suspends until it is cancelled. */
    private final class Waiting extends Fiber {
        private boolean cancelled;

        Waiting() {
            super(loop, "the one who waits");
        }

        @Override
        protected Outcome run() {
            note("waits");
            while (!cancelled) {
                suspend();
            }
            note("ends");
            return Outcome.CANCELLED;
        }

        @Override
        protected void cancel(String reason) {
            cancelled = true;
            resume();
        }

        @Override
        protected void abandoned(Throwable reason) {}

        @Override
        public void awaitDone(CompletionStage<?> stage) {}
    }
}
