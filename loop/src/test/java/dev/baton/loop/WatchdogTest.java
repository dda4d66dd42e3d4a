package dev.baton.loop;

import static dev.baton.loop.TestFiber.awaitLatch;
import static dev.baton.loop.TestFiber.begin;
import static dev.baton.loop.TestFiber.launch;
import static dev.baton.loop.TestFiber.ms;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.BlockedStep.Phase;
import dev.baton.loop.testing.VirtualClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WatchdogTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration THRESHOLD = ms(100);

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private final List<BlockedStep> steps = new CopyOnWriteArrayList<>();
    private final CountDownLatch noticed = new CountDownLatch(1);
    private final CountDownLatch still = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean spinning = true;

    private final Logger logger = Logger.getLogger("dev.baton.loop");
    private volatile Consumer<LogRecord> log = record -> {};
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            records.add(record);
            log.accept(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final LoopListener listener = new LoopListener() {
        @Override
        public void stepBlocked(EventLoop loop, BlockedStep step) {
            steps.add(step);
            switch (step.phase()) {
                case NOTICED -> noticed.countDown();
                case STILL -> still.countDown();
                case OVER -> over.countDown();
            }
        }
    };

    @BeforeEach
    void listenToTheLog() {
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
    }

    @AfterEach
    void leaveTheLog() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
    }

    private static LoopOptions unwatched(Handoff handoff) {
        return LoopOptions.defaults()
                .withName("watched")
                .withHandoff(handoff)
                .withSlowStepThreshold(Duration.ZERO)
                .withStuckReportAfter(Duration.ZERO);
    }

    private EventLoop watched(Handoff handoff) {
        EventLoop loop = EventLoop.open(
                LoopOptions.defaults().withName("watched").withHandoff(handoff).withSlowStepThreshold(THRESHOLD));
        loop.addListener(listener);
        return loop;
    }

    /** "LEVEL message", without what differs from run to run. */
    private List<String> messages() {
        return records.stream()
                .map(record -> record.getLevel() + " "
                        + record.getMessage()
                                .replaceAll("\\d+ ms", "N ms")
                                .replaceAll("(Lambda|lambda)[^ ]*", "lambda"))
                .toList();
    }

    private List<Phase> phases() {
        return steps.stream().map(BlockedStep::phase).toList();
    }

    private static boolean passes(List<StackTraceElement> stack, String method) {
        return stack.stream().anyMatch(frame -> frame.getMethodName().equals(method));
    }

    private static void waitsInTheJdk(CountDownLatch latch) {
        awaitLatch(latch);
    }

    private static void waitsForEver(TestFiber self) {
        self.awaitWake();
    }

    private void spins() {
        while (spinning) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "CARRIER"})
    @DisplayName("J-03 a fiber that waits in the JDK with the baton is told of while it waits, and when it is over")
    void seesAFiberThatWaitsInTheJdk(Handoff handoff) {
        try (EventLoop loop = watched(handoff)) {
            launch(loop, "waits", self -> waitsInTheJdk(noticed));
            awaitLatch(over);
        }
        assertEquals(List.of(Phase.NOTICED, Phase.OVER), phases());
        assertEquals(
                List.of(
                        "WARNING Fiber[waits] has held the baton of watched for N ms, and nobody else can run;"
                                + " wait for blocking work with Coroutines.blocking()",
                        "WARNING Fiber[waits] has given up the baton of watched, after N ms"),
                messages());
        BlockedStep first = steps.getFirst();
        assertEquals("Fiber[waits]", first.name());
        assertEquals("waits", Objects.requireNonNull(first.fiber()).name());
        assertTrue(first.held().compareTo(THRESHOLD) >= 0, first.toString());
        assertTrue(passes(first.stack(), "waitsInTheJdk"), first.toString());
        assertTrue(passes(first.stack(), "parkNanos"), "where the JDK waits: " + first);
        assertFalse(passes(first.stack(), "runToItsEnd"), "the runtime: " + first);
        assertEquals(first.stack(), List.of(records.getFirst().getThrown().getStackTrace()));
        assertEquals(List.of(), steps.getLast().stack());
        assertTrue(steps.getLast().held().compareTo(first.held()) >= 0, steps.toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "CARRIER"})
    @DisplayName("A-58 a fiber that computes is told of, and once more at ten times the threshold")
    void seesAFiberThatComputesAndTellsTwice(Handoff handoff) {
        try (EventLoop loop = watched(handoff)) {
            launch(loop, "spins", self -> spins());
            awaitLatch(still);
            spinning = false;
            awaitLatch(over);
        }
        assertEquals(List.of(Phase.NOTICED, Phase.STILL, Phase.OVER), phases());
        assertTrue(steps.get(1).held().compareTo(THRESHOLD.multipliedBy(10)) >= 0, steps.toString());
        assertTrue(passes(steps.getFirst().stack(), "spins"), steps.toString());
        assertTrue(
                messages().get(1).contains("and still nobody else can run;"),
                messages().toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "CARRIER"})
    @DisplayName("A-58 a callback and a timer are told of by name")
    void seesCallbacksAndTimers(Handoff handoff) {
        try (EventLoop loop = watched(handoff)) {
            loop.schedule(ms(1), new Runnable() {
                @Override
                public void run() {
                    waitsInTheJdk(noticed);
                }

                @Override
                public String toString() {
                    return "tick";
                }
            });
            awaitLatch(over);
            assertEquals("timer tick", steps.getFirst().name());
            assertNull(steps.getFirst().fiber());
            assertTrue(passes(steps.getFirst().stack(), "waitsInTheJdk"), steps.toString());
            assertFalse(passes(steps.getFirst().stack(), "runTask"), steps.toString());
            CompletableFuture<String> name = new CompletableFuture<>();
            loop.addListener(new LoopListener() {
                @Override
                public void stepBlocked(EventLoop on, BlockedStep step) {
                    name.complete(step.name());
                }
            });
            loop.execute(name::join);
            assertTrue(name.join().startsWith("callback "), name.join());
            await().atMost(SOON).until(() -> steps.size() == 4); // it is over, and close() comes after that
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "CARRIER"})
    @DisplayName("C-01 the child that was started at once is told of, not the one who lent it the baton")
    void namesTheOneWhoHoldsTheBaton(Handoff handoff) {
        try (EventLoop loop = watched(handoff)) {
            launch(loop, "parent", self -> begin(loop, "child", child -> waitsInTheJdk(noticed)));
            awaitLatch(over);
        }
        assertEquals("Fiber[child]", steps.getFirst().name());
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "CARRIER"})
    @DisplayName("J-03 many short steps of one iteration are no long one; one that is seen again and again is")
    void shortStepsAreNoLongOne(Handoff handoff) {
        try (EventLoop loop = EventLoop.create(unwatched(handoff))) {
            StepWatch watch = new StepWatch(loop, THRESHOLD, Duration.ZERO);
            Runnable look = () -> watch.look(THRESHOLD.toNanos() * 2 / 3);
            for (int i = 0; i < 5; i++) {
                loop.execute(look);
                launch(loop, "short", self -> {
                    look.run();
                    self.yieldOnce();
                    look.run();
                });
                loop.schedule(Duration.ZERO, look);
            }
            for (int i = 0; i < 4; i++) {
                loop.runOnce();
                look.run(); // nobody has the baton
            }
            assertEquals(List.of(), messages());
            launch(loop, "long", self -> {
                for (int i = 0; i < 3; i++) {
                    look.run();
                }
                self.yieldOnce();
                look.run();
            });
            loop.runOnce();
            loop.runOnce();
        }
        assertEquals(
                List.of(
                        "WARNING Fiber[long] has held the baton of watched for N ms, and nobody else can run;"
                                + " wait for blocking work with Coroutines.blocking()",
                        "WARNING Fiber[long] has given up the baton of watched, after N ms"),
                messages());
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "CARRIER"})
    @DisplayName("J-03 to be idle is no step")
    void idlenessIsNoStep(Handoff handoff) {
        try (EventLoop loop = EventLoop.open(unwatched(handoff))) {
            StepWatch watch = new StepWatch(loop, THRESHOLD, Duration.ZERO);
            await().atMost(SOON).until(() -> loop.driverOrNull() != null && watch.isIdle());
            for (int i = 0; i < 5; i++) {
                watch.look(THRESHOLD.toNanos());
            }
        }
        assertEquals(List.of(), messages());
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "CARRIER"})
    @DisplayName("J-03 a fiber, or a callback, whose name fails is told of all the same")
    void tellsOfWhatHasNoName(Handoff handoff) {
        Error naming = new AssertionError("of toString()");
        Runnable unnamable = new Runnable() {
            @Override
            public void run() {
                awaitLatch(still);
            }

            @Override
            public String toString() {
                throw naming;
            }
        };
        try (EventLoop loop = EventLoop.open(unwatched(handoff).withSlowStepThreshold(ms(30)))) {
            loop.addListener(listener);
            new Unnamable(loop, naming, () -> {
                        awaitLatch(noticed);
                        return Fiber.Outcome.SUCCESS;
                    })
                    .startLater();
            awaitLatch(over);
            loop.execute(unnamable);
            await().atMost(SOON).until(() -> steps.size() == 5);
        }
        String why = ", whose toString() failed with java.lang.AssertionError";
        assertEquals(
                List.of(
                        "Fiber[unnamable]" + why,
                        "callback " + unnamable.getClass().getName() + why),
                steps.stream().map(BlockedStep::name).distinct().toList());
        assertEquals(List.of(Phase.NOTICED, Phase.OVER, Phase.NOTICED, Phase.STILL, Phase.OVER), phases());
        assertEquals(5, records.size(), messages().toString());
    }

    @Test
    @DisplayName("J-03 a log that fails ends neither the watchdog nor what it tells to listeners")
    void outlivesALogThatFails() {
        PrintStream before = System.err;
        System.setErr(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        log = record -> {
            throw new OutOfMemoryError("planted");
        };
        try (EventLoop loop = watched(Handoff.AUTO)) {
            loop.execute(() -> waitsInTheJdk(noticed));
            awaitLatch(over);
        } finally {
            System.setErr(before);
        }
        assertEquals(List.of(Phase.NOTICED, Phase.OVER), phases());
        assertEquals(2, records.size(), messages().toString());
    }

    @Test
    @DisplayName("J-03 a loop that nobody has used for long is seen all the same")
    void wakesUp() {
        try (EventLoop loop = watched(Handoff.AUTO)) {
            CountDownLatch late = new CountDownLatch(1);
            loop.schedule(ms(1500), late::countDown); // longer than the watchdog's patience
            awaitLatch(late);
            loop.execute(() -> waitsInTheJdk(noticed));
            awaitLatch(over);
        }
    }

    @Test
    @DisplayName("J-03 every step may be slow if the threshold is zero, and by default on a virtual clock")
    void canBeTurnedOff() {
        for (LoopOptions options : List.of(
                LoopOptions.defaults().withSlowStepThreshold(Duration.ZERO),
                LoopOptions.defaults().withClock(new VirtualClock()))) {
            try (EventLoop loop = EventLoop.open(options)) {
                CountDownLatch blocked = new CountDownLatch(1);
                CountDownLatch go = new CountDownLatch(1);
                loop.execute(() -> {
                    blocked.countDown();
                    awaitLatch(go);
                });
                awaitLatch(blocked);
                try (EventLoop other = watched(Handoff.AUTO)) { // it looks meanwhile
                    CountDownLatch seen = new CountDownLatch(1);
                    other.addListener(new LoopListener() {
                        @Override
                        public void stepBlocked(EventLoop on, BlockedStep step) {
                            seen.countDown();
                        }
                    });
                    other.execute(() -> awaitLatch(seen));
                    awaitLatch(seen);
                }
                go.countDown();
            }
        }
        assertTrue(
                messages().stream().allMatch(message -> message.contains("watched")),
                messages().toString());
        assertThrows(
                IllegalArgumentException.class, () -> LoopOptions.defaults().withSlowStepThreshold(ms(-1)));
        assertThrows(
                IllegalArgumentException.class, () -> LoopOptions.defaults().withStuckReportAfter(ms(-1)));
    }

    @Test
    @DisplayName("J-03 on a virtual clock it looks if it is asked to, and measures on the wall clock")
    void looksOnAVirtualClockIfAsked() {
        EventLoop loop = EventLoop.create(
                LoopOptions.defaults().withClock(new VirtualClock()).withSlowStepThreshold(ms(30)));
        loop.addListener(listener);
        loop.execute(() -> waitsInTheJdk(noticed));
        loop.runOnce();
        awaitLatch(over);
        loop.close();
        assertTrue(steps.getFirst().held().compareTo(ms(30)) >= 0);
    }

    @Test
    @DisplayName("J-03 a debugger is one whose agent stands among the options of the JVM")
    void knowsADebugger() {
        assertTrue(Debugger.isAmong(List.of("-Xmx1g", "-agentlib:jdwp=transport=dt_socket,server=y")));
        assertTrue(Debugger.isAmong(List.of("-Xrunjdwp:transport=dt_socket")));
        assertFalse(Debugger.isAmong(List.of("-Xmx1g", "--add-opens", "java.base/java.lang=ALL-UNNAMED")));
        try (EventLoop loop = EventLoop.open(
                LoopOptions.defaults().withSlowStepThreshold(ms(30)).withoutWatchdogUnderDebugger())) {
            if (!Debugger.isThere()) {
                loop.addListener(listener);
                loop.execute(() -> waitsInTheJdk(noticed));
                awaitLatch(over);
            }
        }
    }

    @Test
    @DisplayName("J-03 a listener that throws is reported, and the others are told")
    void aListenerMayFail() {
        List<Throwable> reports = new CopyOnWriteArrayList<>();
        try (EventLoop loop = EventLoop.open(
                LoopOptions.defaults().withSlowStepThreshold(ms(30)).withExceptionHandler(reports::add))) {
            IllegalStateException failure = new IllegalStateException();
            loop.addListener(new LoopListener() {
                @Override
                public void stepBlocked(EventLoop on, BlockedStep step) {
                    throw failure;
                }
            });
            loop.addListener(listener);
            loop.execute(() -> waitsInTheJdk(noticed));
            awaitLatch(over);
            await().atMost(SOON).until(() -> reports.equals(List.of(failure, failure)));
        }
    }

    @Test
    @DisplayName("R-02 a driven loop whose fibers wait for nothing that is known is told of once, with where they wait")
    void tellsOfALoopThatIsStuck() {
        CompletableFuture<String> never = new CompletableFuture<>();
        EventLoop loop =
                EventLoop.create(unwatched(Handoff.AUTO).withName("stuck").withStuckReportAfter(ms(60)));
        TestFiber[] waits = {null};
        Thread driver = Thread.ofPlatform().start(() -> {
            String value = loop.runUntil(() -> {
                waits[0] = begin(loop, "waits for ever", WatchdogTest::waitsForEver);
                return never;
            });
            assertEquals("came", value);
        });
        await().atMost(SOON).until(() -> !records.isEmpty());
        loop.execute(() -> {}); // it moves, and is stuck again
        CountDownLatch later = new CountDownLatch(1);
        try (EventLoop other = EventLoop.open()) {
            other.schedule(ms(300), later::countDown);
            awaitLatch(later);
        }
        assertEquals(1, records.size(), messages().toString());
        List<String> lines = messages().getFirst().lines().toList();
        assertTrue(
                lines.getFirst()
                        .matches("WARNING EventLoop\\[stuck, .* may be stuck for good: for N ms .* these wait:"),
                lines.toString());
        assertEquals("Fiber[waits for ever]", lines.get(1));
        assertTrue(lines.get(2).startsWith("    at dev.baton.loop.WatchdogTest.waitsForEver("), lines.toString());
        never.complete("came");
        await().atMost(SOON).until(() -> !driver.isAlive());
        loop.close();
    }

    @Test
    @DisplayName("R-02 a timer, work outside, or a loop that nobody waits for is not stuck")
    void isNotStuckWhileSomethingCanCome() {
        LoopOptions options = unwatched(Handoff.AUTO).withStuckReportAfter(ms(20));
        CountDownLatch later = new CountDownLatch(1);
        try (EventLoop serves = EventLoop.open(options);
                EventLoop sleeps = EventLoop.open(options)) {
            launch(serves, "waits for requests", TestFiber::awaitWake);
            CompletableFuture<String> end = new CompletableFuture<>();
            EventLoop worker = EventLoop.create(options);
            Thread driver = Thread.ofPlatform()
                    .start(() -> worker.runUntil(() -> {
                        worker.beginExternal();
                        begin(worker, "waits for work outside", TestFiber::awaitWake);
                        return end;
                    }));
            sleeps.schedule(ms(400), later::countDown);
            awaitLatch(later);
            end.complete("");
            worker.endExternal();
            await().atMost(SOON).until(() -> !driver.isAlive());
            worker.close();
            assertEquals("timed", EventLoop.create(options).runUntil(() -> {
                CompletableFuture<String> timed = new CompletableFuture<>();
                EventLoop.current().schedule(ms(300), () -> timed.complete("timed"));
                begin(EventLoop.current(), "waits for a timer", TestFiber::awaitWake);
                return timed;
            }));
        }
        assertEquals(List.of(), messages());
    }

    @Test
    @DisplayName(
            "What the last look took, for a slow log perhaps, counts; what is longer than the wait was a pause of the"
                    + " JVM")
    void theTimeOfItsOwnLooksCounts() {
        assertEquals(20, Watchdog.elapsed(20, 0, 40));
        assertEquals(40, Watchdog.elapsed(5_000, 0, 40), "a pause of the JVM");
        assertEquals(380, Watchdog.elapsed(380, 359, 40), "its own log line");
        assertEquals(399, Watchdog.elapsed(5_000, 359, 40), "its own log line, and a pause");
    }
}
