package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Timers that run once: when, in which order, and what cancelling does. */
@Timeout(30)
class EventLoopTimersTest {
    private final VirtualClock clock = new VirtualClock();
    private final List<Throwable> failures = new ArrayList<>();
    private final EventLoop loop =
            EventLoop.create(LoopOptions.defaults().withClock(clock).withExceptionHandler(failures::add));
    private final List<String> log = new ArrayList<>();
    private final List<WeakReference<?>> references = new ArrayList<>(); // reachable, or they would not be enqueued

    @AfterEach
    void nothingFailed() {
        loop.close();
        assertEquals(List.of(), failures);
    }

    @Test
    @DisplayName("L-04 a timeout that is added during an iteration waits for the next, even if its deadline has passed")
    void aTimerAddedDuringAnIterationWaitsForTheNext() {
        loop.execute(() -> {
            note("callback");
            loop.schedule(Duration.ofSeconds(-5), () -> note("of the callback"));
        });
        loop.schedule(Duration.ZERO, () -> {
            note("timer");
            loop.schedule(Duration.ofSeconds(-9), () -> note("of the timer"));
        });

        driveForADay();

        assertEquals(List.of("0s 1 callback", "0s 1 timer", "0s 2 of the timer", "0s 2 of the callback"), log);
    }

    @Test
    @DisplayName("L-05 an earlier deadline runs first, whatever was registered first")
    void anEarlierDeadlineRunsFirst() {
        loop.schedule(Duration.ofSeconds(3), () -> note("three"));
        loop.schedule(Duration.ofSeconds(1), () -> note("one"));
        loop.schedule(Duration.ofSeconds(2), () -> note("two"));
        clock.advanceBy(Duration.ofSeconds(5));

        assertTrue(loop.runOnce());

        assertEquals(List.of("5s 1 one", "5s 1 two", "5s 1 three"), log);
    }

    @Test
    @DisplayName("L-05 equal deadlines run in the order of scheduling")
    void equalDeadlinesRunInTheOrderOfScheduling() {
        loop.execute(() -> IntStream.range(0, 1_000).forEach(i -> {
            if (i % 2 == 0) {
                loop.schedule(Duration.ofSeconds(1), () -> note("" + i));
            } else {
                loop.scheduleAt(Duration.ofSeconds(1).toNanos(), () -> note("" + i));
            }
        }));

        driveForADay();

        assertEquals(IntStream.range(0, 1_000).mapToObj(i -> "1s 2 " + i).toList(), log);
    }

    @Test
    @DisplayName("L-05 deadlines in the past keep their order")
    void deadlinesInThePastKeepTheirOrder() {
        loop.schedule(Duration.ZERO, () -> note("now"));
        loop.schedule(Duration.ofMillis(-5), () -> note("5 ms ago"));
        loop.schedule(Duration.ofMillis(-10), () -> note("10 ms ago"));
        loop.scheduleAt(-7_000_000, () -> note("7 ms ago"));
        loop.schedule(Duration.ofMillis(-5), () -> note("5 ms ago as well"));

        assertTrue(loop.runOnce());

        assertEquals(
                List.of("0s 1 10 ms ago", "0s 1 7 ms ago", "0s 1 5 ms ago", "0s 1 5 ms ago as well", "0s 1 now"), log);
        assertEquals(Duration.ZERO, clock.elapsed(), "the past moves no clock");
    }

    @Test
    @DisplayName("L-06 a due timer can be cancelled by an earlier one (test_remove_timeout_from_timeout)")
    void aDueTimerCanBeCancelledByAnEarlierOne() {
        boolean[] calls = {false, false};
        loop.execute(() -> {
            AtomicReference<TimerHandle> second = new AtomicReference<>();
            loop.schedule(Duration.ofSeconds(1), () -> {
                calls[0] = true;
                second.get().cancel();
            });
            second.set(loop.schedule(Duration.ofSeconds(1), () -> calls[1] = true));
            clock.advanceBy(Duration.ofSeconds(1)); // so that both are due at once
        });

        driveForADay();

        assertEquals(List.of(true, false), List.of(calls[0], calls[1]));
    }

