package dev.baton.loop;

import static dev.baton.loop.TestFiber.awaitLatch;
import static dev.baton.loop.TestFiber.launch;
import static dev.baton.loop.TestFiber.ms;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DumpTest {
    private final EventLoop loop =
            EventLoop.create(LoopOptions.defaults().withName("dumped").withClock(new VirtualClock()));

    @Test
    void namesEachLiveFiberOldestFirstWithItsStackAndNothingOfTheRuntime() {
        launch(loop, "first", DumpTest::outer);
        TestFiber ends = launch(loop, "ends", TestFiber::awaitWake);
        launch(loop, "second", DumpTest::inner);
        loop.runOnce();
        ends.wake();
        loop.runOnce();

        assertEquals(
                List.of(
                        "EventLoop[dumped, " + loop.handoff() + ", iteration 2, 2 fibers]",
                        "Fiber[first]",
                        "    at DumpTest.inner",
                        "    at DumpTest.outer",
                        "Fiber[second]",
                        "    at DumpTest.inner"),
                lines(loop.dump()));
        loop.close();
        assertEquals(
                List.of("EventLoop[dumped, " + loop.handoff() + ", iteration " + loop.iteration()
                        + ", 0 fibers, closed]"),
                lines(loop.dump()));
    }

    @Test
    void aFiberThatHasNotStartedHasNoStack() {
        List<String> dumps = new ArrayList<>();
        loop.execute(() -> {
            launch(loop, "queued", DumpTest::inner);
            dumps.addAll(lines(loop.dump()));
        });
        loop.runOnce();
        assertEquals(
                List.of("EventLoop[dumped, " + loop.handoff() + ", iteration 1, 1 fibers]", "Fiber[queued]"), dumps);
        loop.close();
    }

    @Test
    void aFiberMayDumpItself() {
        List<String> dumps = new ArrayList<>();
        launch(loop, "itself", self -> dumps.addAll(lines(whereItDumps(loop))));
        loop.runOnce();
        assertEquals("Fiber[itself]", dumps.get(1));
        assertTrue(dumps.contains("    at DumpTest.whereItDumps"), dumps.toString());
    }

    @Test
    void tellsAForeignThreadWhoBlocksTheLoopAndWhere() {
        EventLoop open = EventLoop.open(LoopOptions.defaults().withName("blocked"));
        CountDownLatch blocked = new CountDownLatch(1);
        TestFiber waits = launch(open, "waits", DumpTest::outer);
        TestFiber blocks = launch(open, "blocks", self -> whereItBlocks(blocked));
        awaitLatch(blocked);
        await().atMost(Duration.ofSeconds(10)).until(() -> blocks.thread.getState() == Thread.State.WAITING);

        List<String> dump = lines(open.dump());

        assertTrue(
                dump.getFirst().startsWith("EventLoop[blocked, " + loop.handoff() + ", iteration "), dump.getFirst());
        assertEquals(
                List.of(
                        "Fiber[waits]",
                        "    at DumpTest.inner",
                        "    at DumpTest.outer",
                        "Fiber[blocks]",
                        "    at DumpTest.whereItBlocks",
                        "    at DumpTest.lambda"),
                dump.subList(1, dump.size()));
        assertEquals("whereItBlocks", blocks.stack().getFirst().getMethodName());
        LockSupport.unpark(blocks.thread);
        await().atMost(Duration.ofSeconds(10)).until(blocks::hasEnded);
        assertEquals(List.of(), blocks.stack());
        open.close();
        assertEquals(List.of(), waits.stack());
    }

    @Test
    void isTakenWhileTheLoopRunsAtFullSpeed() {
        EventLoop open = EventLoop.open();
        for (int i = 0; i < 20; i++) {
            launch(open, "fiber " + i, self -> {
                for (; ; ) {
                    TestFiber.begin(open, "short", brief -> brief.sleep(ms(1)));
                    self.yieldOnce();
                }
            });
        }
        TestFiber quiet = launch(open, "quiet", DumpTest::inner);
        await().atMost(Duration.ofSeconds(10)).until(() -> quiet.thread.getState() == Thread.State.WAITING);
        for (int i = 0; i < 200; i++) {
            List<String> names = open.liveFibers().stream()
                    .map(Fiber::name)
                    .filter(name -> !name.equals("short"))
                    .toList();
            assertEquals(21, names.size(), "one that lives is missing, or there twice: " + names);
        }
        assertTrue(open.dump().contains("Fiber[quiet]\n    at dev.baton.loop.DumpTest.inner(DumpTest.java:"));
        open.close();
    }

    private static void outer(TestFiber self) {
        inner(self);
    }

    private static void inner(TestFiber self) {
        self.awaitWake();
    }

    private static String whereItDumps(EventLoop loop) {
        return loop.dump();
    }

    private static void whereItBlocks(CountDownLatch blocked) {
        blocked.countDown();
        LockSupport.park();
    }

    /** The lines of a dump, each frame without its package, and without what changes from one compiler to the next. */
    private static List<String> lines(String dump) {
        return dump.lines()
                .map(line ->
                        line.replaceFirst("^    at dev\\.baton\\.loop\\.(\\w+\\.\\w+?)(\\$.*)?\\(.*\\)$", "    at $1"))
                .toList();
    }

    @Test
    @DisplayName("A fiber on its way from the inbox into the loop is in every dump")
    void aFiberOnItsWayIntoTheLoopIsInEveryDump() {
        List<String> missed = new ArrayList<>();
        try (EventLoop open = EventLoop.open(LoopOptions.defaults().withCloseTimeout(Duration.ofSeconds(10)))) {
            for (int i = 0; i < 2_000 && missed.isEmpty(); i++) { // each dump looks at all before it
                TestFiber fiber = TestFiber.launch(open, "fiber " + i, TestFiber::awaitWake);
                for (int look = 0; look < 3; look++) {
                    if (!open.liveFibers().contains(fiber)) {
                        missed.add(fiber + " at look " + look);
                    }
                }
                fiber.wake(); // it may not wait yet: then it ends when the loop closes
            }
        }
        assertEquals(List.of(), missed);
    }
}
