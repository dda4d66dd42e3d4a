package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What runs in which iteration, in which order, and what happens if it fails. */
@Timeout(30)
class EventLoopOrderTest {
    private final VirtualClock clock = new VirtualClock();
    private final List<Throwable> failures = new ArrayList<>();
    private final EventLoop loop =
            EventLoop.create(LoopOptions.defaults().withClock(clock).withExceptionHandler(failures::add));
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingFailedThatNobodyExpected() {
        loop.close();
        assertEquals(List.of(), failures);
    }

    @Test
    @DisplayName("G-1, L-01 the golden trace of callbacks and timeouts")
    void theGoldenTrace() {
        goldenTraceOn(loop);
    }

    @Test
    @DisplayName("G-1, L-01 the golden trace on the wall clock")
    void theGoldenTraceOnTheWallClock() {
        try (EventLoop wall = EventLoop.create(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            goldenTraceOn(wall);
        }
    }

    private void goldenTraceOn(EventLoop loop) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        loop.runUntil(() -> {
            note(loop, "start");
            loop.execute(() -> {
                note(loop, "cb1");
                loop.execute(() -> note(loop, "cb2"));
                loop.schedule(Duration.ZERO, () -> note(loop, "to-from-cb"));
            });
            loop.execute(() -> note(loop, "cb1b"));
            loop.schedule(Duration.ZERO, () -> {
                note(loop, "to1");
                loop.schedule(Duration.ZERO, () -> {
                    note(loop, "to2");
                    end.complete(null);
                });
                loop.schedule(Duration.ofSeconds(-5), () -> note(loop, "to2neg"));
            });
            return end;
        });

        assertEquals(List.of("0 start", "1 cb1", "1 cb1b", "1 to1", "2 cb2", "2 to2neg", "2 to-from-cb", "2 to2"), log);
    }

    @Test
    @DisplayName("L-02 what a callback adds runs in the next iteration (test_moment)")
    void whatACallbackAddsRunsInTheNextIteration() {
        loop.execute(() -> {
            note("a");
            loop.execute(() -> {
                note("a's");
                loop.execute(() -> note("a's own"));
            });
        });
        loop.execute(() -> {
            note("b");
            loop.execute(() -> note("b's"));
        });

        runWhatThereIs();

        assertEquals(List.of("1 a", "1 b", "2 a's", "2 b's", "3 a's own"), log);
    }

    @Test
    @DisplayName("L-01 an iteration runs as many callbacks as were ready at its start")
    void anIterationRunsAsManyCallbacksAsWereReadyAtItsStart() {
        loop.execute(() -> {
            note("a");
            IntStream.range(0, 3).forEach(i -> loop.execute(() -> note("child " + i)));
        });
        loop.execute(() -> note("b"));

        assertTrue(loop.runOnce());
        assertEquals(List.of("1 a", "1 b"), log);
        assertEquals(3, loop.statistics().ready());

        assertTrue(loop.runOnce());
        assertEquals(List.of("1 a", "1 b", "2 child 0", "2 child 1", "2 child 2"), log);
        assertEquals(0, loop.statistics().ready());
    }

    @Test
    @DisplayName("L-02 callbacks run first in, first out")
    void callbacksRunInTheOrderOfSubmission() {
        IntStream.range(0, 10_000).forEach(i -> loop.execute(() -> note("" + i)));

        runWhatThereIs();

        assertEquals(IntStream.range(0, 10_000).mapToObj(i -> "1 " + i).toList(), log);
    }

    @Test
    @DisplayName("L-03 callbacks run before the timeouts of their iteration, whatever came first")
    void callbacksRunBeforeTimers() {
        loop.schedule(Duration.ZERO, () -> note("timer"));
        loop.execute(() -> note("callback"));
        loop.schedule(Duration.ofSeconds(-1), () -> note("late timer"));
        loop.execute(() -> note("another callback"));

        runWhatThereIs();

        assertEquals(List.of("1 callback", "1 another callback", "1 late timer", "1 timer"), log);
    }

