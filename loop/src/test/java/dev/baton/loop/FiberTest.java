package dev.baton.loop;

import static dev.baton.loop.TestFiber.awaitLatch;
import static dev.baton.loop.TestFiber.begin;
import static dev.baton.loop.TestFiber.driveForAnHour;
import static dev.baton.loop.TestFiber.launch;
import static dev.baton.loop.TestFiber.ms;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FiberTest {
    private final VirtualClock clock = new VirtualClock();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> reports = new CopyOnWriteArrayList<>();
    private final LoopOptions onWallClock = LoopOptions.defaults().withExceptionHandler(reports::add);
    private final EventLoop loop = EventLoop.create(onWallClock.withClock(clock));

    // ------------------------------------------------------------------------------------------------------- starting

    @Test
    @DisplayName("C-01 start lends the baton and returns at the first suspend")
    void startReturnsAtTheFirstSuspend() {
        loop.execute(() -> {
            log.add("before");
            TestFiber fiber = begin(loop, "fiber", self -> {
                log.add("first step");
                self.yieldOnce();
                log.add("second step");
            });
            log.add("after, started " + fiber.hasStarted() + ", ended " + fiber.hasEnded());
        });
        loop.execute(() -> log.add("next callback"));

        driveForAnHour(loop);

        assertEquals(
                List.of("before", "first step", "after, started true, ended false", "next callback", "second step"),
                log);
    }

    @Test
    void startReturnsAtTheEndOfAFiberThatNeverSuspends() {
        loop.execute(() -> {
            TestFiber fiber = begin(loop, "fiber", self -> log.add("body"));
            log.add("after, ended " + fiber.hasEnded());
            assertSame(loop, EventLoop.current());
        });

        assertTrue(loop.runOnce());

        assertEquals(List.of("body", "after, ended true"), log);
        assertEquals(1, loop.iteration());
        assertEquals(List.of(), reports);
    }

    @Test
    void startsNest() {
        launch(loop, "a", a -> {
            log.add("a1");
            begin(loop, "b", b -> {
                log.add("b1");
                begin(loop, "c", c -> {
                    log.add("c1");
                    c.yieldOnce();
                    log.add("c2");
                });
                log.add("b2");
                b.yieldOnce();
                log.add("b3");
            });
            log.add("a2");
            begin(loop, "d", d -> log.add("d1"));
            log.add("a3");
            a.yieldOnce();
            log.add("a4");
        });

        driveForAnHour(loop);

        assertEquals(List.of("a1", "b1", "c1", "b2", "a2", "d1", "a3", "c2", "b3", "a4"), log);
    }

    @Test
    @DisplayName("J-10 a start recursion 10,000 deep works")
    void startsNestTenThousandDeep() {
        int depth = 10_000;
        List<Integer> begun = new ArrayList<>();
        List<Integer> lent = new ArrayList<>();
        List<Integer> ended = new ArrayList<>();
        loop.execute(() -> nest(1, depth, begun, lent, ended));

        loop.runOnce();
        assertEquals(depth, loop.statistics().fibers());
        assertEquals(List.of(), ended);
        driveForAnHour(loop);

        List<Integer> downwards = IntStream.rangeClosed(1, depth).boxed().toList();
        assertEquals(downwards, begun);
        assertEquals(downwards.reversed(), lent);
        assertEquals(downwards.reversed(), ended); // the innermost was the first to suspend
        assertEquals(depth, loop.statistics().started());
        assertEquals(0, loop.statistics().fibers());
        assertEquals(List.of(), reports);
    }

    private void nest(int level, int depth, List<Integer> begun, List<Integer> lent, List<Integer> ended) {
        begin(loop, "fiber " + level, self -> {
            begun.add(level);
            if (level < depth) {
                nest(level + 1, depth, begun, lent, ended);
            }
            self.yieldOnce();
            ended.add(level);
        });
        lent.add(level);
    }

    @Test
    void aFiberRunsOnce() {
        loop.execute(() -> {
            TestFiber started = begin(loop, "started", TestFiber::awaitWake);
            assertThrows(IllegalStateException.class, started::start);
            assertThrows(IllegalStateException.class, started::startLater);
            TestFiber queued = launch(loop, "queued", self -> log.add("queued runs"));
            assertThrows(IllegalStateException.class, queued::start);
            assertThrows(IllegalStateException.class, queued::startLater);
            TestFiber ended = begin(loop, "ended", self -> {});
            assertThrows(IllegalStateException.class, ended::start);
            assertThrows(IllegalStateException.class, ended::startLater);
            log.add("all refused");
        });

        driveForAnHour(loop);

        assertEquals(List.of("all refused", "queued runs"), log);
        assertEquals(List.of(), reports);
        assertEquals(3, loop.statistics().started());
    }

    @Test
    void aFiberThatAForeignThreadHasQueuedCannotBeQueuedAgain() {
        TestFiber fiber = launch(loop, "fiber", self -> {
            log.add("begins");
            self.await(waker -> loop.schedule(ms(5), waker));
            log.add("goes on at " + clock.elapsed().toMillis());
        });
        assertThrows(IllegalStateException.class, fiber::startLater);

        driveForAnHour(loop);

        assertEquals(List.of("begins", "goes on at 5"), log);
    }

    @Test
    void aFiberThatAForeignThreadHasQueuedCannotBeStartedByTheOwner() {
        List<TestFiber> fibers = new ArrayList<>();
        loop.execute(() -> {
            TestFiber fiber = new TestFiber(loop, "fiber", self -> {
                self.resume();
                self.suspend();
                log.add("iteration " + loop.iteration());
                self.suspend();
                log.add("must not go on");
            });
            fibers.add(fiber);
            Thread foreign = Thread.ofPlatform().start(fiber::startLater);
            assertTrue(joined(foreign));
            assertThrows(IllegalStateException.class, fiber::start);
        });

        driveForAnHour(loop);

        assertEquals(List.of("iteration 3"), log);
        assertEquals(List.of(), reports);
    }

    @Test
    void onlyTheOwnerStartsAtOnce() {
        TestFiber fiber = new TestFiber(loop, "fiber", self -> log.add("runs"));
        WrongThreadException refusal = assertThrows(WrongThreadException.class, fiber::start);
        assertTrue(refusal.getMessage().startsWith("start() was called by thread \""), refusal.getMessage());
        assertFalse(fiber.hasStarted());

        EventLoop other = EventLoop.create(onWallClock);
        launch(other, "of another loop", self -> {
            assertThrows(WrongThreadException.class, fiber::start);
            log.add("refused");
        });
        other.runOnce();
        loop.execute(fiber::start); // it is as new as ever
        loop.runOnce();

        assertEquals(List.of("refused", "runs"), log);
        assertEquals(List.of(), reports);
        other.close();
    }

    @Test
    void startLaterQueuesBehindWhatIsReady() throws InterruptedException {
        loop.execute(() -> {
            launch(loop, "owner's", self -> log.add("owner's, iteration " + loop.iteration()));
            loop.execute(() -> log.add("callback, iteration " + loop.iteration()));
            log.add("callback, iteration " + loop.iteration());
        });
        Thread foreign = Thread.ofPlatform()
                .start(() -> launch(loop, "foreign", self -> log.add("foreign, iteration " + loop.iteration())));
        foreign.join(10_000);

        driveForAnHour(loop);

        assertEquals(
                List.of(
                        "callback, iteration 1",
                        "foreign, iteration 1",
                        "owner's, iteration 2",
                        "callback, iteration 2"),
                log);
    }

    @Test
    void aFiberKnowsItselfAndItsLoop() {
        assertNull(Fiber.current());
        TestFiber fiber = launch(loop, "who", self -> {
            assertSame(self, Fiber.current());
            assertSame(loop, EventLoop.current());
            assertTrue(loop.isOwner());
            assertEquals("who", Thread.currentThread().getName());
            assertTrue(Thread.currentThread().isVirtual());
            log.add("checked");
        });
        assertSame(loop, fiber.loop());
        assertEquals("who", fiber.name());
        assertEquals("Fiber[who]", fiber.toString());
        assertFalse(fiber.hasStarted());
        assertFalse(fiber.hasEnded());

        loop.runOnce();

        assertEquals(List.of("checked"), log);
        assertEquals(List.of(), reports);
        assertTrue(fiber.hasStarted());
        assertTrue(fiber.hasEnded());
    }

    // ------------------------------------------------------------------------------------------- suspending, resuming

    @Test
    @DisplayName("T-05 a yield alone on the loop counts one iteration and stays on its thread")
    void aYieldAloneCountsOneIteration() {
        Set<String> carriers = new HashSet<>();
        launch(loop, "alone", self -> {
            for (int i = 0; i < 1_000; i++) {
                long before = loop.iteration();
                self.yieldOnce();
                assertEquals(before + 1, loop.iteration());
                carriers.add(Thread.currentThread().toString()); // with its carrier, which it keeps unless it parks
            }
            log.add("iteration " + loop.iteration());
        });

        assertTrue(loop.runOnce() && loop.statistics().iterations() == 1);
        driveForAnHour(loop);

        assertEquals(List.of("iteration 1001"), log);
        assertEquals(1, carriers.size(), carriers.toString());
        assertEquals(List.of(), reports);
    }

    @Test
    void whoYieldsGoesBehindTheOthers() {
        for (String name : List.of("a", "b", "c")) {
            launch(loop, name, self -> {
                for (int i = 1; i <= 3; i++) {
                    log.add(name + i);
                    self.yieldOnce();
                }
            });
        }

        driveForAnHour(loop);

        assertEquals(List.of("a1", "b1", "c1", "a2", "b2", "c2", "a3", "b3", "c3"), log);
    }

    @Test
    void aResumeThatComesBeforeTheSuspendCounts() {
        launch(loop, "fiber", self -> {
            self.resume();
            log.add("resumed itself, iteration " + loop.iteration());
            self.suspend();
            log.add("iteration " + loop.iteration());
            assertTrue(joined(Thread.ofPlatform().start(self::resume)));
            self.suspend();
            log.add("iteration " + loop.iteration());
        });

        driveForAnHour(loop);

        assertEquals(List.of("resumed itself, iteration 1", "iteration 2", "iteration 3"), log);
        assertEquals(List.of(), reports);
    }

    @Test
    void resumeOfAFiberThatHasEndedDoesNothing() {
        TestFiber ended = launch(loop, "fiber", self -> log.add("runs"));
        loop.runOnce();
        assertTrue(ended.hasEnded());

        ended.resume();
        assertFalse(loop.runOnce(), "there was nothing to run");
        loop.execute(ended::resume);
        assertTrue(loop.runOnce());
        assertFalse(loop.runOnce(), "there was nothing to run");

        assertEquals(2, loop.iteration());
        assertEquals(0, loop.statistics().suspended());
        assertEquals(List.of("runs"), log);
    }

    @Test
    void resumesOfAFiberThatHasEndedLoseNothingElse() {
        TestFiber ended = launch(loop, "fiber", self -> log.add("runs"));
        loop.runOnce();

        loop.execute(
                () -> { // the owner
                    loop.execute(() -> log.add("1"));
                    ended.resume();
                    loop.execute(() -> log.add("2"));
                    ended.resume();
                    loop.execute(() -> log.add("3"));
                });
        loop.runOnce();
        loop.runOnce();
        loop.execute(() -> log.add("4")); // a foreign thread
        ended.resume();
        loop.execute(() -> log.add("5"));
        ended.resume();
        loop.execute(() -> log.add("6"));
        loop.runOnce();

        assertEquals(List.of("runs", "1", "2", "3", "4", "5", "6"), log);
    }

    @Test
    @DisplayName("J-06 only a fiber's own code suspends it")
    void onlyItsOwnThreadSuspendsAFiber() {
        TestFiber waits = launch(loop, "waits", TestFiber::awaitWake);
        launch(loop, "other", self -> {
            IllegalStateException refusal = assertThrows(IllegalStateException.class, waits::suspend);
            log.add(refusal.getMessage());
        });
        loop.execute(() -> assertThrows(IllegalStateException.class, waits::suspend));
        loop.runOnce();
        assertThrows(IllegalStateException.class, waits::suspend);

        assertEquals(1, log.size());
        assertTrue(log.getFirst().startsWith("Fiber[waits] does not hold the baton of EventLoop["), log.getFirst());
        assertEquals(List.of(), reports);
        assertFalse(waits.hasEnded());
        loop.close();
        assertTrue(waits.hasEnded());
    }

    @Test
    void aFiberWaitsForAStage() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        TestFiber fiber = launch(loop, "fiber", self -> {
            self.awaitDone(stage);
            log.add(stage.join() + " in iteration " + loop.iteration());
        });
        loop.runOnce();
        stage.complete("value");
        loop.runOnce();
        assertEquals(List.of("value in iteration 2"), log);
        assertTrue(fiber.hasEnded());
    }

    @Test
    @DisplayName(
            "T-05 giving way costs one iteration, whether or not others are ready, a timer is due or work comes in")
    void givingWayCostsOneIteration() {
        launch(loop, "fiber", self -> {
            self.giveWay();
            log.add("alone, iteration " + loop.iteration());
            loop.execute(() -> log.add("callback, iteration " + loop.iteration()));
            self.giveWay();
            log.add("behind a callback, iteration " + loop.iteration());
            assertTrue(joined(Thread.ofPlatform()
                    .start(() -> loop.execute(() -> log.add("foreign, iteration " + loop.iteration())))));
            self.giveWay();
            log.add("a callback came in, iteration " + loop.iteration());
            loop.schedule(Duration.ZERO, () -> log.add("timer, iteration " + loop.iteration()));
            self.giveWay();
            log.add("before a timer, iteration " + loop.iteration());
            begin(loop, "child", child -> {
                child.giveWay();
                log.add("child, iteration " + loop.iteration());
            });
            log.add("its lender, iteration " + loop.iteration());
            self.giveWay();
            log.add("behind its child, iteration " + loop.iteration());
        });

        driveForAnHour(loop);

        assertEquals(
                List.of(
                        "alone, iteration 2",
                        "callback, iteration 3",
                        "behind a callback, iteration 3",
                        "a callback came in, iteration 4", // the inbox is emptied when an iteration begins
                        "foreign, iteration 4",
                        "before a timer, iteration 5",
                        "its lender, iteration 5",
                        "timer, iteration 5",
                        "child, iteration 6",
                        "behind its child, iteration 6"),
                log);
        assertEquals(List.of(), reports);
    }

    @Test
    void oneThatGivesWayForEverHearsOfAnInterruptAndOfStop() {
        TestFiber fiber = launch(loop, "fiber", self -> {
            for (int i = 0; i < 3; i++) {
                self.giveWay();
            }
            Thread.currentThread().interrupt();
            self.giveWay();
            log.add("cancels " + self.cancels);
            loop.stop();
            self.giveWay();
            log.add("driven again");
        });

        loop.run();
        assertEquals(List.of("cancels [interrupted]"), log);
        assertFalse(fiber.hasEnded());
        driveForAnHour(loop);
        assertEquals(List.of("cancels [interrupted]", "driven again"), log);
    }

    // ------------------------------------------------------------------------------------------------ J-02, the baton

    @Test
    @DisplayName("J-02 a body that throws an Error is reported and passes the baton on")
    void anErrorPassesTheBatonOn() {
        Error later = new AssertionError("later");
        Error atOnce = new StackOverflowError("at once");
        Exception checked = new Exception("checked");
        List<FailureReport> told = new ArrayList<>();
        loop.addListener(new LoopListener() {
            @Override
            public void failureReported(EventLoop source, FailureReport report) {
                told.add(report);
            }
        });
        TestFiber first = launch(loop, "later", self -> {
            throw later;
        });
        loop.execute(() -> {
            TestFiber second = begin(loop, "at once", self -> {
                throw atOnce;
            });
            log.add("the lender goes on, ended " + second.hasEnded());
        });
        launch(loop, "checked", self -> {
            self.yieldOnce();
            throw checked;
        });
        launch(loop, "other", self -> {
            self.yieldOnce();
            self.yieldOnce();
            log.add("other");
        });

        driveForAnHour(loop);

        assertEquals(List.of("the lender goes on, ended true", "other"), log);
        assertEquals(List.of(later, atOnce, checked), reports);
        assertEquals(new FailureReport(FailureReport.Kind.FATAL, "Fiber[later] failed", later), told.getFirst());
        assertTrue(first.hasEnded());
        assertEquals(0, loop.statistics().fibers());
    }

    @Test
    @DisplayName("J-03 a fiber that blocks keeps the baton")
    void aFiberThatBlocksKeepsTheBaton() {
        EventLoop open = EventLoop.open(onWallClock);
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        TestFiber other = launch(open, "other", self -> {
            self.awaitWake();
            log.add("other fiber");
        });
        launch(open, "blocks", self -> {
            log.add("blocks");
            blocked.countDown();
            awaitLatch(release);
            log.add("goes on");
        });
        awaitLatch(blocked);
        open.execute(() -> log.add("callback"));
        other.wake();
        open.schedule(Duration.ZERO, () -> {
            log.add("timer");
            done.countDown();
        });

        await().during(ms(100))
                .atMost(Duration.ofSeconds(10))
                .until(() -> log.equals(List.of("blocks")) && open.statistics().inbox() == 3);
        release.countDown();
        awaitLatch(done);

        assertEquals(List.of("blocks", "goes on", "callback", "other fiber", "timer"), log);
        open.close();
    }

    @Test
    @DisplayName("C-22 an interrupt while a fiber is suspended cancels it")
    void anInterruptOfASuspendedFiberCancelsIt() throws Exception {
        EventLoop open = EventLoop.open(onWallClock);
        CompletableFuture<String> end = new CompletableFuture<>();
        CountDownLatch waits = new CountDownLatch(1);
        TestFiber fiber = launch(open, "fiber", self -> {
            try {
                self.await(waker -> waits.countDown());
            } catch (CancellationException e) {
                boolean interrupted = Thread.currentThread().isInterrupted();
                self.sleep(ms(1)); // a wait works again
                end.complete(e.getMessage() + ", status " + interrupted + ", owner " + open.isOwner());
            }
        });
        awaitLatch(waits);

        fiber.thread.interrupt();

        assertEquals("interrupted, status false, owner true", end.get(10, TimeUnit.SECONDS));
        assertEquals(List.of("interrupted"), fiber.cancels);
        open.close();
        assertEquals(List.of(), reports);
    }

    @Test
    @DisplayName("C-22 a fiber that ignores its interrupts waits on without spinning, and the baton stays where it is")
    void aFiberThatIgnoresInterruptsDoesNotSpin() throws Exception {
        EventLoop open = EventLoop.open(onWallClock);
        CountDownLatch waits = new CountDownLatch(1);
        TestFiber fiber = launch(open, "fiber", self -> {
            waits.countDown();
            while (self.cancels.size() < 100) {
                try {
                    self.awaitWake();
                } catch (CancellationException e) {
                    log.add(e.getMessage());
                }
            }
            log.add("ends");
        });
        awaitLatch(waits);
        for (int i = 1; i < 100; i++) {
            int count = i;
            fiber.thread.interrupt();
            await().atMost(Duration.ofSeconds(10))
                    .pollInterval(Duration.ofNanos(200_000))
                    .until(() -> log.size() == count && fiber.thread.getState() == Thread.State.WAITING);
            assertFalse(fiber.thread.isInterrupted());
        }
        CompletableFuture<Long> iteration = new CompletableFuture<>();
        open.execute(() -> iteration.complete(open.iteration()));
        assertTrue(iteration.get(10, TimeUnit.SECONDS) <= 300, "iterations: " + iteration.join());

        fiber.thread.interrupt();

        await().atMost(Duration.ofSeconds(10)).until(fiber::hasEnded);
        assertEquals(101, log.size());
        open.close();
        assertEquals(List.of(), reports);
    }

    @Test
    @DisplayName("C-22 an interrupt while a fiber runs cancels it at its next wait")
    void anInterruptOfARunningFiberCancelsItAtItsNextWait() {
        TestFiber fiber = launch(loop, "fiber", self -> {
            Thread.currentThread().interrupt();
            log.add("runs on, cancels " + self.cancels);
            try {
                self.awaitWake();
            } catch (CancellationException e) {
                log.add(e.getMessage() + ", status " + Thread.currentThread().isInterrupted());
            }
            Thread.currentThread().interrupt(); // and ends: nobody is cancelled any more
        });
        launch(loop, "other", self -> log.add("other"));

        driveForAnHour(loop);

        assertEquals(List.of("runs on, cancels []", "other", "interrupted, status false"), log);
        assertEquals(List.of("interrupted"), fiber.cancels);
        assertEquals(List.of(), reports);
    }

    @Test
    @DisplayName(
            "C-22 an interrupt while a fiber lends the baton cancels it at its next wait, and it gets the baton back")
    void anInterruptOfALenderCancelsItAtItsNextWait() {
        TestFiber lender = launch(loop, "lender", self -> {
            begin(loop, "borrower", borrower -> {
                self.thread.interrupt();
                if (loop.handoff() == Handoff.PORTABLE) { // its thread wakes up, and sends for the holder of the baton
                    await().atMost(Duration.ofSeconds(10))
                            .until(() -> loop.statistics().inbox() == 1);
                } // in the other one its thread sleeps on until it has the baton again
                assertTrue(loop.isOwner());
                log.add("borrower, cancels " + self.cancels);
                borrower.yieldOnce();
                log.add("borrower goes on");
            });
            log.add("lender, cancels " + self.cancels + ", owner " + loop.isOwner());
            try {
                self.awaitWake();
            } catch (CancellationException e) {
                log.add(e.getMessage());
            }
        });

        driveForAnHour(loop);

        assertEquals(
                List.of("borrower, cancels []", "lender, cancels [], owner true", "borrower goes on", "interrupted"),
                log);
        assertEquals(List.of("interrupted"), lender.cancels);
        assertEquals(List.of(), reports);
    }

    @Test
    @DisplayName("C-22 an interrupt of the thread that drives the loop stops it once, wherever it is")
    void anInterruptOfTheDriverStopsIt() {
        TestFiber fiber = launch(loop, "fiber", self -> {
            Thread driver = ((Driver) Objects.requireNonNull(driverOf(loop))).thread;
            driver.interrupt();
            for (int i = 0; i < 100; i++) {
                self.yieldOnce();
            }
            self.awaitWake();
        });

        loop.run();

        assertTrue(Thread.interrupted());
        fiber.wake();
        loop.runUntil(() -> CompletableFuture.completedFuture(1));
        loop.close();
        assertTrue(fiber.hasEnded());
    }

    private static Holder driverOf(EventLoop loop) {
        Holder[] found = new Holder[1];
        TestFiber current = (TestFiber) Objects.requireNonNull(Fiber.current());
        loop.execute(() -> {
            found[0] = loop.baton().holder();
        });
        current.yieldOnce();
        return found[0];
    }

    // ---------------------------------------------------------------------------------------------- the stack's end

    /** Ways in which a fiber gives its baton away. */
    enum Giving {
        TO_A_FIBER,
        TO_A_CALLBACK,
        TO_ITS_LENDER,
        TO_ITS_CHILD
    }

    private int reached;
    private int overflows;

    /*
     * A wait that parks moves the stack to the heap, so a recursion through such waits never ends in an overflow. The
     * body goes down to a few frames above the end of its stack, and waits there, once.
     */
    @Tag("stress")
    @ParameterizedTest
    @EnumSource
    @DisplayName("J-02 a StackOverflowError wherever a fiber gives the baton away takes nobody else's turn")
    void aStackOverflowLosesNobody(Giving giving) throws Exception {
        List<String> lost = new ArrayList<>();
        for (int above = 0; above < 150 && lost.size() < 3; above++) {
            EventLoop open = EventLoop.open(onWallClock.withCloseTimeout(ms(100)));
            CompletableFuture<String> turn = new CompletableFuture<>();
            CompletableFuture<TestFiber> diver = new CompletableFuture<>();
            int distance = above;
            open.execute(() -> {
                TestFiber other = begin(open, "other", self -> {
                    self.awaitWake();
                    turn.complete("taken");
                });
                diver.complete(begin(open, "diver", self -> {
                    if (giving != Giving.TO_ITS_LENDER) {
                        self.yieldOnce();
                    }
                    if (giving == Giving.TO_A_CALLBACK) {
                        open.execute(() -> turn.complete("taken"));
                    } else {
                        other.wake();
                    }
                    int deepest = deepest();
                    try {
                        sink(deepest - distance, () -> {
                            if (giving == Giving.TO_ITS_CHILD) {
                                begin(open, "child", TestFiber::yieldOnce);
                            } else {
                                self.resume();
                                self.suspend();
                            }
                        });
                    } catch (StackOverflowError e) {
                        overflows++;
                    }
                    self.sleep(ms(1)); // it has the baton, and can go on
                }));
            });
            try {
                turn.get(2, TimeUnit.SECONDS);
                CompletableFuture<String> later = new CompletableFuture<>();
                open.execute(() -> later.complete("goes on"));
                later.get(2, TimeUnit.SECONDS);
            } catch (TimeoutException | ConditionTimeoutException e) {
                lost.add(distance + " above: turn taken " + turn.isDone() + ", holder "
                        + open.baton().holder() + ", " + open.statistics());
            }
            Thread.ofPlatform().daemon().start(open::close);
        }
        assertEquals(List.of(), lost);
        assertTrue(overflows > 0, "no overflow was provoked");
    }

    @Test
    @DisplayName("J-02 a recursion through yields that are alone on the loop overflows its stack and hurts nobody else")
    void anEndlessRecursionThroughYieldsHurtsNobodyElse() throws Exception {
        EventLoop open = EventLoop.open(onWallClock);
        CompletableFuture<String> end = new CompletableFuture<>();
        TestFiber sleeper = launch(open, "sleeper", self -> {
            for (int i = 0; i < 20; i++) {
                self.sleep(ms(5));
            }
            end.complete("slept");
        });
        for (int i = 0; i < 20; i++) {
            TestFiber diver = launch(open, "diver " + i, this::yieldDeeper);
            await().atMost(Duration.ofSeconds(10)).until(diver::hasEnded);
        }

        assertEquals("slept", end.get(10, TimeUnit.SECONDS));
        assertEquals(
                20,
                reports.stream().filter(StackOverflowError.class::isInstance).count());
        await().atMost(Duration.ofSeconds(10)).until(sleeper::hasEnded);
        open.close();
    }

    private long yieldDeeper(TestFiber self) {
        self.resume();
        self.suspend();
        return yieldDeeper(self) + 1;
    }

    private int deepest() {
        reached = 0;
        try {
            sink(Integer.MAX_VALUE, () -> {});
        } catch (StackOverflowError e) {
            // that is the point
        }
        return reached;
    }

    private int sink(int frames, Runnable bottom) {
        reached++;
        if (frames <= 0) {
            bottom.run();
            return 0;
        }
        return sink(frames - 1, bottom) + 1;
    }

    private static boolean joined(Thread thread) {
        try {
            return thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("J-07 a fiber that its neighbour and other threads resume in one iteration stands in the inbox once")
    void resumedFromEverywhere() {
        try (EventLoop loop = EventLoop.create(LoopOptions.defaults())) {
            TestFiber fiber = launch(loop, "fiber", self -> {
                for (int turn = 0; turn < 3; turn++) {
                    log.add("turn " + turn);
                    self.suspend();
                }
                log.add("end");
            });
            loop.runOnce();
            Runnable elsewhere = () -> CompletableFuture.runAsync(() -> {
                        loop.execute(() -> log.add("note"));
                        fiber.resume();
                    })
                    .join();
            loop.execute(() -> {
                loop.execute(elsewhere);
                fiber.resume();
                loop.execute(elsewhere); // when it has had the turn above, and before the inbox is emptied
            });
            for (int i = 0; i < 5; i++) {
                log.add("iteration");
                loop.runOnce();
            }
            loop.execute(fiber::resume);
            loop.runOnce();
            loop.runOnce();
        }
        assertEquals(
                List.of(
                        "turn 0",
                        "iteration",
                        "iteration",
                        "turn 1",
                        "iteration",
                        "note",
                        "turn 2",
                        "note",
                        "iteration",
                        "iteration",
                        "end"),
                log);
    }
}
