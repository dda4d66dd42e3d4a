package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** run, runOnce, runUntil and stop. */
@Timeout(30)
class DrivingTest {
    private final VirtualClock clock = new VirtualClock();
    private final List<Throwable> failures = new ArrayList<>();
    private final EventLoop loop =
            EventLoop.create(LoopOptions.defaults().withClock(clock).withExceptionHandler(failures::add));
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingFailed() {
        loop.close();
        assertEquals(List.of(), failures);
        assertFalse(Thread.interrupted(), "a test has left its thread interrupted");
    }

    // ------------------------------------------------------------------------------------------------- stop and run

    @Test
    @DisplayName("L-14 stop lets the callbacks and due timeouts of the iteration finish")
    void stopLetsTheIterationFinish() {
        loop.execute(() -> {
            note("stop");
            loop.stop();
            loop.execute(() -> note("next iteration"));
        });
        loop.execute(() -> note("behind"));
        loop.schedule(Duration.ZERO, () -> note("timer"));

        loop.run();

        assertEquals(List.of("1 stop", "1 behind", "1 timer"), log);
        assertEquals(1, loop.statistics().ready());
    }

    @Test
    @DisplayName("L-14 what is queued when the loop stops stays queued for the next run")
    void whatIsQueuedStaysQueued() {
        loop.schedule(Duration.ofSeconds(1), () -> {
            note("timer");
            loop.stop();
        });
        loop.execute(() -> {
            note("stop");
            loop.stop();
            loop.execute(() -> note("queued"));
        });
        loop.run();
        assertEquals(List.of("1 stop"), log);
        loop.execute(() -> note("submitted meanwhile"));

        loop.run();

        assertEquals(List.of("1 stop", "2 queued", "2 submitted meanwhile", "3 timer"), log);
    }

    @Test
    @DisplayName("L-14 a stop before run makes it return at once, and only once")
    void aStopBeforeRunMakesItReturnAtOnce() {
        loop.execute(() -> {
            note("ran");
            loop.stop();
        });
        loop.stop();
        loop.stop();

        loop.run();
        assertEquals(List.of(), log);
        assertEquals(0, loop.iteration());

        loop.run();
        assertEquals(List.of("1 ran"), log);
    }

    @Test
    @DisplayName("L-14 a stop before runOnce makes it return at once, and only once")
    void aStopBeforeRunOnceMakesItReturnAtOnce() {
        loop.execute(() -> note("ran"));
        loop.stop();

        assertFalse(loop.runOnce());
        assertEquals(0, loop.iteration());
        assertTrue(loop.runOnce());
        assertEquals(List.of("1 ran"), log);
    }

    @Test
    @DisplayName("L-14 a stop before runUntil makes it return at once, and only once")
    void aStopBeforeRunUntilMakesItReturnAtOnce() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        loop.execute(() -> {
            note("ran");
            stage.complete("value");
        });
        loop.stop();