    @Test
    @DisplayName("L-06 a due timer can be cancelled by a callback of its iteration, and by another thread")
    void aDueTimerCanBeCancelledUntilItRuns() {
        AtomicReference<TimerHandle> byCallback = new AtomicReference<>();
        AtomicReference<TimerHandle> byThread = new AtomicReference<>();
        byCallback.set(loop.schedule(Duration.ZERO, () -> note("cancelled by a callback")));
        byThread.set(loop.schedule(Duration.ZERO, () -> note("cancelled by a thread")));
        loop.schedule(Duration.ZERO, () -> note("left"));
        loop.execute(() -> {
            byCallback.get().cancel();
            inAnotherThread(() -> byThread.get().cancel());
            note("callback");
        });

        driveForADay();

        assertEquals(List.of("0s 1 callback", "0s 1 left"), log);
        assertTrue(byCallback.get().isCancelled());
        assertTrue(byThread.get().isCancelled());
    }

    @Test
    @DisplayName("L-06 a timer cancelled before its deadline never runs (test_remove_without_timeout, …_cleanup)")
    void aTimerCancelledBeforeItsDeadlineNeverRuns() {
        loop.execute(() -> {
            TimerHandle timer = loop.schedule(Duration.ofSeconds(1), () -> note("never"));
            loop.schedule(Duration.ofSeconds(2), () -> note("still"));
            assertFalse(timer.isCancelled());
            timer.cancel();
            assertTrue(timer.isCancelled());
            assertEquals(2, loop.statistics().timers(), "the other one, and that of the end of the day");
        });

        driveForADay();

        assertEquals(List.of("2s 2 still"), log);
    }

    @Test
    @DisplayName("L-06 cancelling after it fired, or twice, does nothing (test_remove_timeout_after_fire)")
    void cancellingTooLateOrTwiceDoesNothing() {
        TimerHandle fired = loop.schedule(Duration.ofSeconds(1), () -> note("fired"));
        TimerHandle twice = loop.schedule(Duration.ofSeconds(1), () -> note("never"));
        loop.schedule(Duration.ofSeconds(1), () -> note("neighbour"));
        twice.cancel();
        twice.cancel();

        driveForADay();
        fired.cancel();
        fired.cancel();
        twice.cancel();

        assertFalse(loop.runOnce());
        assertEquals(List.of("1s 1 fired", "1s 1 neighbour"), log);
        assertFalse(fired.isCancelled(), "the run came first");
        assertTrue(twice.isCancelled());
    }

    @Test
    @DisplayName("L-06 a timer that cancels itself while it runs has run")
    void aTimerThatCancelsItselfHasRun() {
        AtomicReference<TimerHandle> self = new AtomicReference<>();
        self.set(loop.schedule(Duration.ZERO, () -> {
            self.get().cancel();
            note("ran");
        }));

        driveForADay();

        assertEquals(List.of("0s 1 ran"), log);
        assertFalse(self.get().isCancelled());
    }

