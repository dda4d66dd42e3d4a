package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Timers that run again and again. */
@Timeout(30)
class PeriodicTimerTest {
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final VirtualClock clock = new VirtualClock();
    private final List<Throwable> failures = new ArrayList<>();
    private final EventLoop loop =
            EventLoop.create(LoopOptions.defaults().withClock(clock).withExceptionHandler(failures::add));
    private final List<Long> seconds = new ArrayList<>();

    @AfterEach
    void nothingFailedThatNobodyExpected() {
        loop.close();
        assertEquals(List.of(), failures);
    }

    @Test
    @DisplayName("L-17 the first run comes one period after the start, then one in each period (test_basic)")
    void oneRunInEachPeriod() {
        clock.advanceBy(Duration.ofSeconds(1000));
        TimerHandle timer = loop.scheduleAtFixedRate(PERIOD, this::noteTime);
        loop.schedule(Duration.ofSeconds(55), loop::stop);
        assertEquals(Duration.ofSeconds(1010).toNanos(), timer.deadlineNanos());

        loop.run();

        assertEquals(List.of(1010L, 1020L, 1030L, 1040L, 1050L), seconds);
        assertEquals(Duration.ofSeconds(1060).toNanos(), timer.deadlineNanos());
    }

    @Test
    @DisplayName("L-17 a run that takes longer skips whole periods and stays on the grid (test_overrun)")
    void overrunPeriodsAreSkipped() {
        clock.advanceBy(Duration.ofSeconds(1000));
        Iterator<Integer> takes = List.of(9, 9, 10, 11, 20, 20, 35, 35, 0, 0).iterator();
        AtomicReference<TimerHandle> timer = new AtomicReference<>();
        timer.set(loop.scheduleAtFixedRate(PERIOD, () -> {
            noteTime();
            if (takes.hasNext()) {
                clock.advanceBy(Duration.ofSeconds(takes.next()));
            } else {
                timer.get().cancel();
                loop.stop();
            }
        }));

        loop.run();

        assertEquals(List.of(1010L, 1020L, 1030L, 1050L, 1070L, 1100L, 1130L, 1170L, 1210L, 1220L, 1230L), seconds);
    }

    @Test
    @DisplayName("L-17 periods that passed before the loop was driven are skipped as well")
    void periodsThatPassedUndrivenAreSkipped() {
        loop.scheduleAtFixedRate(PERIOD, this::noteTime);
        clock.advanceBy(Duration.ofSeconds(35));

        assertTrue(loop.runOnce());
        assertFalse(loop.runOnce(), "once, and not once for each period");
        loop.schedule(Duration.ofSeconds(10), loop::stop);
        loop.run();

        assertEquals(List.of(35L, 40L), seconds);
    }

    @Test
    @DisplayName("L-17 an error is reported, and the schedule goes on")
    void aFailingCallbackGoesOn() {
        RuntimeException failure = new RuntimeException("again and again");
        Error error = new AssertionError("an error");
        loop.scheduleAtFixedRate(PERIOD, () -> {
            noteTime();
            if (seconds.size() == 2) {
                throw error;
            }
            throw failure;
        });
        loop.schedule(Duration.ofSeconds(35), loop::stop);

        loop.run();

        assertEquals(List.of(10L, 20L, 30L), seconds);
        assertEquals(List.of(failure, error, failure), failures);
        failures.clear();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    @DisplayName("L-17 a period of zero or less is refused")
    void aPeriodMustBePositive(long nanos) {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> loop.scheduleAtFixedRate(Duration.ofNanos(nanos), this::noteTime));

        assertTrue(e.getMessage().contains(Duration.ofNanos(nanos).toString()), e.getMessage());
        assertFalse(loop.runOnce());
        assertEquals(0, loop.statistics().timers());
    }

    @Test
    @DisplayName("L-17 null and a closed loop are refused")
    void nullAndAClosedLoopAreRefused() {
        assertThrows(NullPointerException.class, () -> loop.scheduleAtFixedRate(null, this::noteTime));
        assertThrows(NullPointerException.class, () -> loop.scheduleAtFixedRate(PERIOD, null));
        loop.close();
        assertThrows(RejectedExecutionException.class, () -> loop.scheduleAtFixedRate(PERIOD, this::noteTime));
    }

    @Test
    @DisplayName("L-17 the shortest period runs once in an iteration")
    void theShortestPeriod() {
        loop.scheduleAtFixedRate(Duration.ofNanos(1), () -> {
            if (loop.iteration() == 3) {
                loop.stop();
            }
            seconds.add(clock.nanoTime());
        });

        loop.run();

        assertEquals(List.of(1L, 2L, 3L), seconds, "here in nanoseconds");
    }

    @Test
    @DisplayName("L-17 a huge period is taken for ever")
    void aHugePeriod() {
        TimerHandle timer = loop.scheduleAtFixedRate(Duration.ofSeconds(Long.MAX_VALUE), this::noteTime);
        loop.schedule(Duration.ofDays(365 * 50), loop::stop);

        loop.run();

        assertEquals(List.of(), seconds);
        assertTrue(timer.deadlineNanos() > clock.nanoTime());
    }