    @Test
    @DisplayName("L-01 an iteration reads the clock once, at its start")
    void aTimerThatBecomesDueDuringAnIterationRunsInTheNext() {
        loop.schedule(Duration.ofSeconds(1), () -> note("second 1"));
        loop.schedule(Duration.ofSeconds(2), () -> note("second 2"));
        loop.schedule(Duration.ZERO, () -> {
            note("timer");
            clock.advanceBy(Duration.ofSeconds(1));
        });
        loop.execute(() -> {
            note("callback");
            clock.advanceBy(Duration.ofSeconds(1));
        });

        assertTrue(loop.runOnce());
        assertTrue(loop.runOnce());

        assertEquals(List.of("1 callback", "1 timer", "2 second 1", "2 second 2"), log);
    }

    @Test
    @DisplayName("L-01 what a timeout adds runs in the next iteration, callbacks first")
    void whatATimerAddsRunsInTheNextIteration() {
        loop.schedule(Duration.ZERO, () -> {
            note("timer");
            loop.schedule(Duration.ZERO, () -> note("timer's timer"));
            loop.execute(() -> note("timer's callback"));
        });
        loop.schedule(Duration.ZERO, () -> note("second timer"));

        runWhatThereIs();

        assertEquals(List.of("1 timer", "1 second timer", "2 timer's callback", "2 timer's timer"), log);
    }

    @Test
    @DisplayName("L-08 what another thread submits joins at the start of the next iteration, behind what is ready then")
    void whatAnotherThreadSubmitsJoinsAtTheStartOfTheNextIteration() {
        loop.execute(() -> {
            note("a");
            loop.execute(() -> note("own 1"));
            inAnotherThread(() -> {
                loop.execute(() -> note("foreign 1"));
                loop.execute(() -> note("foreign 2"));
            });
            assertEquals(2, loop.statistics().ready(), "b, and the owner's own, which joined at once");
            assertEquals(2, loop.statistics().inbox(), "the others wait at the door");
            loop.execute(() -> note("own 2"));
        });
        loop.execute(() -> note("b"));

        runWhatThereIs();

        assertEquals(List.of("1 a", "1 b", "2 own 1", "2 own 2", "2 foreign 1", "2 foreign 2"), log);
    }

    @Test
    @DisplayName("L-08 a timeout of another thread that is due already runs in the iteration that admits it")
    void aDueTimerOfAnotherThreadRunsInTheIterationThatAdmitsIt() {
        loop.execute(() -> {
            note("a");
            inAnotherThread(() -> {
                loop.schedule(Duration.ZERO, () -> note("timer"));
                loop.execute(() -> note("callback"));
            });
        });

        runWhatThereIs();

        assertEquals(List.of("1 a", "2 callback", "2 timer"), log);
    }