        assertThrows(IllegalStateException.class, () -> loop.runUntil(stage));
        assertEquals(0, loop.iteration());
        assertEquals("value", loop.runUntil(stage));
        assertEquals(List.of("1 ran"), log);
    }

    @Test
    @DisplayName("L-14 a stop inside runOnce is over with it")
    void aStopInsideRunOnceIsOverWithIt() {
        loop.execute(() -> {
            note("stop");
            loop.stop();
            loop.execute(() -> note("next"));
        });

        assertTrue(loop.runOnce());
        assertTrue(loop.runOnce());

        assertEquals(List.of("1 stop", "2 next"), log);
    }

    @Test
    @DisplayName("L-14 a stop in the iteration that completes the stage is over with runUntil")
    void aStopTogetherWithTheStageIsOverWithRunUntil() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        loop.execute(() -> {
            note("both");
            stage.complete("value");
            loop.stop();
            loop.execute(() -> note("next"));
        });

        assertEquals("value", loop.runUntil(stage));

        assertTrue(loop.runOnce(), "runUntil has returned at the end of the iteration in which stop() was called");
        assertEquals(List.of("1 both", "2 next"), log);
    }

    @Test
    @DisplayName("L-14 another thread stops a loop that waits")
    void anotherThreadStopsALoopThatWaits() throws InterruptedException {
        try (EventLoop wall = EventLoop.create(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            for (int i = 0; i < 500; i++) {
                CountDownLatch driving = new CountDownLatch(1);
                wall.execute(driving::countDown);
                Thread stopper = Thread.ofPlatform().start(() -> {
                    awaitOrFail(driving);
                    wall.stop(); // the loop falls asleep now
                });
                wall.run();
                assertTrue(stopper.join(Duration.ofSeconds(10)));
            }
        }
    }

    @Test
    @DisplayName("L-14 a stop that nobody heeded does not keep close from running what was submitted before")
    void aStopThatNobodyHeededDoesNotDisturbClose() {
        loop.execute(() -> note("submitted"));
        loop.stop();

        loop.close();

        assertEquals(List.of("1 submitted"), log);
    }

    @Test
    @DisplayName("L-14 stop and close in one callback: what was submitted before still runs")
    void stopAndCloseInOneCallback() {
        loop.execute(() -> {
            note("close");
            loop.execute(() -> note("submitted"));
            loop.stop();
            loop.close();
        });

        loop.run();

        assertTrue(loop.isClosed());
        assertEquals(List.of("1 close", "2 submitted"), log);
    }

    @Test
    void aStopAfterCloseDoesNothing() {
        loop.close();
        loop.stop();
        assertTrue(loop.isClosed());
    }

    @Test
    void runEndsWhenTheLoopIsClosedOnIt() {
        loop.execute(() -> {
            note("close");
            loop.close();
        });
        loop.execute(() -> note("behind"));

        loop.run();

        assertEquals(List.of("1 close", "1 behind"), log);
        assertTrue(loop.isClosed());
    }

    @Test
    void aClosedLoopCannotBeDriven() {
        loop.close();

        assertThrows(IllegalStateException.class, loop::run);
        assertThrows(IllegalStateException.class, loop::runOnce);
        assertThrows(IllegalStateException.class, () -> loop.runUntil(new CompletableFuture<>()));
        assertThrows(
                IllegalStateException.class,
                () -> loop.runUntil(() -> {
                    note("never");
                    return new CompletableFuture<>();
                }));
        assertEquals(List.of(), log);
    }

    // ------------------------------------------------------------------------------------------------------- runOnce

    @Test
    void runOnceRunsOneIterationAndNeverWaits() {
        TimerHandle later = loop.schedule(Duration.ofHours(1), () -> note("later"));
        loop.execute(() -> {
            note("a");
            loop.execute(() -> note("b"));
        });

        assertTrue(loop.runOnce());
        assertEquals(List.of("1 a"), log);
        assertTrue(loop.runOnce());
        assertEquals(List.of("1 a", "2 b"), log);
        assertFalse(loop.runOnce());
        assertEquals(2, loop.iteration());
        assertEquals(0, clock.nanoTime());
        later.cancel();
    }

    @Test
    void runOnceOnTheWallClockDoesNotWaitForATimer() {
        try (EventLoop wall = EventLoop.create(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            wall.schedule(Duration.ofHours(1), () -> note("later"));
            assertFalse(wall.runOnce());
            assertEquals(0, wall.iteration());
        }
        assertEquals(List.of(), log);
    }

    @Test
    void runAfterRunOnceIsNotLimited() {
        loop.execute(() -> note("a"));
        assertTrue(loop.runOnce());
        loop.execute(() -> {
            note("b");
            loop.execute(() -> {
                note("c");
                loop.execute(loop::stop);
            });
        });

        loop.run();

        assertEquals(List.of("1 a", "2 b", "3 c"), log);
        assertEquals(4, loop.iteration());
    }

    // ------------------------------------------------------------------------------------------------------ runUntil

    @Test
    @DisplayName("L-15 a value that is there at once (test_sync_result)")
    void aValueThatIsThereAtOnce() {
        assertEquals(42, loop.runUntil(() -> CompletableFuture.completedFuture(42)));
        assertEquals(0, loop.iteration());
    }

    @Test
    @DisplayName("L-15 a start that throws (test_sync_exception)")
    void aStartThatThrows() {
        RuntimeException failure = new RuntimeException("of the start");
        CompletableFuture<Void> never = new CompletableFuture<>();

        assertSame(
                failure,
                assertThrows(
                        RuntimeException.class,
                        () -> loop.runUntil(() -> {
                            if (!never.isDone()) {
                                throw failure;
                            }
                            return never;
                        })));

        assertUndriven();
    }

    @Test
    @DisplayName("L-15 a value that comes later (test_async_result)")
    void aValueThatComesLater() {
        String value = loop.runUntil(() -> {
            CompletableFuture<String> stage = new CompletableFuture<>();
            loop.execute(() -> stage.complete("value"));
            return stage;
        });

        assertEquals("value", value);
        assertEquals(1, loop.iteration());
    }

    @Test
    @DisplayName("L-15 a failure that comes later is thrown as it is (test_async_exception)")
    void aFailureThatComesLater() {
        IOException failure = new IOException("checked");
        CompletableFuture<String> stage = new CompletableFuture<>();
        loop.execute(() -> stage.completeExceptionally(failure));

        assertSame(failure, assertThrows(IOException.class, () -> loop.runUntil(stage)));
        assertUndriven();
    }

    @Test
    @DisplayName("L-15 the start runs with the baton, before any iteration (test_current)")
    void theStartRunsWithTheBaton() {
        loop.runUntil(() -> {
            note("owner " + loop.isOwner());
            assertSame(loop, EventLoop.current());
            CompletableFuture<Void> stage = new CompletableFuture<>();
            loop.execute(() -> {
                note("callback");
                stage.complete(null);
            });
            assertEquals(1, loop.statistics().ready(), "it is the owner's own submission");
            return stage;
        });

        assertEquals(List.of("0 owner true", "1 callback"), log);
        assertNull(EventLoop.currentOrNull());
        assertFalse(loop.isOwner());
    }

    @Test
    void runUntilReturnsAtTheEndOfTheIteration() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        loop.execute(() -> {
            note("complete");
            stage.complete("value");
            loop.execute(() -> note("next iteration"));
        });
        loop.execute(() -> note("behind"));
        loop.schedule(Duration.ZERO, () -> note("timer"));

        assertEquals("value", loop.runUntil(stage));

        assertEquals(List.of("1 complete", "1 behind", "1 timer"), log);
        assertEquals(1, loop.statistics().ready());
    }

    @Test
    void runUntilOnADoneStageRunsNoIteration() {
        loop.execute(() -> note("queued"));

        assertEquals("value", loop.runUntil(CompletableFuture.completedFuture("value")));
        IOException failure = new IOException("failed before");
        assertSame(
                failure, assertThrows(IOException.class, () -> loop.runUntil(CompletableFuture.failedFuture(failure))));

        assertEquals(List.of(), log);
        assertEquals(0, loop.iteration());
        assertTrue(loop.runOnce());
        assertEquals(List.of("1 queued"), log);
    }

    @Test
    void aRunUntilThatWasDoneAtOnceLeavesNothingBehindForClose() {
        loop.execute(() -> note("submitted"));
        assertEquals(1, loop.runUntil(CompletableFuture.completedFuture(1)));

        loop.close();

        assertEquals(List.of("1 submitted"), log, "what was submitted before the loop was closed");
    }

    @Test
    void aNullValueIsAValue() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        loop.schedule(Duration.ofSeconds(3), () -> stage.complete(null));

        assertNull(loop.runUntil(stage));
        assertEquals(Duration.ofSeconds(3), clock.elapsed());
    }

    @Test
    void wrappersAreTakenOffAFailure() {
        Exception failure = new Exception("inside");
        CompletableFuture<String> stage = new CompletableFuture<>();
        loop.execute(() -> stage.completeExceptionally(failure));
        assertSame(
                failure,
                assertThrows(Exception.class, () -> loop.runUntil(stage.thenApply(String::length))),
                "a dependent stage wraps");

        Throwable wrapped = new CompletionException(new ExecutionException(new CompletionException(failure)));
        assertSame(
                failure, assertThrows(Exception.class, () -> loop.runUntil(CompletableFuture.failedFuture(wrapped))));

        Throwable hollow = new CompletionException("no cause", null);
        assertSame(hollow, assertThrows(Exception.class, () -> loop.runUntil(CompletableFuture.failedFuture(hollow))));

        Error error = new AssertionError("an error");
        assertSame(error, assertThrows(Error.class, () -> loop.runUntil(CompletableFuture.failedFuture(error))));
    }

    @Test
    void aCancelledStageThrowsItsCancellation() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        loop.execute(() -> stage.cancel(false));

        assertThrows(CancellationException.class, () -> loop.runUntil(stage));
        assertThrows(CancellationException.class, () -> loop.runUntil(stage.thenApply(String::length)));
        assertUndriven();
    }

    @Test
    void aStageThatAnotherThreadCompletesWakesTheLoop() throws InterruptedException {
        try (EventLoop wall = EventLoop.create(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            for (int i = 0; i < 500; i++) {
                CountDownLatch driving = new CountDownLatch(1);
                CompletableFuture<Integer> stage = new CompletableFuture<>();
                int value = i;
                wall.execute(driving::countDown);
                Thread completer = Thread.ofPlatform().start(() -> {
                    awaitOrFail(driving);
                    stage.complete(value);
                });
                assertEquals(i, wall.runUntil(stage));
                assertEquals(i + 1, wall.iteration(), "that of the callback; the completion is none");
                assertTrue(completer.join(Duration.ofSeconds(10)));
            }
        }
    }

    @Test
    @DisplayName("L-14, L-15 a stop while runUntil drives: IllegalStateException, and the stage stays pending")
    void aStopWhileRunUntilDrives() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        loop.execute(() -> {
            note("stop");
            loop.stop();
        });
        loop.execute(() -> note("behind"));

        IllegalStateException e = assertThrows(IllegalStateException.class, () -> loop.runUntil(stage));

        assertTrue(e.getMessage().contains("stopped"), e.getMessage());
        assertFalse(stage.isDone());
        assertEquals(List.of("1 stop", "1 behind"), log);
        assertUndriven();
    }

    @Test
    void aCloseWhileRunUntilDrives() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        loop.execute(loop::close);

        IllegalStateException e = assertThrows(IllegalStateException.class, () -> loop.runUntil(stage));

        assertTrue(e.getMessage().contains("closed"), e.getMessage());
        assertFalse(stage.isDone());
        assertTrue(loop.isClosed());
    }

    @Test
    void aCloseTogetherWithTheStageStillReturnsTheValue() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        loop.execute(() -> {
            loop.close();
            stage.complete("value");
        });

        assertEquals("value", loop.runUntil(stage));
        assertTrue(loop.isClosed());
    }

    @Test
    void aStaleStageDoesNotDisturbTheNextRun() {
        CompletableFuture<String> stale = new CompletableFuture<>();
        loop.stop();
        assertThrows(IllegalStateException.class, () -> loop.runUntil(stale));
        loop.execute(() -> {
            note("complete the stale one");
            stale.complete("late");
            loop.execute(() -> {
                note("next");
                loop.schedule(Duration.ofSeconds(1), loop::stop);
            });
        });
        loop.execute(() -> note("behind"));

        loop.run();

        assertEquals(List.of("1 complete the stale one", "1 behind", "2 next"), log);
        assertEquals(Duration.ofSeconds(1), clock.elapsed(), "it went on to the stop");
    }

    @Test
    void aStaleStageDoesNotDisturbTheNextRunUntil() {
        CompletableFuture<String> stale = new CompletableFuture<>();
        loop.stop();
        assertThrows(IllegalStateException.class, () -> loop.runUntil(stale));
        CompletableFuture<String> stage = new CompletableFuture<>();
        loop.execute(() -> stale.complete("late"));
        loop.schedule(Duration.ofSeconds(1), () -> stage.complete("value"));

        assertEquals("value", loop.runUntil(stage));
        assertEquals(Duration.ofSeconds(1), clock.elapsed());
    }

    @Test
    void aStaleStageDoesNotDisturbTheNextRunOnceOrClose() {
        CompletableFuture<String> stale = new CompletableFuture<>();
        CompletableFuture<String> staler = new CompletableFuture<>();
        loop.stop();
        assertThrows(IllegalStateException.class, () -> loop.runUntil(stale));
        loop.stop();
        assertThrows(IllegalStateException.class, () -> loop.runUntil(staler));
        loop.execute(() -> note("a"));
        stale.complete("late");
        assertTrue(loop.runOnce());
        assertEquals(List.of("1 a"), log);

        loop.execute(() -> note("b"));
        staler.complete("later");
        loop.close();
        assertEquals(List.of("1 a", "2 b"), log);
    }

    @Test
    void nullIsRefusedAndTheLoopIsFreeAfterwards() {
        assertThrows(NullPointerException.class, () -> loop.runUntil((CompletionStage<Void>) null));
        assertUndriven();
        assertThrows(
                NullPointerException.class,
                () -> loop.runUntil((java.util.function.Supplier<CompletionStage<Void>>) null));
        assertUndriven();
        assertThrows(NullPointerException.class, () -> loop.<Void>runUntil(() -> null));
        assertUndriven();
    }

    // --------------------------------------------------------------------------------------------------- re-entrancy

    @Test
    @DisplayName("L-13 a loop that runs cannot be run again from a callback (test_reentrant)")
    void aRunningLoopCannotBeDrivenFromACallback() {
        loop.execute(() -> {
            assertAllDrivingIsRefused(loop);
            note("refused");
        });
        loop.schedule(Duration.ZERO, () -> {
            assertAllDrivingIsRefused(loop);
            note("refused in a timer");
        });
        assertTrue(loop.runOnce());
        loop.execute(() -> {
            assertAllDrivingIsRefused(loop);
            note("refused in run");
            loop.stop();
        });
        loop.run();
        loop.runUntil(() -> {
            assertAllDrivingIsRefused(loop);
            note("refused in the start of runUntil");
            return CompletableFuture.completedFuture(null);
        });

        assertEquals(
                List.of("1 refused", "1 refused in a timer", "2 refused in run", "2 refused in the start of runUntil"),
                log);
    }

    @Test
    @DisplayName("L-13 a loop that runs cannot be run by another thread (test_reentrant)")
    void aRunningLoopCannotBeDrivenByAnotherThread() {
        AtomicReference<Throwable> failed = new AtomicReference<>();
        loop.execute(() -> {
            Thread other = Thread.ofPlatform().start(() -> {
                try {
                    assertAllDrivingIsRefused(loop);
                } catch (Throwable e) {
                    failed.set(e);
                }
            });
            joinOrFail(other);
            note("refused");
        });

        assertTrue(loop.runOnce());

        assertNull(failed.get());
        assertEquals(List.of("1 refused"), log);
        assertUndriven();
    }

    @Test
    @DisplayName("L-13 a loop with a thread of its own cannot be driven by its callers")
    void anOpenLoopCannotBeDriven() throws InterruptedException {
        try (EventLoop open = EventLoop.open(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            CountDownLatch running = new CountDownLatch(1);
            open.execute(running::countDown);
            assertTrue(running.await(10, TimeUnit.SECONDS));

            assertAllDrivingIsRefused(open);
        }
    }

    @Test
    @DisplayName("L-13 a coroutine cannot drive a loop, neither its own nor another")
    void aFiberCannotDriveALoop() {
        EventLoop other = EventLoop.create(LoopOptions.defaults().withClock(new VirtualClock()));
        Fiber fiber = new Fiber(loop, "driver to be") {
            @Override
            protected Outcome run() {
                assertThrows(IllegalStateException.class, loop::runOnce);
                assertThrows(IllegalStateException.class, other::runOnce);
                assertThrows(IllegalStateException.class, other::run);
                assertThrows(
                        IllegalStateException.class, () -> other.runUntil(CompletableFuture.completedFuture(null)));
                note("refused");
                return Outcome.SUCCESS;
            }

            @Override
            protected void cancel(String reason) {}

            @Override
            protected void abandoned(Throwable reason) {}

            @Override
            public void awaitDone(CompletionStage<?> stage) {}
        };
        loop.execute(fiber::start);

        assertTrue(loop.runOnce());
        other.close();

        assertEquals(List.of("1 refused"), log);
    }

    @Test
    @DisplayName("L-13 a callback of one loop can drive another loop")
    void aCallbackOfOneLoopDrivesAnother() {
        EventLoop inner = EventLoop.create(
                LoopOptions.defaults().withClock(new VirtualClock()).withExceptionHandler(failures::add));
        inner.execute(() -> {
            assertSame(inner, EventLoop.current());
            assertTrue(inner.isOwner());
            note(inner, "inner");
            inner.execute(() -> note(inner, "inner's next"));
        });
        loop.execute(() -> {
            assertSame(loop, EventLoop.current());
            assertFalse(inner.isOwner());
            assertTrue(inner.runOnce());
            assertSame(loop, EventLoop.current());
            assertFalse(inner.isOwner());
            note("outer");
            inner.schedule(Duration.ofSeconds(1), inner::stop);
            inner.run();
            assertSame(loop, EventLoop.current());
            assertEquals("value", inner.runUntil(CompletableFuture.completedFuture("value")));
            assertSame(loop, EventLoop.current());
            loop.execute(() -> note("outer's next"));
        });

        assertTrue(loop.runOnce());
        assertTrue(loop.runOnce());
        inner.close();

        assertEquals(List.of("1 inner", "1 outer", "2 inner's next", "2 outer's next"), log);
        assertEquals(Duration.ZERO, clock.elapsed(), "each loop has its own time");
        assertNull(EventLoop.currentOrNull());
    }

    @Test
    void theDriverMayBeAnotherThreadEachTime() {
        loop.execute(() -> note(Thread.currentThread().getName()));
        joinOrFail(Thread.ofPlatform().name("first").start(loop::runOnce));
        loop.execute(() -> note(Thread.currentThread().getName()));
        joinOrFail(Thread.ofPlatform().name("second").start(loop::runOnce));

        assertEquals(List.of("1 first", "2 second"), log);
    }

    @Test
    void aVirtualThreadMayDrive() {
        loop.execute(() -> note("driven"));
        joinOrFail(Thread.ofVirtual().name("virtual").start(() -> assertTrue(loop.runOnce())));
        loop.execute(loop::stop);
        joinOrFail(Thread.ofVirtual().name("virtual").start(loop::run));

        assertEquals(List.of("1 driven"), log);
    }

    // ----------------------------------------------------------------------------------------------------- interrupt

    @Test
    void anInterruptStopsRunAndIsSetAgain() {
        loop.execute(() -> {
            note("interrupt");
            Thread.currentThread().interrupt();
        });
        loop.execute(() -> note("behind"));

        loop.run();

        assertTrue(Thread.interrupted());
        assertEquals(List.of("1 interrupt", "1 behind"), log);
        assertUndriven();
    }

    @Test
    void anInterruptOfAnotherThreadStopsALoopThatWaits() {
        try (EventLoop wall = EventLoop.create(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            wall.schedule(Duration.ofDays(1), () -> note("never"));
            for (int i = 0; i < 200; i++) {
                CountDownLatch driving = new CountDownLatch(1);
                wall.execute(driving::countDown);
                AtomicReference<Boolean> interrupted = new AtomicReference<>();
                Thread driver = Thread.ofPlatform().start(() -> {
                    wall.run();
                    interrupted.set(Thread.currentThread().isInterrupted());
                });
                awaitOrFail(driving);
                driver.interrupt();
                joinOrFail(driver);
                assertEquals(true, interrupted.get());
            }
        }
        assertEquals(List.of(), log);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noInterruptIsLostWhileFibersSwitch(boolean block) {
        try (EventLoop wall = EventLoop.create(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            CompletableFuture<String> end = new CompletableFuture<>();
            AtomicLong switches = new AtomicLong();
            for (int i = 0; i < 2; i++) {
                TestFiber.launch(wall, "switches all the time", self -> {
                    while (!end.isDone()) {
                        switches.lazySet(switches.get() + 1);
                        if (block) {
                            LockSupport.parkNanos(20_000);
                        }
                        self.yieldOnce();
                    }
                });
            }
            for (int i = 0; i < 200; i++) {
                AtomicReference<Boolean> interrupted = new AtomicReference<>();
                Thread driver = Thread.ofPlatform().start(() -> {
                    wall.run();
                    interrupted.set(Thread.currentThread().isInterrupted());
                });
                long before = switches.get();
                while (switches.get() < before + 5 + i % 17) {
                    Thread.onSpinWait();
                }
                driver.interrupt();
                joinOrFail(driver);
                assertEquals(true, interrupted.get(), "round " + i);
            }
            end.complete("over");
        }
    }

    @Test
    void anInterruptStopsRunUntil() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        Thread.currentThread().interrupt();

        IllegalStateException e = assertThrows(IllegalStateException.class, () -> loop.runUntil(stage));

        assertTrue(Thread.interrupted());
        assertTrue(e.getMessage().contains("stopped"), e.getMessage());
        assertFalse(stage.isDone());
        assertUndriven();
    }

    @Test
    void anInterruptStopsALoopThatIsNeverIdle() {
        int enough = 1_000;
        loop.execute(new Runnable() {
            @Override
            public void run() {
                if (loop.iteration() == 10) {
                    Thread.currentThread().interrupt();
                }
                if (loop.iteration() < enough && !loop.isClosing()) {
                    loop.execute(this);
                } else {
                    loop.stop();
                }
            }
        });

        loop.run();

        assertTrue(Thread.interrupted());
        assertTrue(loop.iteration() < enough, "it went on until it was stopped otherwise");
    }

    @Test
    void anInterruptStopsALoopOnVirtualTimeThatHasTimers() {
        int enough = 1_000;
        loop.scheduleAtFixedRate(Duration.ofSeconds(1), () -> {
            if (loop.iteration() == 10) {
                Thread.currentThread().interrupt();
            }
            if (loop.iteration() == enough) {
                loop.stop();
            }
        });

        loop.run();

        assertTrue(Thread.interrupted());
        assertTrue(loop.iteration() < enough, "it went on until it was stopped otherwise");
    }

    @Test
    void anInterruptedThreadCanStillRunOnce() {
        loop.execute(() -> note("a"));
        Thread.currentThread().interrupt();

        assertTrue(loop.runOnce());
        assertTrue(Thread.interrupted());
        assertEquals(List.of("1 a"), log);
    }

    @Test
    void anInterruptThatStoppedOneRunDoesNotStopTheNext() {
        Thread.currentThread().interrupt();
        loop.run();
        assertTrue(Thread.interrupted());
        loop.schedule(Duration.ofSeconds(1), () -> {
            note("ran");
            loop.stop();
        });

        loop.run();

        assertEquals(List.of("1 ran"), log);
    }

    // ----------------------------------------------------------------------------------------------------- machinery

    private void note(String label) {
        note(loop, label);
    }

    private void note(EventLoop of, String label) {
        log.add(of.iteration() + " " + label);
    }

    /** Whatever happened before, the loop can be driven now. */
    private void assertUndriven() {
        assertFalse(loop.isOwner());
        assertNull(EventLoop.currentOrNull());
        List<String> ran = new ArrayList<>();
        loop.execute(() -> ran.add("probe"));
        assertTrue(loop.runOnce());
        assertEquals(List.of("probe"), ran);
    }

    private static void assertAllDrivingIsRefused(EventLoop loop) {
        for (Executable drive : List.<Executable>of(
                loop::run,
                loop::runOnce,
                () -> loop.runUntil(CompletableFuture.completedFuture(null)),
                () -> loop.runUntil(() -> CompletableFuture.completedFuture(null)))) {
            IllegalStateException e = assertThrows(IllegalStateException.class, drive);
            assertTrue(e.getMessage().contains("running already"), e.getMessage());
        }
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS), "it takes too long");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void joinOrFail(Thread thread) {
        try {
            assertTrue(thread.join(Duration.ofSeconds(10)), "the other thread hangs");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
