package dev.baton.loop;

import static dev.baton.loop.TestFiber.begin;
import static dev.baton.loop.TestFiber.launch;
import static dev.baton.loop.TestFiber.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What listeners hear of fibers that wait, and of a loop that has nothing to do. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IdleAndWaitTest {
    private final VirtualClock clock = new VirtualClock();
    private final List<String> log = new ArrayList<>();
    private final LoopListener listener = new LoopListener() {
        @Override
        public void idleStarted(EventLoop loop) {
            log.add("idle");
        }

        @Override
        public void idleEnded(EventLoop loop, long durationNanos) {
            log.add("busy after " + durationNanos / 1_000_000);
        }

        @Override
        public void fiberSuspended(EventLoop loop, Fiber fiber) {
            log.add(fiber.name() + " suspends in " + loop.iteration()
                    + (Fiber.current() == fiber ? "" : " on another thread"));
        }

        @Override
        public void fiberResumed(EventLoop loop, Fiber fiber) {
            log.add(fiber.name() + " goes on in " + loop.iteration());
        }
    };

    private EventLoop loop(Handoff handoff) {
        return EventLoop.create(LoopOptions.defaults().withClock(clock).withHandoff(handoff));
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "CARRIER"})
    @DisplayName("B-05 each suspension of a fiber is told, and each time that it goes on")
    void suspensionsAreTold(Handoff handoff) {
        EventLoop loop = loop(handoff);
        loop.addListener(listener);
        launch(loop, "a", self -> {
            begin(loop, "child", TestFiber::yieldOnce);
            log.add("a has its baton back");
            self.yieldOnce();
        });
        launch(loop, "b", TestFiber::yieldOnce);
        TestFiber.driveForAnHour(loop);
        assertEquals(
                List.of(
                        "child suspends in 1",
                        "a has its baton back",
                        "a suspends in 1",
                        "b suspends in 1",
                        "child goes on in 2",
                        "a goes on in 2",
                        "b goes on in 2",
                        "idle",
                        "busy after 3600000",
                        "idle"),
                log);
        loop.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "CARRIER"})
    @DisplayName("B-05 a loop is idle while it waits, and while nobody drives it")
    void idlenessIsTold(Handoff handoff) {
        EventLoop loop = loop(handoff);
        loop.addListener(listener);
        loop.schedule(ms(250), () -> clock.advanceBy(ms(50)));
        loop.schedule(ms(400), loop::stop);
        loop.run();
        clock.advanceBy(ms(1000));
        loop.execute(() -> {});
        loop.runOnce();
        assertEquals(
                List.of("idle", "busy after 250", "idle", "busy after 100", "idle", "busy after 1000", "idle"), log);
        loop.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "CARRIER"})
    @DisplayName("B-05 how long a fiber waits is known if somebody listened when it began to")
    void waitingTimesAreKnownWhileSomebodyListens(Handoff handoff) {
        EventLoop loop = loop(handoff);
        TestFiber early = launch(loop, "early", TestFiber::awaitWake);
        loop.runOnce();
        loop.addListener(listener);
        TestFiber late = new TestFiber(loop, "late", self -> {
            assertEquals(OptionalLong.empty(), self.waitingNanos());
            self.awaitWake();
        });
        assertEquals(OptionalLong.empty(), late.waitingNanos(), "it has not begun");
        late.startLater();
        loop.runOnce();
        clock.advanceBy(ms(70));
        assertEquals(OptionalLong.empty(), early.waitingNanos());
        assertEquals(OptionalLong.of(70_000_000), late.waitingNanos());
        loop.removeListener(listener);
        assertEquals(OptionalLong.empty(), late.waitingNanos());
        loop.addListener(listener);
        assertEquals(OptionalLong.empty(), late.waitingNanos(), "it may have gone on, and waited anew, in between");
        loop.close();
        assertEquals(OptionalLong.empty(), late.waitingNanos());
        assertTrue(late.hasEnded());
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "CARRIER"})
    @DisplayName("A-58 where a fiber was made is known if the options ask for it")
    void spawnSitesAreKnownIfAskedFor(Handoff handoff) {
        EventLoop asked = EventLoop.create(
                LoopOptions.defaults().withClock(clock).withHandoff(handoff).withSpawnSites());
        EventLoop plain = EventLoop.create(LoopOptions.defaults().withHandoff(handoff));
        assertEquals(
                "whereItIsMade", whereItIsMade(asked).spawnSite().getFirst().getMethodName());
        assertEquals(List.of(), whereItIsMade(plain).spawnSite());
        asked.close();
        plain.close();
    }

    private static TestFiber whereItIsMade(EventLoop loop) {
        return new TestFiber(loop, "made", TestFiber::awaitWake);
    }
}