    @Test
    @DisplayName("L-08 a submission wakes a loop that waits (test_add_callback_wakeup_other_thread)")
    void aSubmissionWakesALoopThatWaits() throws InterruptedException {
        try (EventLoop open = EventLoop.open(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            for (int i = 0; i < 2_000; i++) { // it falls asleep in between, or is just about to
                CountDownLatch ran = new CountDownLatch(1);
                open.execute(ran::countDown);
                assertTrue(ran.await(10, TimeUnit.SECONDS), "round " + i);
            }
        }
    }

    @Test
    @DisplayName("L-08 a loop that waits for a far deadline is woken (test_add_callback_wakeup)")
    void aLoopThatWaitsForAFarDeadlineIsWoken() throws InterruptedException {
        try (EventLoop open = EventLoop.open(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            open.schedule(Duration.ofDays(1), () -> {});
            for (int i = 0; i < 500; i++) {
                CountDownLatch ran = new CountDownLatch(2);
                open.execute(ran::countDown);
                open.schedule(Duration.ZERO, ran::countDown);
                assertTrue(ran.await(10, TimeUnit.SECONDS), "round " + i);
            }
        }
    }

    @Test
    @DisplayName("L-08 many threads submit at once: nothing is lost, and each keeps its order")
    void manyThreadsSubmitAtOnce() throws InterruptedException {
        int threads = 8;
        int each = 5_000;
        List<List<Integer>> seen = IntStream.range(0, threads)
                .<List<Integer>>mapToObj(i -> new ArrayList<>())
                .toList();
        CountDownLatch all = new CountDownLatch(threads * each);
        try (EventLoop open = EventLoop.open(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            List<Thread> submitters = IntStream.range(0, threads)
                    .mapToObj(t -> Thread.ofPlatform().start(() -> {
                        for (int i = 0; i < each; i++) {
                            int number = i;
                            open.execute(() -> {
                                seen.get(t).add(number);
                                all.countDown();
                            });
                        }
                    }))
                    .toList();
            assertTrue(all.await(20, TimeUnit.SECONDS), all + " are missing");
            for (Thread submitter : submitters) {
                assertTrue(submitter.join(Duration.ofSeconds(10)));
            }
        }

        List<Integer> expected = IntStream.range(0, each).boxed().toList();
        seen.forEach(one -> assertEquals(expected, one));
    }

    @Test
    @DisplayName("L-10 what a callback evaluates to is ignored (test_add_callback_return_sequence)")
    void whatACallbackEvaluatesToIsIgnored() {
        loop.execute(() -> List.of());
        loop.execute(() -> CompletableFuture.failedFuture(new IOException("nobody looks")));
        loop.schedule(Duration.ofMillis(50), loop::stop);

        loop.run();

        assertEquals(2, loop.iteration(), "one for the callbacks, one for the timer");
    }

    @Test
    @DisplayName("L-11 a callback fails apart from the one who submitted it (test_spawn_callback)")
    void aCallbackFailsApartFromTheOneWhoSubmittedIt() {
        RuntimeException failure = new RuntimeException("spawned");
        loop.execute(() -> {
            try {
                loop.execute(() -> {
                    throw failure;
                });
                note("submitted");
            } catch (RuntimeException e) {
                note("caught");
            }
        });

        runWhatThereIs();

        assertEquals(List.of("1 submitted"), log);
        expectFailures(failure);
    }

    @Test
    @DisplayName(
            "L-09 a failure reaches the handler once, as it is, and the loop goes on (test_handle_callback_exception)")
    void aFailureReachesTheHandlerOnceAndTheLoopGoesOn() {
        Error error = new AssertionError("an error");
        RuntimeException exception = new IllegalStateException("an exception");
        IOException checked = new IOException("checked");
        RuntimeException ofTimer = new RuntimeException("a timer's");
        RuntimeException ofWhenDone = new RuntimeException("a stage's");
        loop.execute(() -> {
            throw exception;
        });
        loop.execute(() -> note("after the exception"));
        loop.execute(() -> {
            throw error;
        });
        loop.execute(() -> note("after the error"));
        loop.execute(() -> {
            throw EventLoop.sneaky(checked);
        });
        loop.whenDone(CompletableFuture.completedFuture(1), (value, failure) -> {
            throw ofWhenDone;
        });
        loop.schedule(Duration.ZERO, () -> {
            throw ofTimer;
        });
        loop.schedule(Duration.ZERO, () -> note("after the timer"));

        runWhatThereIs();

        assertEquals(List.of("1 after the exception", "1 after the error", "1 after the timer"), log);
        expectFailures(exception, error, checked, ofWhenDone, ofTimer);
    }

    @Test
    @DisplayName("L-09 the handler runs on the loop, in the iteration of the failure")
    void theHandlerRunsOnTheLoopInTheIterationOfTheFailure() {
        AtomicReference<EventLoop> handled = new AtomicReference<>();
        EventLoop other = EventLoop.create(LoopOptions.defaults()
                .withClock(new VirtualClock())
                .withExceptionHandler(failure -> {
                    EventLoop current = EventLoop.current();
                    handled.set(current);
                    log.add(current.iteration() + " handled " + failure.getMessage());
                    current.execute(() -> log.add(current.iteration() + " what the handler added"));
                }));
        other.execute(() -> {
            throw new RuntimeException("it");
        });
        other.execute(() -> note(other, "behind"));

        assertTrue(other.runOnce());
        assertTrue(other.runOnce());
        other.close();

        assertSame(other, handled.get());
        assertEquals(List.of("1 handled it", "1 behind", "2 what the handler added"), log);
    }

    @Test
    @DisplayName("L-09 a handler that throws is logged, with what it was given, and the loop goes on")
    void aHandlerThatThrowsIsLogged() {
        RuntimeException failure = new RuntimeException("of the callback");
        Error ofHandler = new StackOverflowError("of the handler");
        EventLoop other = EventLoop.create(LoopOptions.defaults()
                .withName("strict")
                .withClock(new VirtualClock())
                .withExceptionHandler(raw -> {
                    throw ofHandler;
                }));
        List<LogRecord> records = recordsOf(() -> {
            other.execute(named("the bad one", failure));
            other.execute(() -> note(other, "behind"));
            assertTrue(other.runOnce());
        });
        other.close();

        assertEquals(List.of("1 behind"), log);
        assertEquals(
                List.of(failure, ofHandler),
                records.stream().map(LogRecord::getThrown).toList());
        assertTrue(
                records.get(0).getMessage().contains("the bad one"),
                records.get(0).getMessage());
        assertTrue(
                records.get(1).getMessage().contains("strict"), records.get(1).getMessage());
    }

    @Test
    @DisplayName(
            "L-09 without a handler a failure is logged as an error, by the callback's name (test_exception_logging)")
    void withoutAHandlerAFailureIsLogged() {
        RuntimeException failure = new RuntimeException("of the callback");
        List<LogRecord> records = recordsOf(() -> {
            try (EventLoop other = EventLoop.create(LoopOptions.defaults().withClock(new VirtualClock()))) {
                other.execute(named("the bad one", failure));
                assertTrue(other.runOnce());
            }
        });

        assertEquals(
                1,
                records.size(),
                () -> records.stream().map(LogRecord::getMessage).toList() + "");
        assertEquals(Level.SEVERE, records.get(0).getLevel());
        assertEquals("callback the bad one failed", records.get(0).getMessage());
        assertSame(failure, records.get(0).getThrown());
    }

    @Test
    @DisplayName("L-09 a failed timeout is logged by the callback's name, too (test_exception_logging)")
    void aFailedTimerIsLoggedByItsName() {
        RuntimeException failure = new RuntimeException("of the timer");
        List<LogRecord> records = recordsOf(() -> {
            try (EventLoop other = EventLoop.create(LoopOptions.defaults().withClock(new VirtualClock()))) {
                other.schedule(Duration.ZERO, named("the bad timer", failure));
                assertTrue(other.runOnce());
            }
        });

        assertEquals(
                List.of("timer the bad timer failed"),
                records.stream().map(LogRecord::getMessage).toList());
        assertSame(failure, records.get(0).getThrown());
    }

    @Test
    @DisplayName("L-09 a report of another thread reaches the handler on the loop")
    void aReportOfAnotherThreadReachesTheHandlerOnTheLoop() {
        RuntimeException failure = new RuntimeException("of another thread");
        loop.report(FailureReport.Kind.SURPLUS, "somewhere", failure);
        assertEquals(List.of(), failures);

        assertTrue(loop.runOnce());

        expectFailures(failure);
    }

    @Test
    void insideACallbackOrTimerTheThreadOwnsTheLoop() {
        List<EventLoop> current = new ArrayList<>();
        Runnable look = () -> {
            current.add(EventLoop.current());
            current.add(EventLoop.currentOrNull());
            note("owner " + loop.isOwner());
            inAnotherThread(() -> note("other " + loop.isOwner() + " " + EventLoop.currentOrNull()));
        };
        loop.execute(look);
        loop.schedule(Duration.ZERO, look);

        runWhatThereIs();

        assertEquals(List.of(loop, loop, loop, loop), current);
        assertEquals(List.of("1 owner true", "1 other false null", "1 owner true", "1 other false null"), log);
    }

    @Test
    void outsideACallbackTheThreadOwnsNoLoop() {
        loop.execute(() -> {});
        runWhatThereIs();

        assertNull(EventLoop.currentOrNull());
        IllegalStateException e = assertThrows(IllegalStateException.class, EventLoop::current);
        assertTrue(e.getMessage().contains(Thread.currentThread().getName()), e.getMessage());
        assertEquals(false, loop.isOwner());
    }

    @Test
    void aLoopOfItsOwnThreadOwnsItself() throws Exception {
        try (EventLoop open = EventLoop.open(LoopOptions.defaults().withName("own"))) {
            CompletableFuture<Thread> driver = new CompletableFuture<>();
            CompletableFuture<EventLoop> current = new CompletableFuture<>();
            open.execute(() -> {
                driver.complete(Thread.currentThread());
                current.complete(EventLoop.current());
            });

            assertSame(open, current.get(10, TimeUnit.SECONDS));
            assertNotSame(Thread.currentThread(), driver.get(10, TimeUnit.SECONDS));
            assertTrue(driver.join().isDaemon(), "it keeps no JVM alive");
            assertTrue(driver.join().getName().startsWith("own"), driver.join().getName());
        }
    }

    @Test
    void iterationsAreCountedFromZeroAndAnEmptyOneIsNotCounted() {
        assertEquals(0, loop.iteration());
        assertEquals(false, loop.runOnce());
        assertEquals(0, loop.iteration());

        loop.execute(() -> note("a"));
        assertEquals(0, loop.iteration());
        assertTrue(loop.runOnce());
        assertEquals(1, loop.iteration());

        assertEquals(false, loop.runOnce());
        assertEquals(1, loop.iteration());
        assertEquals(1, loop.statistics().iterations());
        assertEquals(List.of("1 a"), log);
    }

    @Test
    @DisplayName("L-07 a null callback is refused at the call")
    void aNullCallbackIsRefused() {
        assertThrows(NullPointerException.class, () -> loop.execute(null));
        loop.execute(() -> {
            note("a");
            assertThrows(NullPointerException.class, () -> loop.execute(null));
        });

        runWhatThereIs();

        assertEquals(List.of("1 a"), log);
    }

    @Test
    void statisticsCountWhatWaitsWhere() {
        loop.execute(() -> {
            loop.execute(() -> {});
            loop.execute(() -> {});
            loop.schedule(Duration.ofSeconds(1), () -> {});
            inAnotherThread(() -> loop.execute(() -> {}));
            note(loop.statistics().toString());
        });
        runWhatThereIs();

        LoopStatistics inside = new LoopStatistics(1, 2, 1, 1, 0, 0, 0);
        assertEquals(List.of("1 " + inside), log);
        assertEquals(new LoopStatistics(2, 0, 1, 0, 0, 0, 0), loop.statistics());
    }

    private void note(String label) {
        note(loop, label);
    }

    private void note(EventLoop of, String label) {
        log.add(of.iteration() + " " + label);
    }

    private void runWhatThereIs() {
        int rounds = 0;
        while (loop.runOnce()) {
            assertTrue(++rounds < 100, "it goes on and on");
        }
    }

    private void expectFailures(Throwable... expected) {
        assertEquals(List.of(expected), failures);
        failures.clear();
    }

    private static Runnable named(String name, RuntimeException failure) {
        return new Runnable() {
            @Override
            public void run() {
                throw failure;
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }

    /** Runs it in a thread of its own, and waits for it while the caller keeps the baton. */
    private static void inAnotherThread(Runnable action) {
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                action.run();
            } catch (Throwable e) {
                failed.set(e);
            }
        });
        try {
            assertTrue(thread.join(Duration.ofSeconds(10)), "the other thread hangs");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertNull(failed.get());
    }

    private static List<LogRecord> recordsOf(Runnable action) {
        Logger logger = Logger.getLogger("dev.baton.loop");
        List<LogRecord> records = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                records.add(entry);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        boolean parents = logger.getUseParentHandlers();
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            action.run();
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(parents);
        }
        return records;
    }
}