    @Test
    @DisplayName("L-06 another thread cancels a timer that stands in the heap")
    void anotherThreadCancelsATimerInTheHeap() {
        TimerHandle timer = loop.schedule(Duration.ofSeconds(1), () -> note("never"));
        assertFalse(loop.runOnce());
        assertEquals(1, loop.statistics().timers());

        timer.cancel(); // this thread does not hold the baton now
        assertTrue(timer.isCancelled());
        assertFalse(loop.runOnce(), "taking it out is not work");

        assertEquals(0, loop.statistics().timers());
        assertEquals(0, loop.iteration());
        clock.advanceBy(Duration.ofSeconds(2));
        assertFalse(loop.runOnce());
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("L-06 cancelling wakes no iteration, and a loop that waits for the timer goes on waiting")
    void cancellingIsNoIteration() throws InterruptedException {
        try (EventLoop open = EventLoop.open(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            CountDownLatch never = new CountDownLatch(1);
            TimerHandle timer = open.schedule(Duration.ofHours(1), never::countDown);
            timer.cancel();
            CountDownLatch ran = new CountDownLatch(1);
            open.execute(ran::countDown);

            assertTrue(ran.await(10, TimeUnit.SECONDS));
            assertEquals(1, open.iteration());
            assertEquals(0, open.statistics().timers());
            assertEquals(1, never.getCount());
        }
    }

    @Test
    @DisplayName("L-06 of 100,000 timers that were cancelled nothing is left (test_remove_timeout_cleanup)")
    void ofManyCancelledTimersNothingIsLeft() {
        List<TimerHandle> timers = new ArrayList<>();
        loop.execute(() -> {
            for (int i = 0; i < 100_000; i++) {
                timers.add(loop.schedule(Duration.ofSeconds(1 + i * 7919L % 1000), () -> note("never")));
            }
            assertEquals(100_000, loop.statistics().timers());
            timers.forEach(TimerHandle::cancel);
            assertEquals(0, loop.statistics().timers());
        });
        assertTrue(loop.runOnce());

        for (int i = 0; i < 100_000; i++) {
            timers.set(i, loop.schedule(Duration.ofSeconds(1), () -> note("never")));
        }
        assertFalse(loop.runOnce());
        assertEquals(100_000, loop.statistics().timers());
        timers.forEach(TimerHandle::cancel); // as another thread
        assertFalse(loop.runOnce());
        assertEquals(0, loop.statistics().timers());

        clock.advanceBy(Duration.ofDays(1));
        assertFalse(loop.runOnce());
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("L-06 a cancelled timer lets go of its callback")
    void aCancelledTimerLetsGoOfItsCallback() throws InterruptedException {
        ReferenceQueue<Runnable> collected = new ReferenceQueue<>();
        TimerHandle timer = loop.schedule(Duration.ofSeconds(1), tracked(collected));
        assertFalse(loop.runOnce());
        assertEquals(1, loop.statistics().timers());

        timer.cancel();

        assertCollected(collected);
        assertTrue(timer.isCancelled(), "the handle is still there");
    }

    @Test
    @DisplayName("L-06 a timer that has run lets go of its callback")
    void aTimerThatHasRunLetsGoOfItsCallback() throws InterruptedException {
        ReferenceQueue<Runnable> collected = new ReferenceQueue<>();
        TimerHandle timer = loop.schedule(Duration.ZERO, tracked(collected));
        assertTrue(loop.runOnce());

        assertCollected(collected);
        assertFalse(timer.isCancelled(), "the handle is still there");
    }

    @Test
    @DisplayName("L-06 a cancelled timer leaves the loop, so its handle is collected as well")
    void aCancelledTimerLeavesTheLoop() throws InterruptedException {
        ReferenceQueue<TimerHandle> collected = new ReferenceQueue<>();
        loop.execute(() -> {
            loop.schedule(Duration.ofSeconds(1), () -> {});
            TimerHandle timer = loop.schedule(Duration.ofSeconds(2), () -> {});
            loop.schedule(Duration.ofSeconds(3), () -> {});
            timer.cancel();
            references.add(new WeakReference<>(timer, collected));
        });
        assertTrue(loop.runOnce());

        assertCollected(collected);
        assertEquals(2, loop.statistics().timers());
    }

    @Test
    @DisplayName("L-07 absolute and relative deadlines keep their order (test_timeout_with_arguments)")
    void absoluteAndRelativeDeadlines() {
        loop.execute(() -> {
            loop.scheduleAt(loop.nanoTime(), () -> note("1"));
            loop.schedule(Duration.ZERO, () -> note("2"));
            loop.scheduleAt(loop.nanoTime(), () -> note("3"));
            loop.schedule(Duration.ofNanos(0), () -> note("4"));
        });

        driveForADay();

        assertEquals(List.of("0s 2 1", "0s 2 2", "0s 2 3", "0s 2 4"), log);
    }

    @Test
    @DisplayName("L-07 a delay counts from the call (test_add_timeout_timedelta)")
    void aDelayCountsFromTheCall() {
        clock.advanceBy(Duration.ofSeconds(1000));
        TimerHandle relative = loop.schedule(Duration.ofSeconds(10), () -> note("relative"));
        TimerHandle absolute = loop.scheduleAt(Duration.ofSeconds(1005).toNanos(), () -> note("absolute"));
        assertEquals(Duration.ofSeconds(1010).toNanos(), relative.deadlineNanos());
        assertEquals(Duration.ofSeconds(1005).toNanos(), absolute.deadlineNanos());
        clock.advanceBy(Duration.ofSeconds(9));

        driveForADay();

        assertEquals(List.of("1009s 1 absolute", "1010s 2 relative"), log);
    }

    @Test
    @DisplayName("L-07 a timer runs when its deadline is reached, not a nanosecond earlier")
    void aTimerRunsWhenItsDeadlineIsReached() {
        loop.schedule(Duration.ofNanos(100), () -> note("ran"));

        clock.advanceBy(Duration.ofNanos(99));
        assertFalse(loop.runOnce());
        clock.advanceBy(Duration.ofNanos(1));
        assertTrue(loop.runOnce());

        assertEquals(List.of("0s 1 ran"), log);
    }

    @Test
    @DisplayName("L-07 deadlines work on a clock with any origin, also where it wraps")
    void aClockMayHaveAnyOrigin() {
        for (long origin : List.of(-1_000_000_000_000L, 0L, Long.MAX_VALUE - 10, Long.MIN_VALUE + 10)) {
            long[] now = {origin};
            List<String> ran = new ArrayList<>();
            EventLoop any = EventLoop.create(LoopOptions.defaults().withClock(() -> now[0]));
            any.schedule(Duration.ofSeconds(Long.MAX_VALUE), () -> ran.add("never"));
            any.schedule(Duration.ofNanos(100), () -> ran.add("100"));
            any.scheduleAt(origin + 50, () -> ran.add("50"));
            any.schedule(Duration.ofSeconds(Long.MIN_VALUE), () -> ran.add("long ago"));
            assertTrue(any.runOnce());
            now[0] += 100;
            assertTrue(any.runOnce());
            assertEquals(List.of("long ago", "50", "100"), ran, "origin " + origin);
            any.close();
        }
    }

    @Test
    @DisplayName("L-07 the last time of the range is for ever, although the clock is below zero")
    void theLastTimeOfTheRangeIsForEver() {
        EventLoop below = EventLoop.create(LoopOptions.defaults().withClock(() -> -1_000_000_000_000L));
        below.scheduleAt(Long.MAX_VALUE, () -> note("never"));
        assertFalse(below.runOnce());
        below.close();
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("L-07 huge delays are for ever, and huge negative ones long ago")
    void hugeDelays() {
        clock.advanceBy(Duration.ofSeconds(1000));
        loop.execute(() -> {
            TimerHandle forEver = loop.schedule(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999), () -> note("never"));
            loop.schedule(Duration.ofDays(365), () -> note("next year"));
            loop.schedule(Duration.ZERO, () -> note("now"));
            loop.schedule(Duration.ofDays(-365), () -> note("last year"));
            TimerHandle longAgo = loop.schedule(Duration.ofSeconds(Long.MIN_VALUE), () -> note("long ago"));
            assertTrue(forEver.deadlineNanos() - loop.nanoTime()
                    > Duration.ofDays(365 * 50).toNanos());
            assertTrue(longAgo.deadlineNanos() - loop.nanoTime()
                    < Duration.ofDays(-365 * 50).toNanos());
        });

        assertTrue(loop.runOnce());
        assertTrue(loop.runOnce());
        assertEquals(List.of("1000s 2 long ago", "1000s 2 last year", "1000s 2 now"), log);

        clock.advanceBy(Duration.ofDays(365 * 50));
        assertTrue(loop.runOnce());
        assertFalse(loop.runOnce());
        assertEquals("next year", log.getLast().substring(log.getLast().lastIndexOf("next")));
        assertEquals(1, loop.statistics().timers());
    }

    @Test
    @DisplayName(
            "L-07 what is null or no deadline is refused at the call (test_add_timeout_return, test_call_at_return)")
    void nullIsRefused() {
        assertThrows(NullPointerException.class, () -> loop.schedule(null, () -> note("never")));
        assertThrows(NullPointerException.class, () -> loop.schedule(Duration.ZERO, null));
        assertThrows(NullPointerException.class, () -> loop.scheduleAt(0, null));
        assertNotNull(loop.schedule(Duration.ZERO, () -> {}));
        assertNotNull(loop.scheduleAt(0, () -> {}));
        assertTrue(loop.runOnce());
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("L-08 a delay of another thread counts from its call, not from its admission")
    void aDelayOfAnotherThreadCountsFromItsCall() {
        loop.schedule(Duration.ofSeconds(10), () -> note("ran"));
        clock.advanceBy(Duration.ofSeconds(10));

        assertTrue(loop.runOnce());

        assertEquals(List.of("10s 1 ran"), log);
    }

    @Test
    @DisplayName("L-08 another thread schedules an earlier deadline than the one that the loop waits for")
    void anEarlierDeadlineOfAnotherThreadIsNotSleptOver() throws InterruptedException {
        try (EventLoop open = EventLoop.open(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            for (int i = 0; i < 200; i++) {
                open.schedule(Duration.ofDays(2000 - i), () -> {});
                CountDownLatch ran = new CountDownLatch(1);
                open.schedule(Duration.ofMillis(1), ran::countDown);
                assertTrue(ran.await(10, TimeUnit.SECONDS), "round " + i);
            }
        }
    }

    @Test
    void onTheWallClockATimerIsNeverEarly() {
        try (EventLoop wall = EventLoop.create(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            CompletableFuture<Long> early = new CompletableFuture<>();
            wall.runUntil(() -> {
                AtomicReference<TimerHandle> timer = new AtomicReference<>();
                timer.set(wall.schedule(
                        Duration.ofMillis(20), () -> early.complete(timer.get().deadlineNanos() - System.nanoTime())));
                return early;
            });
            assertTrue(early.join() <= 0, early + "");
            assertEquals(1, wall.iteration(), "waiting is not an iteration");
        }
    }

    @Test
    @DisplayName("L-19 a cancelled timer never moves virtual time")
    void aCancelledTimerNeverMovesVirtualTime() {
        TimerHandle early = loop.schedule(Duration.ofSeconds(1), () -> note("never"));
        TimerHandle late = loop.schedule(Duration.ofHours(1), () -> note("never"));
        loop.schedule(Duration.ofSeconds(5), () -> {
            note("five");
            late.cancel();
            loop.execute(loop::stop);
        });
        early.cancel();

        loop.run();

        assertEquals(List.of("5s 1 five"), log);
        assertEquals(Duration.ofSeconds(5), clock.elapsed());
        assertEquals(0, loop.statistics().timers());
    }

    @Test
    @DisplayName("L-19 waiting idly for a deadline is not an iteration")
    void waitingIsNotAnIteration() {
        loop.schedule(Duration.ofSeconds(1), () -> note("one"));
        loop.schedule(Duration.ofHours(1), () -> note("hour"));

        driveForADay();

        assertEquals(List.of("1s 1 one", "3600s 2 hour"), log);
    }

    @Test
    void aHandleTellsItsState() {
        TimerHandle done = loop.schedule(Duration.ZERO, () -> {});
        TimerHandle cancelled = loop.schedule(Duration.ofSeconds(1), () -> {});
        TimerHandle pending = loop.schedule(Duration.ofNanos(7), () -> {});
        assertTrue(loop.runOnce());
        cancelled.cancel();

        assertEquals("TimerHandle[done]", done.toString());
        assertEquals("TimerHandle[cancelled]", cancelled.toString());
        assertEquals("TimerHandle[due in 7 ns]", pending.toString());
    }

    private void note(String label) {
        log.add(clock.elapsed().toSeconds() + "s " + loop.iteration() + " " + label);
    }

    /** Drives the loop through all timers of the next day. */
    private void driveForADay() {
        loop.schedule(Duration.ofDays(1), loop::stop);
        loop.run();
    }

    private Runnable tracked(ReferenceQueue<Runnable> collected) {
        Runnable callback = new Runnable() {
            @Override
            public void run() {}
        };
        references.add(new WeakReference<>(callback, collected));
        return callback;
    }

    private static void assertCollected(ReferenceQueue<?> collected) throws InterruptedException {
        for (int i = 0; i < 50; i++) {
            System.gc();
            if (collected.remove(100) != null) {
                return;
            }
        }
        throw new AssertionError("it is still reachable");
    }

    private static void inAnotherThread(Runnable action) {
        Thread thread = Thread.ofPlatform().start(action);
        try {
            assertTrue(thread.join(Duration.ofSeconds(10)), "the other thread hangs");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
