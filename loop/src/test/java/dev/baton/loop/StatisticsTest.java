package dev.baton.loop;

import static dev.baton.loop.TestFiber.awaitLatch;
import static dev.baton.loop.TestFiber.begin;
import static dev.baton.loop.TestFiber.driveForAnHour;
import static dev.baton.loop.TestFiber.launch;
import static dev.baton.loop.TestFiber.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StatisticsTest {
    private final EventLoop loop =
            EventLoop.create(LoopOptions.defaults().withName("counted").withClock(new VirtualClock()));
    private final List<LoopStatistics> seen = new ArrayList<>();

    @Test
    void aNewLoopHasNothing() {
        assertEquals(new LoopStatistics(0, 0, 0, 0, 0, 0, 0), loop.statistics());
        assertEquals("EventLoop[counted, " + loop.handoff() + ", iteration 0, 0 fibers]", loop.toString());
    }

    @Test
    void submissionsStandInTheInboxUntilTheLoopSeesThem() {
        loop.execute(() -> seen.add(loop.statistics()));
        loop.execute(() -> seen.add(loop.statistics()));
        TimerHandle timer = loop.schedule(ms(5), () -> {});
        TestFiber fiber = launch(loop, "fiber", TestFiber::awaitWake);
        assertEquals(new LoopStatistics(0, 0, 0, 4, 0, 0, 0), loop.statistics());

        loop.runOnce();

        assertEquals(List.of(new LoopStatistics(1, 2, 1, 0, 1, 0, 1), new LoopStatistics(1, 1, 1, 0, 1, 0, 1)), seen);
        assertEquals(new LoopStatistics(1, 0, 1, 0, 1, 1, 1), loop.statistics());
        fiber.wake();
        timer.cancel();
        assertEquals(new LoopStatistics(1, 0, 1, 2, 1, 1, 1), loop.statistics());
        loop.runOnce();
        assertEquals(new LoopStatistics(2, 0, 0, 0, 0, 0, 1), loop.statistics());
    }

    @Test
    void aCancelledTimerIsGoneAtOnceWhenTheOwnerCancels() {
        loop.execute(() -> {
            List<TimerHandle> timers = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                timers.add(loop.schedule(ms(i), () -> {}));
            }
            seen.add(loop.statistics());
            timers.forEach(TimerHandle::cancel);
            seen.add(loop.statistics());
        });
        loop.runOnce();
        assertEquals(
                List.of(new LoopStatistics(1, 0, 1_000, 0, 0, 0, 0), new LoopStatistics(1, 0, 0, 0, 0, 0, 0)), seen);
    }

    @Test
    void readyFibersAreNotSuspended() {
        List<TestFiber> fibers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            fibers.add(launch(loop, "fiber " + i, TestFiber::awaitWake));
        }
        loop.runOnce();
        loop.execute(() -> {
            seen.add(loop.statistics());
            fibers.get(0).wake();
            fibers.get(1).wake();
            seen.add(loop.statistics());
        });

        loop.runOnce();

        assertEquals(List.of(new LoopStatistics(2, 0, 0, 0, 5, 5, 5), new LoopStatistics(2, 2, 0, 0, 5, 3, 5)), seen);
        loop.runOnce();
        assertEquals(new LoopStatistics(3, 0, 0, 0, 3, 3, 5), loop.statistics());
    }

    @Test
    void aFiberThatWaitsToStartLivesAndIsReady() {
        loop.execute(() -> {
            launch(loop, "later", TestFiber::awaitWake);
            seen.add(loop.statistics());
            begin(loop, "at once", self -> seen.add(loop.statistics()));
            seen.add(loop.statistics());
        });
        loop.runOnce();
        assertEquals(
                List.of(
                        new LoopStatistics(1, 1, 0, 0, 1, 0, 1),
                        new LoopStatistics(1, 1, 0, 0, 2, 0, 2),
                        new LoopStatistics(1, 1, 0, 0, 1, 0, 2)),
                seen);
    }

    @Test
    void aThousandFibersLeaveNothingBehind() {
        for (int i = 0; i < 1_000; i++) {
            int delay = i % 7;
            launch(loop, "fiber " + i, self -> {
                self.sleep(ms(delay));
                self.yieldOnce();
                if (delay == 3) {
                    throw new CancellationException();
                }
            });
        }
        driveForAnHour(loop);
        LoopStatistics end = loop.statistics();
        assertEquals(new LoopStatistics(end.iterations(), 0, 0, 0, 0, 0, 1_000), end);
        assertEquals(List.of(), loop.liveFibers());
    }

    @Test
    void anotherThreadMayAskWhileTheLoopIsBlocked() {
        EventLoop open = EventLoop.open();
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        launch(open, "waits", TestFiber::awaitWake);
        launch(open, "blocks", self -> {
            open.schedule(Duration.ofHours(1), () -> {});
            open.execute(() -> {});
            blocked.countDown();
            awaitLatch(release);
        });
        awaitLatch(blocked);
        open.execute(() -> {});

        LoopStatistics now = open.statistics();

        assertEquals(new LoopStatistics(now.iterations(), 1, 1, 1, 2, 1, 2), now);
        release.countDown();
        open.close();
        assertEquals(0, open.statistics().fibers());
        assertTrue(open.toString().endsWith(", 0 fibers, closed]"), open.toString());
    }
}
