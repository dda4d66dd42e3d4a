package dev.baton.loop;

import static dev.baton.loop.TestFiber.awaitLatch;
import static dev.baton.loop.TestFiber.begin;
import static dev.baton.loop.TestFiber.launch;
import static dev.baton.loop.TestFiber.ms;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CloseTest {
    private final VirtualClock clock = new VirtualClock();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> reports = new CopyOnWriteArrayList<>();
    private final LoopOptions onWallClock = LoopOptions.defaults().withExceptionHandler(reports::add);
    private final LoopOptions onVirtualTime = onWallClock.withClock(clock);

    // ------------------------------------------------------------------------------------------------- who may close

    @Test
    @DisplayName("L-16 closing again has no effect")
    void closingAgainHasNoEffect() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        assertFalse(loop.isClosing());
        assertFalse(loop.isClosed());

        loop.close();
        loop.close();

        assertTrue(loop.isClosing());
        assertTrue(loop.isClosed());
        assertEquals(List.of(), reports);
    }

    @Test
    void anIdleLoopClosesFromAForeignThread() {
        EventLoop loop = EventLoop.open(onWallClock);
        CompletableFuture<TestFiber> waiting = new CompletableFuture<>();
        loop.execute(() -> waiting.complete(begin(loop, "waits", TestFiber::awaitWake)));
        waiting.join();

        loop.close();

        assertTrue(loop.isClosed());
        assertTrue(waiting.join().hasEnded());
        assertEquals(List.of("its loop is closed"), waiting.join().cancels);
        assertEquals(List.of(), reports);
    }

    @Test
    void aBusyLoopClosesFromAForeignThread() {
        EventLoop loop = EventLoop.open(onWallClock);
        CountDownLatch busy = new CountDownLatch(1_000);
        TestFiber fiber = launch(loop, "busy", self -> {
            for (; ; ) {
                self.yieldOnce();
                busy.countDown();
            }
        });
        awaitLatch(busy);

        loop.close();

        assertTrue(loop.isClosed());
        assertTrue(fiber.hasEnded());
        assertEquals(List.of(), fiber.abandonments);
        assertEquals(List.of(), reports);
    }

    @Test
    void aLoopThatIsBusyWithCallbacksClosesFromAForeignThread() {
        EventLoop loop = EventLoop.open(onWallClock);
        CountDownLatch busy = new CountDownLatch(1_000);
        loop.execute(new Runnable() {
            @Override
            public void run() {
                busy.countDown();
                loop.execute(this);
            }
        });
        awaitLatch(busy);

        loop.close();

        assertTrue(loop.isClosed());
    }

    @Test
    void aCallbackThatClosesOnlyBeginsAndTheDriverDoesTheRest() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        launch(loop, "fiber", self -> {
            try {
                self.awaitWake();
            } finally {
                log.add("unwound");
            }
        });
        loop.execute(() -> {
            loop.close();
            log.add("closing " + loop.isClosing() + ", closed " + loop.isClosed());
            loop.execute(() -> log.add("one more iteration"));
        });
        loop.execute(() -> log.add("the same iteration"));

        loop.run();

        assertEquals(List.of("closing true, closed false", "the same iteration", "one more iteration", "unwound"), log);
        assertTrue(loop.isClosed());
    }

    @Test
    void aFiberThatClosesItsOwnLoopIsCancelledAtItsNextWait() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        TestFiber closer = launch(loop, "closer", self -> {
            loop.close();
            log.add("closing " + loop.isClosing() + ", closed " + loop.isClosed());
            try {
                self.awaitWake();
            } catch (CancellationException e) {
                log.add(e.getMessage());
            }
        });

        loop.run();

        assertEquals(List.of("closing true, closed false", "its loop is closed"), log);
        assertTrue(closer.hasEnded());
        assertTrue(loop.isClosed());
    }

    @Test
    void aFiberMayCloseTheLoopThatRunsOnItsOwnThread() {
        EventLoop loop = EventLoop.open(onWallClock);
        launch(loop, "closer", self -> loop.close());
        await().atMost(Duration.ofSeconds(10)).until(loop::isClosed);
        assertEquals(List.of(), reports);
    }

    @Test
    void aLoopThatNobodyDrivesIsDrivenByTheCloser() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        AtomicReference<Thread> runner = new AtomicReference<>();
        loop.execute(() -> runner.set(Thread.currentThread()));
        launch(loop, "fiber", self -> {
            try {
                self.awaitWake();
            } finally {
                log.add("unwound");
            }
        });

        loop.close();

        assertSame(Thread.currentThread(), runner.get());
        assertEquals(List.of("unwound"), log);
        assertTrue(loop.isClosed());
        assertThrows(IllegalStateException.class, EventLoop::current);
    }

    @Test
    void aLoopThatWasStoppedIsDrivenByTheCloser() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        TestFiber fiber = launch(loop, "fiber", TestFiber::awaitWake);
        loop.execute(loop::stop);
        loop.run();

        loop.close();

        assertTrue(fiber.hasEnded());
        assertTrue(loop.isClosed());
    }

    @Test
    void runReturnsWhenAnotherThreadCloses() throws Exception {
        EventLoop loop = EventLoop.create(onWallClock);
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<String> end = new CompletableFuture<>();
        loop.execute(running::countDown);
        Thread.ofPlatform().daemon().start(() -> {
            loop.run();
            end.complete("closed " + loop.isClosed());
        });
        awaitLatch(running);

        loop.close();

        assertTrue(loop.isClosed());
        assertEquals("closed true", end.get(10, TimeUnit.SECONDS));
    }

    @Test
    void runUntilFailsWhenAnotherThreadCloses() throws Exception {
        EventLoop loop = EventLoop.create(onWallClock);
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        loop.execute(running::countDown);
        Thread.ofPlatform()
                .daemon()
                .start(() -> end.complete(
                        assertThrows(IllegalStateException.class, () -> loop.runUntil(new CompletableFuture<Void>()))));
        awaitLatch(running);

        loop.close();

        String message = end.get(10, TimeUnit.SECONDS).getMessage();
        assertTrue(message.endsWith(" was closed before the stage was done"), message);
    }

    @Test
    void aFiberOfAnotherLoopMayClose() {
        EventLoop closed = EventLoop.create(onVirtualTime);
        TestFiber unwound = launch(closed, "fiber", TestFiber::awaitWake);
        EventLoop other = EventLoop.create(LoopOptions.defaults().withClock(new VirtualClock()));
        TestFiber closer = launch(other, "closer", self -> {
            closed.close();
            log.add("closed " + closed.isClosed() + ", owner " + other.isOwner());
        });

        other.close();

        assertTrue(closer.hasEnded());
        assertEquals(List.of("closed true, owner true"), log);
        assertTrue(unwound.hasEnded());
        assertEquals(List.of(), unwound.abandonments);
    }

    @Test
    void aFiberOfAnotherLoopMayCloseALoopThatIsDriven() {
        EventLoop closed = EventLoop.open(onWallClock);
        TestFiber unwound = launch(closed, "fiber", TestFiber::awaitWake);
        try (EventLoop other = EventLoop.create(LoopOptions.defaults())) {
            launch(other, "closer", self -> {
                closed.close();
                log.add("closed " + closed.isClosed());
                other.stop();
            });
            other.run();
        }
        assertEquals(List.of("closed true"), log);
        assertTrue(unwound.hasEnded());
    }

    @Test
    void aCallbackOfAnotherLoopMayClose() {
        EventLoop closed = EventLoop.create(onVirtualTime);
        closed.execute(() -> log.add("inner is current: " + (EventLoop.current() == closed)));
        EventLoop other = EventLoop.create(LoopOptions.defaults());
        other.execute(() -> {
            closed.close();
            log.add("outer is current again: " + (EventLoop.current() == other));
        });

        assertTrue(other.runOnce());

        assertEquals(List.of("inner is current: true", "outer is current again: true"), log);
        other.close();
    }

    @Test
    void manyMayCloseAtOnce() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            boolean driven = round % 2 == 0;
            EventLoop loop = driven ? EventLoop.open(onWallClock) : EventLoop.create(onWallClock);
            TestFiber fiber = launch(loop, "fiber", self -> {
                try {
                    self.awaitWake();
                } finally {
                    self.sleep(Duration.ofNanos(100_000));
                    log.add("unwound");
                }
            });
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> closers = new ArrayList<>();
            AtomicInteger sawItClosed = new AtomicInteger();
            for (int i = 0; i < 4; i++) {
                closers.add(Thread.ofPlatform().daemon().start(() -> {
                    awaitLatch(go);
                    loop.close();
                    if (loop.isClosed() && fiber.hasEnded()) {
                        sawItClosed.incrementAndGet();
                    }
                }));
            }
            go.countDown();
            for (Thread closer : closers) {
                closer.join(10_000);
            }
            assertEquals(4, sawItClosed.get(), "round " + round);
            assertEquals(round + 1, log.size());
        }
        assertEquals(List.of(), reports);
    }

    @Test
    void anInterruptedCloserClosesAndStaysInterrupted() {
        EventLoop driven = EventLoop.open(onWallClock);
        TestFiber slow = launch(driven, "slow", self -> {
            try {
                self.awaitWake();
            } finally {
                self.sleep(ms(20));
                log.add("unwound");
            }
        });
        EventLoop undriven = EventLoop.create(onWallClock);
        Thread.currentThread().interrupt();
        driven.close();
        assertTrue(Thread.interrupted(), "interrupt status after waiting for the driver");
        assertTrue(slow.hasEnded());
        assertEquals(List.of("unwound"), log);

        Thread.currentThread().interrupt();
        undriven.close();
        assertTrue(Thread.interrupted(), "interrupt status after driving");
        assertTrue(undriven.isClosed());
    }

    @Test
    void aLoopThatIsClosedAsSoonAsItIsOpenedReportsAndLogsNothing() {
        List<String> logged = new CopyOnWriteArrayList<>();
        List<TestFiber> fibers = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(entry.getMessage() + " " + entry.getThrown());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("dev.baton.loop");
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            for (int round = 0; round < 500; round++) {
                EventLoop loop = EventLoop.open(onWallClock);
                fibers.add(launch(loop, "fiber " + round, self -> {
                    try {
                        self.awaitWake();
                    } finally {
                        self.sleep(Duration.ofNanos(200_000));
                    }
                }));
                loop.close();
            }
            // Its driver may come to run only later.
            await().during(ms(50)).atMost(Duration.ofSeconds(10)).until(() -> true);
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
        assertEquals(List.of(), logged);
        assertEquals(List.of(), reports);
        assertEquals(
                List.of(),
                fibers.stream().filter(each -> !each.abandonments.isEmpty()).toList());
    }

    // ----------------------------------------------------------------------------------------------- what is refused

    @Test
    @DisplayName("L-16 after close, work from outside is refused with a RejectedExecutionException")
    void workFromOutsideIsRefusedAfterClosing() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        loop.close();
        assertEverythingIsRefused(loop);
        loop.whenDone(CompletableFuture.completedFuture(1), (value, failure) -> log.add("called"));
        loop.stop();
        loop.wakeUp();
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("L-16 while the loop closes, work from outside is refused and work from inside is not")
    void workFromOutsideIsRefusedWhileClosing() throws Exception {
        EventLoop loop = EventLoop.open(onWallClock);
        CountDownLatch unwinding = new CountDownLatch(1);
        TestFiber fiber = launch(loop, "slow to unwind", self -> {
            try {
                self.awaitWake();
            } finally {
                self.await(waker -> {
                    loop.execute(() -> log.add("callback from inside"));
                    loop.schedule(ms(1), () -> log.add("timer from inside"));
                    unwinding.countDown();
                });
                log.add("unwound");
            }
        });
        Thread closer = Thread.ofPlatform().daemon().start(loop::close);
        awaitLatch(unwinding);

        assertTrue(loop.isClosing());
        assertFalse(loop.isClosed());
        assertEverythingIsRefused(loop);
        await().atMost(Duration.ofSeconds(10)).until(() -> log.size() == 2);
        fiber.wake(); // a foreign thread ends a wait of the unwinding

        closer.join(10_000);
        assertTrue(loop.isClosed());
        assertEquals(List.of("callback from inside", "timer from inside", "unwound"), log);
        assertEquals(List.of(), reports);
    }

    private static void assertEverythingIsRefused(EventLoop loop) {
        Runnable never = () -> {
            throw new AssertionError("it was refused");
        };
        assertThrows(RejectedExecutionException.class, () -> loop.execute(never));
        assertThrows(RejectedExecutionException.class, () -> loop.schedule(ms(1), never));
        assertThrows(RejectedExecutionException.class, () -> loop.scheduleAt(0, never));
        assertThrows(RejectedExecutionException.class, () -> loop.scheduleAtFixedRate(ms(1), never));
        TestFiber fiber = new TestFiber(loop, "too late", self -> never.run());
        assertThrows(RejectedExecutionException.class, fiber::startLater);
        assertFalse(fiber.hasStarted());
    }

    @Test
    void aClosedLoopCannotBeDriven() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        loop.close();
        for (Runnable drive : List.<Runnable>of(
                loop::run,
                loop::runOnce,
                () -> loop.runUntil(CompletableFuture.completedFuture(1)),
                () -> loop.runUntil(() -> CompletableFuture.completedFuture(1)))) {
            IllegalStateException refusal = assertThrows(IllegalStateException.class, drive::run);
            assertTrue(refusal.getMessage().endsWith(" is closed"), refusal.getMessage());
        }
        assertFalse(loop.isOwner());
    }

    // -------------------------------------------------------------------------------------------- what still happens

    @Test
    @DisplayName("L-16 what was submitted before close still runs")
    void whatWasSubmittedBeforeStillRuns() throws InterruptedException {
        EventLoop loop = EventLoop.create(onVirtualTime);
        loop.execute(() -> log.add("1"));
        Thread foreign = Thread.ofPlatform().start(() -> loop.execute(() -> log.add("2")));
        foreign.join(10_000);
        loop.schedule(Duration.ZERO, () -> log.add("due"));
        loop.schedule(ms(1), () -> log.add("not due"));
        loop.whenDone(CompletableFuture.completedFuture(3), (value, failure) -> log.add("" + value));

        loop.close();

        assertEquals(List.of("1", "2", "3", "due"), log);
        assertEquals(Duration.ZERO, clock.elapsed());
    }

    @Test
    void whatWasSubmittedBeforeStillRunsAfterAStopThatNobodyHeeded() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        loop.execute(() -> log.add("submitted"));
        loop.stop();

        loop.close();

        assertEquals(List.of("submitted"), log);
    }

    @Test
    void whatWasSubmittedBeforeStillRunsAfterRunUntilOfSomethingDone() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        assertEquals(1, loop.runUntil(CompletableFuture.completedFuture(1)));
        loop.execute(() -> log.add("submitted"));

        loop.close();

        assertEquals(List.of("submitted"), log);
    }

    @Test
    void whatTheLastFiberLeavesBehindStillRuns() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        CompletableFuture<String> outcome = new CompletableFuture<>();
        loop.whenDone(outcome, (value, failure) -> log.add(value));
        launch(loop, "last", self -> {
            try {
                self.awaitWake();
            } finally {
                outcome.complete("outcome of the last");
            }
        });

        loop.close();

        assertEquals(List.of("outcome of the last"), log);
    }

    @Test
    void whatTheLastFiberLeavesBehindStillRunsIfItClosedTheLoopOnceMore() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        launch(loop, "last", self -> {
            try {
                self.awaitWake();
            } finally {
                loop.close();
                loop.execute(() -> log.add("left behind"));
            }
        });

        loop.close();

        assertEquals(List.of("left behind"), log);
    }

    @Test
    void aClosedLoopLetsGoOfItsClock() {
        EventLoop.create(onVirtualTime).close();
        EventLoop next = EventLoop.create(onVirtualTime);
        next.execute(() -> log.add("next"));
        next.close();
        assertEquals(List.of("next"), log);
    }

    // ----------------------------------------------------------------------------------------------------- unwinding

    @Test
    @DisplayName("J-11 close cancels every live fiber, oldest first, and runs its finally blocks")
    void closeCancelsOldestFirst() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        List<TestFiber> fibers = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            fibers.add(launch(loop, name, self -> {
                try {
                    log.add(name + " waits");
                    self.awaitWake();
                } finally {
                    log.add(name + " unwinds");
                }
            }));
        }
        loop.runOnce();
        fibers.get(1).wake();
        loop.runOnce();

        loop.close();

        assertEquals(
                List.of("a waits", "b waits", "c waits", "d waits", "b unwinds", "a unwinds", "c unwinds", "d unwinds"),
                log);
        assertEquals(List.of(), fibers.get(1).cancels);
        assertEquals(List.of("its loop is closed"), fibers.get(3).cancels);
        assertEquals(0, loop.statistics().fibers());
        assertEquals(List.of(), reports);
    }

    @Test
    @DisplayName("J-11 timers and waits work while fibers unwind")
    void fibersMayWaitWhileTheyUnwind() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        TestFiber first = launch(loop, "first", self -> {
            try {
                self.awaitWake();
            } finally {
                log.add("first unwinds at " + clock.elapsed().toMillis());
                self.sleep(ms(30));
                log.add("first sleeps on at " + clock.elapsed().toMillis());
                self.awaitWake();
                log.add("first is woken at " + clock.elapsed().toMillis());
            }
        });
        launch(loop, "second", self -> {
            try {
                self.awaitWake();
            } finally {
                self.sleep(ms(50));
                log.add("second wakes the first at " + clock.elapsed().toMillis());
                first.wake();
            }
        });

        loop.close();

        assertEquals(
                List.of(
                        "first unwinds at 0",
                        "first sleeps on at 30",
                        "second wakes the first at 50",
                        "first is woken at 50"),
                log);
        assertEquals(ms(50), clock.elapsed());
        assertEquals(List.of(), reports);
    }

    @Test
    void foreignThreadsMayEndWaitsOfTheUnwindingEvenOnVirtualTime() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        TestFiber fiber = launch(loop, "fiber", self -> {
            try {
                self.awaitWake();
            } finally {
                loop.beginExternal();
                self.await(waker -> Thread.ofPlatform().daemon().start(() -> {
                    waker.run();
                    loop.endExternal();
                }));
                log.add("woken at " + clock.elapsed().toMillis());
            }
        });

        loop.close();

        assertEquals(List.of("woken at 0"), log);
        assertEquals(List.of(), fiber.abandonments);
    }

    @Test
    void aFiberThatIsStartedDuringTheUnwindingMayEnd() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        List<TestFiber> helpers = new ArrayList<>();
        launch(loop, "fiber", self -> {
            try {
                self.awaitWake();
            } finally {
                helpers.add(begin(loop, "eager", helper -> {
                    helper.sleep(ms(10));
                    log.add("eager at " + clock.elapsed().toMillis());
                }));
                helpers.add(launch(loop, "later", helper -> {
                    helper.sleep(ms(20));
                    log.add("later at " + clock.elapsed().toMillis());
                }));
                log.add("fiber");
            }
        });

        loop.close();

        assertEquals(List.of("fiber", "eager at 10", "later at 20"), log);
        assertEquals(List.of(), reports);
        assertTrue(helpers.stream().allMatch(Fiber::hasEnded));
    }

    @Test
    void aFiberThatIsReadyButHasNotRunIsCancelledBeforeItStarts() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        List<TestFiber> queued = new ArrayList<>();
        // Runs in the one iteration that is owed to what was submitted; what it starts comes after that.
        loop.execute(() -> queued.add(launch(loop, "queued", self -> log.add("must not run"))));

        loop.close();

        assertEquals(List.of(), log);
        assertEquals(List.of("its loop is closed"), queued.getFirst().cancels);
        assertTrue(queued.getFirst().hasEnded());
        assertEquals(List.of(), queued.getFirst().abandonments);
    }

    // ------------------------------------------------------------------------------------------ those that do not end

    @Test
    @DisplayName("J-11 a fiber that waits for ever is reported with its stack after the close timeout, on virtual time")
    void aFiberThatRefusesIsReportedOnVirtualTime() {
        EventLoop loop = EventLoop.create(onVirtualTime.withCloseTimeout(Duration.ofDays(1)));
        TestFiber refuses = launch(loop, "refuses", CloseTest::waitForEver);
        TestFiber obeys = launch(loop, "obeys", TestFiber::awaitWake);

        loop.close();

        assertEquals(Duration.ofDays(1), clock.elapsed());
        assertRefusal(loop, refuses);
        assertEquals(List.of(), obeys.abandonments);
    }

    @Test
    @DisplayName(
            "J-11 a fiber that waits for ever is reported with its stack after the close timeout, on the wall clock")
    void aFiberThatRefusesIsReportedOnTheWallClock() {
        EventLoop loop = EventLoop.open(onWallClock.withCloseTimeout(ms(100)));
        TestFiber refuses = launch(loop, "refuses", CloseTest::waitForEver);
        long start = System.nanoTime();

        loop.close();

        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(took.compareTo(ms(100)) >= 0 && took.compareTo(ms(5_000)) < 0, "took " + took);
        assertRefusal(loop, refuses);
    }

    @Test
    @DisplayName(
            "J-11 a fiber that yields for ever is reported after the wall clock's close timeout on virtual time too")
    void aFiberThatYieldsForEverIsReported() {
        for (LoopOptions options : List.of(onVirtualTime, onWallClock)) {
            reports.clear();
            EventLoop loop = EventLoop.create(options.withCloseTimeout(ms(100)));
            TestFiber refuses = launch(loop, "refuses", CloseTest::waitForEver);
            TestFiber yields = launch(loop, "yields", self -> {
                for (; ; ) {
                    try {
                        self.yieldOnce();
                    } catch (CancellationException ignored) {
                        // that is the point
                    }
                }
            });

            loop.close();

            assertTrue(loop.isClosed());
            assertEquals(2, reports.size());
            assertSame(reports.get(0), refuses.abandonments.getFirst());
            assertSame(reports.get(1), yields.abandonments.getFirst());
        }
    }

    private static void waitForEver(TestFiber self) {
        for (; ; ) {
            try {
                self.awaitWake();
            } catch (CancellationException ignored) {
                // that is the point
            }
        }
    }

    private void assertRefusal(EventLoop loop, TestFiber refuses) {
        assertTrue(loop.isClosed());
        assertEquals(1, reports.size());
        Throwable report = reports.getFirst();
        assertTrue(report.getMessage().startsWith("Fiber[refuses] did not end within "), report.getMessage());
        assertEquals("waitForEver", report.getStackTrace()[0].getMethodName());
        assertEquals(List.of(report), refuses.abandonments);
        assertTrue(refuses.hasEnded());
        refuses.resume(); // nobody is there to be resumed
        assertEquals(1, refuses.cancels.size());
    }

    @Test
    @DisplayName("J-11 a fiber that blocks the baton does not hold up a foreign closer for ever")
    void aFiberThatBlocksIsReportedToo() throws Exception {
        EventLoop loop = EventLoop.open(onWallClock.withCloseTimeout(ms(100)));
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Throwable> afterwards = new CompletableFuture<>();
        TestFiber waits = launch(loop, "waits", TestFiber::awaitWake);
        TestFiber blocks = launch(loop, "blocks", self -> {
            try {
                blocked.countDown();
                blockOn(release);
                self.awaitWake();
            } catch (Throwable failure) {
                afterwards.complete(failure);
                throw failure;
            }
        });
        awaitLatch(blocked);

        loop.close();

        assertTrue(loop.isClosed());
        assertEquals(List.of(waits.abandonments.getFirst(), blocks.abandonments.getFirst()), reports);
        StackTraceElement[] stack = reports.get(1).getStackTrace();
        assertTrue(
                Arrays.stream(stack).anyMatch(frame -> frame.getMethodName().equals("blockOn")),
                Arrays.toString(stack));

        release.countDown(); // too late: it cannot wait any more, and nobody runs with it
        Throwable end = afterwards.get(10, TimeUnit.SECONDS);
        assertEquals(IllegalStateException.class, end.getClass());
        assertTrue(end.getMessage().contains(" is closed; Fiber[blocks] cannot wait any more"), end.getMessage());
        assertFalse(loop.isOwner());
    }

    @Test
    @DisplayName("J-02 run returns when a fiber that blocked until after close has let go")
    void runReturnsWhenABlockedFiberHasLetGo() throws Exception {
        EventLoop loop = EventLoop.create(onWallClock.withCloseTimeout(ms(50)));
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        launch(loop, "blocks", self -> {
            blocked.countDown();
            blockOn(release);
        });
        CompletableFuture<Void> ran = CompletableFuture.runAsync(loop::run, Thread.ofPlatform()::start);
        awaitLatch(blocked);

        loop.close();
        assertTrue(loop.isClosed());
        release.countDown();

        ran.get(5, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName(
            "J-11 a callback that blocks the baton does not hold up a foreign closer for ever, and run returns after"
                    + " it")
    void aCallbackThatBlocksIsGivenUp() throws Exception {
        EventLoop loop = EventLoop.create(onWallClock.withCloseTimeout(ms(50)));
        TestFiber waits = launch(loop, "waits", TestFiber::awaitWake);
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        loop.execute(() -> {
            blocked.countDown();
            blockOn(release);
        });
        CompletableFuture<Void> ran = CompletableFuture.runAsync(loop::run, Thread.ofPlatform()::start);
        awaitLatch(blocked);

        loop.close();

        assertTrue(loop.isClosed());
        assertEquals(waits.abandonments, reports);
        assertEquals(1, reports.size());
        assertFalse(ran.isDone());
        release.countDown();
        ran.get(5, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("J-11 the same for a callback that blocks while fibers unwind")
    void aCallbackThatBlocksDuringTheUnwindingIsGivenUp() throws Exception {
        EventLoop loop = EventLoop.create(onWallClock.withCloseTimeout(ms(50)));
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        TestFiber fiber = launch(loop, "leaves a callback", self -> {
            running.countDown();
            try {
                self.awaitWake();
            } finally {
                loop.execute(() -> blockOn(release));
                self.awaitWake();
            }
        });
        CompletableFuture<Void> ran = CompletableFuture.runAsync(loop::run, Thread.ofPlatform()::start);
        awaitLatch(running);

        loop.close();

        assertTrue(loop.isClosed());
        assertEquals(fiber.abandonments, reports);
        assertEquals(1, reports.size());
        release.countDown();
        ran.get(5, TimeUnit.SECONDS);
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    }

    @Test
    @DisplayName("J-11 run returns in time although a fiber that unwinds blocks, and reports its stack")
    void runReturnsAlthoughAFiberBlocksWhileItUnwinds() throws Exception {
        EventLoop loop = EventLoop.create(onWallClock.withCloseTimeout(ms(50)));
        CountDownLatch release = new CountDownLatch(1);
        TestFiber blocks = launch(loop, "blocks", self -> blockWhileUnwinding(self, release));
        loop.execute(loop::close);
        try {
            CompletableFuture.runAsync(loop::run, Thread.ofPlatform().daemon()::start)
                    .get(10, TimeUnit.SECONDS);
            assertGivenUp(loop, blocks, reports);
        } finally {
            release.countDown();
        }
    }

    @Test
    @DisplayName("J-11 runUntil returns in time although a fiber that unwinds blocks")
    void runUntilReturnsAlthoughAFiberBlocksWhileItUnwinds() throws Exception {
        EventLoop loop = EventLoop.create(onWallClock.withCloseTimeout(ms(50)));
        CountDownLatch release = new CountDownLatch(1);
        TestFiber blocks = launch(loop, "blocks", self -> blockWhileUnwinding(self, release));
        loop.execute(loop::close);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        try {
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> end.complete(assertThrows(
                            IllegalStateException.class, () -> loop.runUntil(new CompletableFuture<Void>()))));
            String message = end.get(10, TimeUnit.SECONDS).getMessage();
            assertTrue(message.endsWith(" was closed before the stage was done"), message);
            assertGivenUp(loop, blocks, reports);
        } finally {
            release.countDown();
        }
    }

    @Test
    @DisplayName("J-11 a closer that drives the closing itself returns in time although a fiber blocks")
    void aCloserThatDrivesReturnsAlthoughAFiberBlocks() throws Exception {
        EventLoop loop = EventLoop.create(onWallClock.withCloseTimeout(ms(50)));
        CountDownLatch release = new CountDownLatch(1);
        TestFiber blocks = launch(loop, "blocks", self -> blockWhileUnwinding(self, release));
        try {
            CompletableFuture.runAsync(loop::close, Thread.ofPlatform().daemon()::start)
                    .get(10, TimeUnit.SECONDS);
            assertGivenUp(loop, blocks, reports);
        } finally {
            release.countDown();
        }
    }

    @Test
    @DisplayName("J-11 a callback that starts a fiber which blocks is cut off when the loop closes by force")
    void aCallbackThatWaitsForAFiberWhichBlocksIsCutOff() throws Exception {
        EventLoop loop = EventLoop.create(onWallClock.withCloseTimeout(ms(50)));
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        loop.execute(() -> {
            loop.close();
            thrown.complete(
                    assertThrows(IllegalStateException.class, () -> begin(loop, "blocks", self -> blockOn(release))));
        });
        try {
            CompletableFuture.runAsync(loop::run, Thread.ofPlatform().daemon()::start)
                    .get(10, TimeUnit.SECONDS);
            String message = thrown.get(10, TimeUnit.SECONDS).getMessage();
            assertTrue(message.endsWith("is closed, and Fiber[blocks] has not given the baton back"), message);
            assertEquals(1, reports.size(), reports.toString());
        } finally {
            release.countDown();
        }
    }

    @Test
    @DisplayName("L-19 a loop that can never go on does not wait for ever for a fiber that blocks while it unwinds")
    void aLoopThatIsStuckDoesNotWaitForAFiberThatBlocks() throws Exception {
        EventLoop loop = EventLoop.create(onVirtualTime.withCloseTimeout(ms(50)));
        CountDownLatch release = new CountDownLatch(1);
        TestFiber blocks = launch(loop, "blocks", self -> blockWhileUnwinding(self, release));
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        try {
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> end.complete(assertThrows(IllegalStateException.class, loop::run)));
            String message = end.get(10, TimeUnit.SECONDS).getMessage();
            assertTrue(message.contains("these wait for ever"), message);
            assertGivenUp(loop, blocks, reports);
        } finally {
            release.countDown();
        }
    }

    private static void blockWhileUnwinding(TestFiber self, CountDownLatch release) {
        try {
            self.awaitWake();
        } finally {
            blockOn(release);
        }
    }

    private static void assertGivenUp(EventLoop loop, TestFiber blocks, List<Throwable> reports) {
        assertTrue(loop.isClosed());
        assertEquals(blocks.abandonments, reports);
        assertEquals(1, reports.size());
        StackTraceElement[] stack = reports.getFirst().getStackTrace();
        assertTrue(
                Arrays.stream(stack).anyMatch(frame -> frame.getMethodName().equals("blockOn")),
                Arrays.toString(stack));
    }

    private static void blockOn(CountDownLatch release) {
        awaitLatch(release);
    }

    @Test
    @DisplayName("L-16 what a callback submits in the last iteration is refused, and not dropped in silence")
    void whatACallbackSubmitsInTheLastIterationIsRefused() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        loop.execute(new Runnable() {
            @Override
            public void run() {
                log.add("runs");
                try {
                    loop.execute(this);
                } catch (RejectedExecutionException e) {
                    log.add("refused");
                }
            }
        });

        loop.close();

        assertEquals(List.of("runs", "runs", "refused"), log);
        assertEquals(List.of(), reports);
    }

    /** A callback with a name of its own. */
    private record Named(String name, List<String> log) implements Runnable {
        @Override
        public void run() {
            log.add(name + " runs");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @Test
    @DisplayName("L-16 a forced close reports each callback that was accepted and cannot run any more, once")
    void aForcedCloseReportsEachCallbackThatItDrops() throws Exception {
        EventLoop loop = EventLoop.open(onWallClock.withCloseTimeout(ms(50)));
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        TestFiber blocks = launch(loop, "blocks", self -> {
            loop.execute(new Named("first", log));
            loop.executeWithoutContext(new Named("second", log));
            loop.whenDone(CompletableFuture.completedFuture(1), (value, failure) -> log.add("nobody promised this"));
            loop.schedule(Duration.ZERO, new Named("timer", log));
            blocked.countDown();
            blockOn(release);
        });
        awaitLatch(blocked);
        loop.execute(new Named("third", log)); // in the inbox
        try {
            loop.close();
            assertEquals(blocks.abandonments, reports.subList(0, 1));
            assertEquals(
                    List.of("callback first", "callback second", "callback third"),
                    reports.stream()
                            .skip(1)
                            .map(report -> report.getMessage().split(" was accepted by ")[0])
                            .toList());
        } finally {
            release.countDown();
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> blocks.thread.getState() == Thread.State.TERMINATED);
        assertEquals(List.of(), log);
        assertEquals(4, reports.size());
    }

    @Test
    void fibersStillUnwindAtTheEndOfVirtualTime() {
        EventLoop loop = EventLoop.create(onVirtualTime);
        launch(loop, "fiber", self -> {
            try {
                self.awaitWake();
            } finally {
                self.sleep(Duration.ofDays(1));
                self.yieldOnce();
                self.yieldOnce();
                log.add("unwound");
            }
        });
        clock.advanceBy(Duration.ofSeconds(Long.MAX_VALUE));
        clock.advanceBy(Duration.ofSeconds(Long.MAX_VALUE));

        loop.close();

        assertEquals(List.of("unwound"), log);
        assertEquals(List.of(), reports);
    }

    @Test
    void aCloseTimeoutMayBeForEver() {
        EventLoop loop = EventLoop.create(onVirtualTime.withCloseTimeout(Duration.ofSeconds(Long.MAX_VALUE)));
        TestFiber fiber = launch(loop, "fiber", TestFiber::awaitWake);
        loop.close();
        assertTrue(fiber.hasEnded());
        assertTrue(loop.isClosed());
    }

    // ------------------------------------------------------------------------------------- front ends that misbehave

    @Test
    void aFiberWhoseCancelThrowsDoesNotHoldUpTheOthers() {
        EventLoop loop = EventLoop.open(onWallClock.withCloseTimeout(ms(200)));
        loop.execute(new Hostile(loop)::start);
        TestFiber other = launch(loop, "other", TestFiber::awaitWake);

        loop.close();

        assertTrue(loop.isClosed());
        assertTrue(other.hasEnded());
        assertEquals(List.of(), other.abandonments);
        assertEquals(List.of("its loop is closed"), other.cancels);
    }

    @Test
    void aFiberWhoseAbandonedThrowsDoesNotHoldUpTheCloser() throws Exception {
        EventLoop loop = EventLoop.create(onWallClock.withCloseTimeout(ms(50)));
        CountDownLatch running = new CountDownLatch(1);
        loop.execute(new Hostile(loop)::start);
        TestFiber other = launch(loop, "other", CloseTest::waitForEver);
        loop.execute(running::countDown);
        Thread driver = Thread.ofPlatform().daemon().start(() -> {
            try {
                loop.run();
            } catch (IllegalStateException hostile) {
                log.add(hostile.getMessage());
            }
        });
        awaitLatch(running);
        Thread closer = Thread.ofPlatform().daemon().start(loop::close);

        closer.join(5_000);

        assertFalse(closer.isAlive(), "close() has not returned");
        assertEquals(1, other.abandonments.size());
        driver.join(5_000);
        assertFalse(driver.isAlive(), "run() has not returned");
    }

    /** Ends never, and throws wherever the loop calls it. */
    private static final class Hostile extends Fiber {
        Hostile(EventLoop loop) {
            super(loop, "hostile");
        }

        @Override
        protected Outcome run() {
            suspend();
            return Outcome.SUCCESS;
        }

        @Override
        protected void cancel(String reason) {
            throw new IllegalStateException("hostile cancel");
        }

        @Override
        protected void abandoned(Throwable reason) {
            throw new IllegalStateException("hostile abandoned");
        }

        @Override
        public void awaitDone(java.util.concurrent.CompletionStage<?> stage) {
            suspend();
        }
    }
}
