package dev.baton.loop;

import static dev.baton.loop.TestFiber.begin;
import static dev.baton.loop.TestFiber.driveForAnHour;
import static dev.baton.loop.TestFiber.launch;
import static dev.baton.loop.TestFiber.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ListenerTest {
    private final VirtualClock clock = new VirtualClock();
    private final List<String> log = new ArrayList<>();
    private final List<Throwable> reports = new ArrayList<>();
    private final EventLoop loop = EventLoop.create(LoopOptions.defaults()
            .withName("watched")
            .withClock(clock)
            .withExceptionHandler(reports::add)
            .withCloseTimeout(ms(100)));

    @Test
    void stepsOfCallbacksAreMeasured() {
        loop.addListener(new Recorder(""));
        loop.execute(() -> spend("a", 3));
        loop.execute(() -> spend("b", 5));
        loop.execute(() -> loop.execute(() -> spend("c", 7)));

        loop.runOnce();
        loop.runOnce();

        assertEquals(
                List.of(
                        "iteration 1",
                        "step, lag 0",
                        "a",
                        "step took 3",
                        "step, lag 3",
                        "b",
                        "step took 5",
                        "step, lag 8",
                        "step took 0",
                        "iteration 2",
                        "step, lag 0",
                        "c",
                        "step took 7"),
                log);
    }

    @Test
    void theLagOfATimerCountsFromItsDeadline() {
        loop.addListener(new Recorder(""));
        loop.schedule(ms(10), () -> spend("timer", 2));
        loop.schedule(ms(10), () -> spend("the same time", 4));
        loop.schedule(ms(11), () -> spend("late", 0));
        loop.schedule(ms(20), loop::stop);

        loop.run();

        assertEquals(
                List.of(
                        "iteration 1",
                        "step, lag 0",
                        "timer",
                        "step took 2",
                        "step, lag 2",
                        "the same time",
                        "step took 4",
                        "iteration 2",
                        "step, lag 5",
                        "late",
                        "step took 0",
                        "iteration 3",
                        "step, lag 0",
                        "step took 0"),
                log);
    }

    @Test
    void theLagOfAPeriodicTimerCountsFromEachDeadline() {
        loop.addListener(new Recorder(""));
        loop.scheduleAtFixedRate(ms(10), () -> spend("tick", 1));
        loop.schedule(ms(25), loop::stop);

        loop.run();

        assertEquals(
                List.of(
                        "iteration 1",
                        "step, lag 0",
                        "tick",
                        "step took 1",
                        "iteration 2",
                        "step, lag 0",
                        "tick",
                        "step took 1",
                        "iteration 3",
                        "step, lag 0",
                        "step took 0"),
                log);
    }

    @Test
    void stepsOfFibersAreMeasured() {
        loop.addListener(new Recorder(""));
        launch(loop, "fiber", self -> {
            spend("first", 3);
            self.sleep(ms(10));
            spend("second", 4);
        });
        launch(loop, "other", self -> spend("other", 5));

        driveForAnHour(loop);

        assertEquals(
                List.of(
                        "iteration 1",
                        "step, lag 0",
                        "fiber started",
                        "first",
                        "step took 3",
                        "step, lag 3",
                        "other started",
                        "other",
                        "other ended SUCCESS after 5",
                        "step took 5",
                        "iteration 2",
                        "step, lag 0", // the timer, due at 13
                        "step took 0",
                        "iteration 3",
                        "step, lag 0",
                        "second",
                        "fiber ended SUCCESS after 17",
                        "step took 4",
                        "iteration 4",
                        "step, lag 0",
                        "step took 0"),
                log);
    }

    @Test
    void aStepEndsBeforeTheNextIterationBegins() {
        loop.addListener(new Recorder(""));
        launch(loop, "alone", self -> {
            spend("first", 1);
            self.yieldOnce();
            spend("second", 2);
            self.yieldOnce();
            spend("third", 3);
            loop.stop();
        });

        loop.run();

        assertEquals(
                List.of(
                        "iteration 1",
                        "step, lag 0",
                        "alone started",
                        "first",
                        "step took 1",
                        "iteration 2",
                        "step, lag 0",
                        "second",
                        "step took 2",
                        "iteration 3",
                        "step, lag 0",
                        "third",
                        "alone ended SUCCESS after 6",
                        "step took 3"),
                log);
    }

    @Test
    void lendingTheBatonIsTheEndOfAStep() {
        loop.addListener(new Recorder(""));
        loop.execute(() -> {
            spend("before", 1);
            begin(loop, "child", self -> {
                spend("child", 2);
                self.awaitWake();
            });
            spend("after", 4);
        });

        loop.runOnce();

        assertEquals(
                List.of(
                        "iteration 1",
                        "step, lag 0",
                        "before",
                        "step took 1",
                        "child started",
                        "child",
                        "step took 2",
                        "after",
                        "step took 4"),
                log);
    }

    @Test
    void idleTimeBelongsToNoStepAndIsNoLag() {
        loop.addListener(new Recorder(""));
        loop.execute(() -> spend("early", 1));
        loop.runOnce();
        clock.advanceBy(Duration.ofSeconds(5));
        loop.execute(() -> spend("late", 2));
        loop.runOnce();
        assertEquals(
                List.of(
                        "iteration 1",
                        "step, lag 0",
                        "early",
                        "step took 1",
                        "iteration 2",
                        "step, lag 0",
                        "late",
                        "step took 2"),
                log);
    }

    @Test
    void theLagCountsFromTheSubmissionOfAForeignThread() {
        loop.addListener(new Recorder(""));
        loop.execute(() -> spend("waited", 1)); // this thread does not hold the baton
        clock.advanceBy(ms(40));
        loop.runOnce();
        assertEquals(List.of("iteration 1", "step, lag 40", "waited", "step took 1"), log);
    }

    @Test
    void outcomesAndDurationsOfFibersAreTold() {
        loop.addListener(new Recorder("") {
            @Override
            public void iterationStarted(EventLoop source, long iteration) {}

            @Override
            public void stepStarted(EventLoop source, long lagNanos) {}

            @Override
            public void stepEnded(EventLoop source, long durationNanos) {}
        });
        launch(loop, "succeeds", self -> self.sleep(ms(10)));
        launch(loop, "fails", self -> {
            self.sleep(ms(20));
            throw new IllegalArgumentException("on purpose");
        });
        TestFiber cancelled = launch(loop, "is cancelled", TestFiber::awaitWake);
        loop.schedule(ms(30), () -> cancelled.cancel("on purpose"));

        driveForAnHour(loop);

        assertEquals(
                List.of(
                        "succeeds started",
                        "fails started",
                        "is cancelled started",
                        "succeeds ended SUCCESS after 10",
                        "report FATAL: Fiber[fails] failed: on purpose",
                        "fails ended FAILURE after 20",
                        "is cancelled ended CANCELLED after 30"),
                log);
    }

    @Test
    void aListenerThatComesWhileAFiberLivesIsToldOfItsEndWithoutADuration() {
        TestFiber fiber = launch(loop, "older", TestFiber::awaitWake);
        loop.runOnce();
        clock.advanceBy(ms(10));
        loop.addListener(new Recorder(""));
        fiber.wake();
        loop.runOnce();
        assertEquals(List.of("iteration 2", "step, lag 0", "older ended SUCCESS after 0", "step took 0"), log);
    }

    @Test
    void listenersAreToldInTheOrderInWhichTheyCame() {
        Recorder first = new Recorder("first ");
        loop.addListener(first);
        loop.addListener(new Recorder("second "));
        loop.execute(() -> spend("callback", 1));
        loop.runOnce();
        loop.removeListener(first);
        loop.removeListener(new Recorder("never added "));
        loop.execute(() -> spend("callback", 2));
        loop.runOnce();
        assertEquals(
                List.of(
                        "first iteration 1",
                        "second iteration 1",
                        "first step, lag 0",
                        "second step, lag 0",
                        "callback",
                        "first step took 1",
                        "second step took 1",
                        "second iteration 2",
                        "second step, lag 0",
                        "callback",
                        "second step took 2"),
                log);
    }

    @Test
    void listenersComeAndGoWhileTheLoopRuns() {
        Recorder recorder = new Recorder("");
        loop.execute(() -> {
            loop.execute(() -> spend("made ready before", 1));
            loop.addListener(recorder);
            loop.execute(() -> spend("made ready after", 2));
            loop.execute(() -> {
                loop.removeListener(recorder);
                spend("unwatched", 3);
            });
            loop.execute(() -> spend("unwatched", 4));
        });
        loop.runOnce();
        loop.runOnce();
        assertEquals(
                List.of(
                        "step took 0",
                        "iteration 2",
                        "made ready before", // since when nobody knows
                        "step took 1",
                        "step, lag 1",
                        "made ready after",
                        "step took 2",
                        "step, lag 3",
                        "unwatched",
                        "unwatched"),
                log);
    }

    @Test
    void theStepThatRunsIsMeasuredFromItsBeginningWhoeverComesOrGoesMeanwhile() {
        Recorder other = new Recorder("other ");
        loop.addListener(new Recorder(""));
        loop.execute(() -> {
            spend("a", 5);
            loop.addListener(other);
            spend("b", 3);
            loop.removeListener(other);
            spend("c", 2);
        });
        loop.runOnce();
        assertEquals(List.of("iteration 1", "step, lag 0", "a", "b", "c", "step took 10"), log);
    }

    @Test
    @DisplayName("J-02 a listener that throws is reported, and the loop and the other listeners go on")
    void aListenerThatThrowsIsReported() {
        loop.addListener(new LoopListener() {
            @Override
            public void iterationStarted(EventLoop source, long iteration) {
                throw new IllegalStateException("iterationStarted");
            }

            @Override
            public void stepStarted(EventLoop source, long lagNanos) {
                throw new IllegalStateException("stepStarted");
            }

            @Override
            public void stepEnded(EventLoop source, long durationNanos) {
                throw new AssertionError("stepEnded");
            }

            @Override
            public void fiberStarted(EventLoop source, Fiber fiber) {
                throw new IllegalStateException("fiberStarted");
            }

            @Override
            public void fiberEnded(EventLoop source, Fiber fiber, Fiber.Outcome outcome, long durationNanos) {
                throw new IllegalStateException("fiberEnded");
            }

            @Override
            public String toString() {
                return "hostile";
            }
        });
        loop.addListener(new LoopListener() {
            @Override
            public void stepEnded(EventLoop source, long durationNanos) {
                log.add("step took " + millis(durationNanos));
            }

            @Override
            public void failureReported(EventLoop source, FailureReport report) {
                assertEquals(FailureReport.Kind.CALLBACK, report.kind());
                assertEquals("listener hostile failed", report.message());
            }
        });
        launch(loop, "fiber", self -> spend("fiber", 1));
        loop.execute(() -> spend("callback", 2));

        assertTrue(loop.runOnce());

        assertEquals(List.of("fiber", "step took 1", "callback", "step took 2"), log);
        assertEquals(
                List.of(
                        "iterationStarted",
                        "stepStarted",
                        "fiberStarted",
                        "fiberEnded",
                        "stepEnded",
                        "stepStarted",
                        "stepEnded"),
                reports.stream().map(Throwable::getMessage).toList());
    }

    @Test
    void aListenerThatFailsAtAReportDoesNotReportItself() {
        int[] told = {0};
        loop.addListener(new LoopListener() {
            @Override
            public void failureReported(EventLoop source, FailureReport report) {
                told[0]++;
                throw new IllegalStateException("this one is logged, and that is all");
            }
        });
        loop.addListener(new Recorder("second "));
        RuntimeException failure = new RuntimeException("on purpose");
        loop.execute(() -> {
            throw failure;
        });

        loop.runOnce();

        assertEquals(1, told[0]);
        assertEquals(List.of(failure), reports);
        assertEquals("second step took 0", log.getLast());
    }

    @Test
    void reportsTellWhatSortOfThingWentWrong() {
        List<FailureReport> told = new ArrayList<>();
        loop.addListener(new LoopListener() {
            @Override
            public void failureReported(EventLoop source, FailureReport report) {
                assertSame(loop, source);
                told.add(report);
            }
        });
        RuntimeException failure = new RuntimeException("on purpose");
        loop.execute(new Runnable() {
            @Override
            public void run() {
                throw failure;
            }

            @Override
            public String toString() {
                return "my callback";
            }
        });
        loop.schedule(ms(1), () -> {
            throw failure;
        });
        launch(loop, "fails", self -> {
            throw failure;
        });
        launch(loop, "refuses", self -> {
            for (; ; ) {
                try {
                    self.awaitWake();
                } catch (CancellationException e) {
                    // that is the point
                }
            }
        });
        driveForAnHour(loop);
        loop.report(FailureReport.Kind.SURPLUS, "from outside", failure); // delivered on the loop
        assertEquals(3, told.size());
        loop.runOnce();
        loop.close();

        assertEquals(
                new FailureReport(FailureReport.Kind.CALLBACK, "callback my callback failed", failure), told.get(0));
        assertEquals(new FailureReport(FailureReport.Kind.FATAL, "Fiber[fails] failed", failure), told.get(1));
        assertEquals(FailureReport.Kind.CALLBACK, told.get(2).kind());
        assertTrue(
                told.get(2).message().startsWith("timer dev.baton.loop.ListenerTest"),
                told.get(2).message());
        assertEquals(new FailureReport(FailureReport.Kind.SURPLUS, "from outside", failure), told.get(3));
        assertEquals(FailureReport.Kind.UNFINISHED, told.get(4).kind());
        assertTrue(
                told.get(4).message().startsWith("Fiber[refuses] did not end within "),
                told.get(4).message());
        assertEquals(5, told.size());
        assertEquals(told.stream().map(FailureReport::failure).toList(), reports);
    }

    /** A callback or a step of a fiber that takes some time. */
    private void spend(String what, long millis) {
        log.add(what);
        clock.advanceBy(ms(millis));
    }

    private static long millis(long nanos) {
        assertEquals(0, nanos % 1_000_000, "not a whole number of milliseconds");
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private class Recorder implements LoopListener {
        private final String name;

        Recorder(String name) {
            this.name = name;
        }

        @Override
        public void iterationStarted(EventLoop source, long iteration) {
            assertSame(loop, source);
            assertTrue(loop.isOwner());
            log.add(name + "iteration " + iteration);
        }

        @Override
        public void stepStarted(EventLoop source, long lagNanos) {
            log.add(name + "step, lag " + millis(lagNanos));
        }

        @Override
        public void stepEnded(EventLoop source, long durationNanos) {
            log.add(name + "step took " + millis(durationNanos));
        }

        @Override
        public void fiberStarted(EventLoop source, Fiber fiber) {
            assertSame(fiber, Fiber.current());
            log.add(name + fiber.name() + " started");
        }

        @Override
        public void fiberEnded(EventLoop source, Fiber fiber, Fiber.Outcome outcome, long durationNanos) {
            assertTrue(fiber.hasEnded());
            log.add(name + fiber.name() + " ended " + outcome + " after " + millis(durationNanos));
        }

        @Override
        public void failureReported(EventLoop source, FailureReport report) {
            log.add(name + "report " + report.kind() + ": " + report.message() + ": "
                    + report.failure().getMessage());
        }
    }
}