    @Test
    @DisplayName(
            "L-17 it runs in turn with timers of the same deadline, and keeps its place by the order of scheduling")
    void itRunsInTurnWithOtherTimers() {
        List<String> log = new ArrayList<>();
        loop.schedule(Duration.ofSeconds(20), () -> log.add(loop.iteration() + " scheduled before"));
        loop.scheduleAtFixedRate(PERIOD, () -> log.add(loop.iteration() + " periodic"));
        loop.scheduleAtFixedRate(PERIOD, () -> log.add(loop.iteration() + " second periodic"));
        loop.schedule(PERIOD, () -> {
            log.add(loop.iteration() + " once");
            loop.schedule(PERIOD, () -> log.add(loop.iteration() + " scheduled after"));
        });
        loop.schedule(Duration.ofSeconds(25), loop::stop);

        loop.run();

        assertEquals(
                List.of(
                        "1 periodic",
                        "1 second periodic",
                        "1 once",
                        "2 scheduled before",
                        "2 periodic",
                        "2 second periodic",
                        "2 scheduled after"),
                log);
    }

    @Test
    @DisplayName("L-06, L-17 it can be cancelled from inside")
    void itCanBeCancelledFromInside() {
        AtomicReference<TimerHandle> timer = new AtomicReference<>();
        timer.set(loop.scheduleAtFixedRate(PERIOD, () -> {
            noteTime();
            if (seconds.size() == 3) {
                timer.get().cancel();
                assertEquals(1, loop.statistics().timers(), "only the one that stops the loop is left");
            }
        }));
        loop.schedule(Duration.ofSeconds(95), loop::stop);

        loop.run();

        assertEquals(List.of(10L, 20L, 30L), seconds);
        assertTrue(timer.get().isCancelled());
        assertEquals(0, loop.statistics().timers());
    }

    @Test
    @DisplayName("L-06, L-17 it can be cancelled from inside by a run that fails")
    void itCanBeCancelledByARunThatFails() {
        RuntimeException failure = new RuntimeException("the last one");
        AtomicReference<TimerHandle> timer = new AtomicReference<>();
        timer.set(loop.scheduleAtFixedRate(PERIOD, () -> {
            noteTime();
            timer.get().cancel();
            throw failure;
        }));
        loop.schedule(Duration.ofSeconds(35), loop::stop);

        loop.run();

        assertEquals(List.of(10L), seconds);
        assertEquals(List.of(failure), failures);
        failures.clear();
        assertEquals(0, loop.statistics().timers());
    }

    @Test
    @DisplayName("L-06, L-17 it can be cancelled between two runs, and while it is due")
    void itCanBeCancelledBetweenTwoRunsAndWhileItIsDue() {
        TimerHandle between = loop.scheduleAtFixedRate(PERIOD, this::noteTime);
        loop.schedule(Duration.ofSeconds(15), between::cancel);
        AtomicReference<TimerHandle> due = new AtomicReference<>();
        loop.schedule(Duration.ofSeconds(40), () -> due.get().cancel());
        due.set(loop.scheduleAtFixedRate(Duration.ofSeconds(20), this::noteTime));
        loop.schedule(Duration.ofSeconds(95), loop::stop);

        loop.run();

        assertEquals(List.of(10L, 20L), seconds);
        assertEquals(0, loop.statistics().timers());
    }

    @Test
    @DisplayName("L-06, L-17 another thread cancels it: it runs at most once more")
    void anotherThreadCancelsIt() throws InterruptedException {
        try (EventLoop open = EventLoop.open(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            for (int i = 0; i < 200; i++) {
                CountDownLatch third = new CountDownLatch(3);
                AtomicReference<TimerHandle> timer = new AtomicReference<>();
                timer.set(open.scheduleAtFixedRate(Duration.ofNanos(20_000), third::countDown));
                assertTrue(third.await(10, TimeUnit.SECONDS), "round " + i);
                timer.get().cancel(); // perhaps while it runs, perhaps while it is put back
                assertTrue(timer.get().isCancelled());
            }
            CountDownLatch seen = new CountDownLatch(1);
            List<Integer> left = new ArrayList<>();
            open.execute(() -> open.execute(() -> {
                left.add(open.statistics().timers());
                seen.countDown();
            }));
            assertTrue(seen.await(10, TimeUnit.SECONDS));
            assertEquals(List.of(0), left);
        }
    }

    @Test
    @DisplayName("L-17 on the wall clock the deadlines stay on the grid")
    void onTheWallClockTheDeadlinesStayOnTheGrid() {
        try (EventLoop wall = EventLoop.create(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            long period = Duration.ofMillis(2).toNanos();
            List<Long> deadlines = new ArrayList<>();
            AtomicReference<TimerHandle> timer = new AtomicReference<>();
            timer.set(wall.scheduleAtFixedRate(Duration.ofNanos(period), () -> {
                long deadline = timer.get().deadlineNanos();
                assertTrue(System.nanoTime() - deadline >= 0, "early");
                deadlines.add(deadline);
                if (deadlines.size() == 10) {
                    wall.stop();
                }
            }));
            wall.run();

            for (int i = 1; i < deadlines.size(); i++) {
                long distance = deadlines.get(i) - deadlines.get(i - 1);
                assertTrue(distance > 0 && distance % period == 0, deadlines::toString);
            }
        }
    }

    private void noteTime() {
        seconds.add(clock.elapsed().toSeconds());
    }
}
