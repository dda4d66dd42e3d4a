package dev.baton.loop;

import static dev.baton.loop.TestFiber.awaitLatch;
import static dev.baton.loop.TestFiber.launch;
import static dev.baton.loop.TestFiber.ms;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On virtual time, a loop with fibers but nothing that could ever make one ready. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StuckTest {
    private final VirtualClock clock = new VirtualClock();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> reports = new CopyOnWriteArrayList<>();
    private final LoopOptions options =
            LoopOptions.defaults().withClock(clock).withName("stuck").withExceptionHandler(reports::add);

    @Test
    void runSaysWhichFibersWaitForEver() {
        EventLoop loop = EventLoop.create(options);
        launch(loop, "sleeps first", self -> {
            self.sleep(ms(10));
            log.add("slept");
            whereItWaits(self);
        });
        launch(loop, "waits at once", StuckTest::whereItWaits);
        launch(loop, "ends", self -> self.sleep(ms(20)));

        IllegalStateException stuck = assertThrows(IllegalStateException.class, loop::run);

        List<String> lines = stuck.getMessage().lines().toList();
        assertTrue(
                lines.getFirst()
                        .startsWith("nothing is ready, there is no timer, and these wait for ever: EventLoop[stuck, "),
                lines.getFirst());
        assertEquals(
                List.of("Fiber[sleeps first]", "Fiber[waits at once]"),
                lines.stream().filter(line -> line.startsWith("Fiber[")).toList());
        assertEquals(
                2,
                lines.stream()
                        .filter(line -> line.contains("StuckTest.whereItWaits("))
                        .count());
        assertEquals(List.of("slept"), log);
        assertEquals(ms(20), clock.elapsed());
    }

    private static void whereItWaits(TestFiber self) {
        self.awaitWake();
    }

    @Test
    void theFibersAreCancelledAndUnwoundBeforeRunThrows() {
        EventLoop loop = EventLoop.create(options);
        TestFiber older = launch(loop, "older", self -> {
            try {
                self.awaitWake();
            } finally {
                self.sleep(ms(30));
                log.add("older unwound at " + clock.elapsed().toMillis());
            }
        });
        TestFiber younger = launch(loop, "younger", self -> {
            try {
                self.awaitWake();
            } finally {
                log.add("younger unwound at " + clock.elapsed().toMillis());
            }
        });

        assertThrows(IllegalStateException.class, loop::run);

        assertEquals(List.of("younger unwound at 0", "older unwound at 30"), log);
        assertEquals(List.of("its loop can never go on"), older.cancels);
        assertTrue(older.hasEnded() && younger.hasEnded());
        assertEquals(0, loop.statistics().fibers());
        assertEquals(0, loop.statistics().timers());
        assertFalse(loop.isClosing());
        assertEquals(List.of(), reports);
    }

    @Test
    void theLoopCanBeDrivenAgain() {
        EventLoop loop = EventLoop.create(options);
        launch(loop, "waits", TestFiber::awaitWake);
        assertThrows(IllegalStateException.class, loop::run);

        TestFiber.launch(loop, "next", self -> {
            self.sleep(ms(5));
            log.add("slept");
            loop.stop();
        });
        loop.run();

        assertEquals(List.of("slept"), log);
        loop.close();
    }

    @Test
    void runUntilSaysItToo() {
        EventLoop loop = EventLoop.create(options);
        CompletableFuture<String> never = new CompletableFuture<>();
        TestFiber fiber = launch(loop, "waits", self -> self.awaitDone(never));

        IllegalStateException stuck = assertThrows(IllegalStateException.class, () -> loop.runUntil(never));

        assertTrue(stuck.getMessage().contains("\nFiber[waits]\n"), stuck.getMessage());
        assertFalse(never.isDone());
        assertTrue(fiber.hasEnded());
        assertEquals(List.of("its loop can never go on"), fiber.cancels);
    }

    @Test
    void aFiberThatRefusesToUnwindDoesNotHoldUpRun() {
        EventLoop loop = EventLoop.create(options.withCloseTimeout(ms(500)));
        TestFiber refuses = launch(loop, "refuses", self -> {
            try {
                self.awaitWake();
            } finally {
                self.awaitWake();
            }
        });

        assertThrows(IllegalStateException.class, loop::run);

        assertEquals(ms(500), clock.elapsed());
        assertFalse(refuses.hasEnded());
        loop.close(); // cancels it once more
        assertTrue(refuses.hasEnded());
        assertEquals(List.of("its loop can never go on", "its loop is closed"), refuses.cancels);
    }

    @Test
    void aTimerAloneKeepsALoopFromBeingStuck() {
        EventLoop loop = EventLoop.create(options);
        TestFiber fiber = launch(loop, "waits", self -> {
            self.awaitWake();
            loop.stop();
        });
        loop.schedule(Duration.ofDays(365), fiber::wake);
        loop.run();
        assertEquals(Duration.ofDays(365), clock.elapsed());
        assertTrue(fiber.hasEnded());
    }

    @Test
    void runOnceNeverFindsALoopStuck() {
        EventLoop loop = EventLoop.create(options);
        TestFiber fiber = launch(loop, "waits", TestFiber::awaitWake);
        assertTrue(loop.runOnce());
        assertFalse(loop.runOnce());
        assertFalse(fiber.hasEnded());
        loop.close();
    }

    @Test
    void anOpenLoopIsNeverStuckBecauseOthersMayCome() {
        EventLoop loop = EventLoop.open(options);
        TestFiber fiber = launch(loop, "waits", TestFiber::awaitWake);
        await().atMost(Duration.ofSeconds(10)).until(() -> fiber.thread.getState() == Thread.State.WAITING);
        await().during(ms(50)).atMost(Duration.ofSeconds(10)).until(() -> !fiber.hasEnded());

        fiber.wake();

        await().atMost(Duration.ofSeconds(10)).until(fiber::hasEnded);
        assertEquals(List.of(), fiber.cancels);
        loop.close();
    }

    @Test
    void aLoopWithoutFibersJustWaits() throws Exception {
        EventLoop loop = EventLoop.create(options);
        CompletableFuture<Thread> driver = new CompletableFuture<>();
        loop.execute(() -> driver.complete(Thread.currentThread()));
        CompletableFuture<Void> ran = CompletableFuture.runAsync(
                loop::run, task -> Thread.ofPlatform().daemon().start(task));
        Thread thread = driver.get(10, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(10)).until(() -> thread.getState() == Thread.State.WAITING);
        assertFalse(ran.isDone());

        loop.execute(loop::stop);

        ran.get(10, TimeUnit.SECONDS);
        assertEquals(Duration.ZERO, clock.elapsed());
    }

    @Test
    void aLoopIsNotStuckAndItsClockStandsStillWhileExternalWorkIsInFlight() throws Exception {
        EventLoop loop = EventLoop.create(options);
        CountDownLatch waits = new CountDownLatch(1);
        TestFiber fiber = launch(loop, "waits for the outside", self -> {
            loop.schedule(ms(10), () -> log.add("timer at " + clock.elapsed().toMillis()));
            self.await(waker -> waits.countDown());
            log.add("woken at " + clock.elapsed().toMillis());
            self.sleep(ms(20));
            log.add("slept until " + clock.elapsed().toMillis());
            loop.stop();
        });
        loop.beginExternal();
        CompletableFuture<Void> ran = CompletableFuture.runAsync(
                loop::run, task -> Thread.ofPlatform().daemon().start(task));
        awaitLatch(waits);
        await().during(ms(50))
                .atMost(Duration.ofSeconds(10))
                .until(() -> log.isEmpty() && clock.elapsed().isZero() && !ran.isDone());

        fiber.wake();
        loop.endExternal();

        ran.get(10, TimeUnit.SECONDS);
        assertEquals(List.of("woken at 0", "timer at 10", "slept until 20"), log);
        assertEquals(List.of(), fiber.cancels);
    }

    @Test
    void theEndOfExternalWorkWakesTheLoopThatIsStuckThen() throws Exception {
        EventLoop loop = EventLoop.create(options);
        CompletableFuture<Thread> driver = new CompletableFuture<>();
        loop.execute(() -> driver.complete(Thread.currentThread()));
        launch(loop, "waits", TestFiber::awaitWake);
        loop.beginExternal();
        loop.beginExternal();
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                loop.run();
            } catch (IllegalStateException stuck) {
                end.complete(stuck);
            }
        });
        Thread thread = driver.get(10, TimeUnit.SECONDS);
        loop.endExternal();
        await().during(ms(20))
                .atMost(Duration.ofSeconds(10))
                .until(() -> thread.getState() == Thread.State.WAITING && !end.isDone());

        loop.endExternal();

        String message = end.get(10, TimeUnit.SECONDS).getMessage();
        assertTrue(message.contains("\nFiber[waits]\n"), message);
    }

    @Test
    void theClockRunsAgainWhenExternalWorkHasEnded() throws Exception {
        EventLoop loop = EventLoop.open(options);
        CountDownLatch fired = new CountDownLatch(1);
        loop.beginExternal();
        loop.schedule(Duration.ofHours(1), fired::countDown);
        await().during(ms(20))
                .atMost(Duration.ofSeconds(10))
                .until(() -> clock.elapsed().isZero());

        loop.endExternal();

        awaitLatch(fired);
        assertEquals(Duration.ofHours(1), clock.elapsed());
        loop.close();
    }

    @Test
    void aClosingLoopIsNotStuck() {
        EventLoop loop = EventLoop.create(options.withCloseTimeout(Duration.ofSeconds(3)));
        TestFiber fiber = launch(loop, "waits", self -> {
            loop.close();
            try {
                self.awaitWake();
            } finally {
                log.add("unwinds");
                self.awaitWake();
            }
        });

        loop.run();

        assertEquals(List.of("unwinds"), log);
        assertEquals(Duration.ofSeconds(3), clock.elapsed());
        assertEquals(fiber.abandonments, reports);
        assertEquals(1, reports.size());
    }

    @Test
    void onTheWallClockNobodyIsStuck() throws Exception {
        EventLoop loop = EventLoop.create(LoopOptions.defaults());
        TestFiber fiber = launch(loop, "waits", self -> {
            self.awaitWake();
            loop.stop();
        });
        CompletableFuture<Void> ran = CompletableFuture.runAsync(
                loop::run, task -> Thread.ofPlatform().daemon().start(task));
        await().during(ms(50)).atMost(Duration.ofSeconds(10)).until(() -> !ran.isDone());
        fiber.wake();
        ran.get(10, TimeUnit.SECONDS);
        loop.close();
    }
}
