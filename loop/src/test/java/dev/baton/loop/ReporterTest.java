package dev.baton.loop;

import static dev.baton.loop.TestFiber.awaitLatch;
import static dev.baton.loop.TestFiber.launch;
import static dev.baton.loop.TestFiber.ms;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What happens when a failure cannot even be told: the name of what failed fails, the log does, or memory is out. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReporterTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final List<String> reports = new CopyOnWriteArrayList<>();
    private volatile Error ofTheLog; // thrown by the log if not null

    private final Logger logger = Logger.getLogger("dev.baton.loop");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            logged.add(record.getMessage());
            if (ofTheLog != null) {
                throw ofTheLog;
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final LoopListener listener = new LoopListener() {
        @Override
        public void failureReported(EventLoop loop, FailureReport report) {
            reports.add(report.message());
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

    private static Stream<Error> namingErrors() { // no OutOfMemoryError: JUnit gives up when it sees one
        return Stream.of(new AssertionError("planted"), new StackOverflowError("planted"));
    }

    private EventLoop open() {
        EventLoop loop = EventLoop.open(LoopOptions.defaults().withName("loop").withCloseTimeout(ms(300)));
        loop.addListener(listener);
        return loop;
    }

    /** A callback that cannot be named, and that fails. */
    private static Runnable unnamable(Error naming) {
        return new Runnable() {
            @Override
            public void run() {
                throw new IllegalStateException("of the callback");
            }

            @Override
            public String toString() {
                throw naming;
            }
        };
    }

    /** It still runs callbacks. */
    private static void assertGoesOn(EventLoop loop) {
        CountDownLatch goesOn = new CountDownLatch(1);
        loop.execute(goesOn::countDown);
        awaitLatch(goesOn);
    }

    @ParameterizedTest
    @MethodSource("namingErrors")
    void aCallbackAndATimerWhoseNameFailsAreReportedAndTheLoopGoesOn(Error naming) {
        try (EventLoop loop = open()) {
            loop.execute(unnamable(naming));
            loop.schedule(ms(1), unnamable(naming));
            await().atMost(SOON).until(() -> reports.size() == 2 || loop.isClosed());
            assertGoesOn(loop);
        }
        String name = unnamable(naming).getClass().getName();
        String why = ", whose toString() failed with " + naming.getClass().getName();
        assertEquals(List.of("callback " + name + why + " failed", "timer " + name + why + " failed"), reports);
        assertEquals(reports, logged);
    }

    @ParameterizedTest
    @MethodSource("namingErrors")
    void aFiberWhoseNameFailsIsReportedAndTheLoopGoesOn(Error naming) {
        try (EventLoop loop = open()) {
            new Unnamable(loop, naming, () -> {
                        throw new IllegalStateException("of the fiber");
                    })
                    .startLater();
            await().atMost(SOON).until(() -> !reports.isEmpty());
            assertGoesOn(loop);
        }
        String why = "Fiber[unnamable], whose toString() failed with "
                + naming.getClass().getName();
        assertEquals(List.of(why + " failed"), reports);
    }

    @ParameterizedTest
    @MethodSource("namingErrors")
    void aFiberWhoseNameFailsAndWhichRefusesToEndDoesNotKeepTheLoopFromClosing(Error naming) {
        EventLoop loop = open();
        CountDownLatch waits = new CountDownLatch(1);
        new Unnamable(loop, naming, () -> {
                    waits.countDown();
                    Unnamable.waitForEver();
                    return Fiber.Outcome.SUCCESS;
                })
                .startLater();
        awaitLatch(waits);
        loop.close();
        assertTrue(loop.isClosed());
        String why = "Fiber[unnamable], whose toString() failed with "
                + naming.getClass().getName();
        assertEquals(
                List.of(
                        why + " did not end within PT0.3S after its loop was closed; see its stack",
                        why + " failed to be abandoned"),
                reports);
    }

    @ParameterizedTest
    @MethodSource("namingErrors")
    void aFiberWhoseNameFailsAndWhichBlocksDoesNotKeepTheLoopFromClosing(Error naming) {
        EventLoop loop = open();
        CountDownLatch blocks = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        new Unnamable(loop, naming, () -> {
                    blocks.countDown();
                    awaitLatch(go);
                    return Fiber.Outcome.SUCCESS;
                })
                .startLater();
        awaitLatch(blocks);
        loop.close();
        go.countDown();
        assertTrue(logged.contains("a closing loop is blocked"), logged.toString());
        assertTrue(reports.getFirst().startsWith("Fiber[unnamable], whose toString() failed"), reports.toString());
    }

    @ParameterizedTest
    @MethodSource("namingErrors")
    void aDumpNamesTheOthersToo(Error naming) {
        EventLoop loop = EventLoop.create(LoopOptions.defaults().withClock(new VirtualClock()));
        new Unnamable(loop, naming, () -> {
                    Unnamable.waitForEver();
                    return Fiber.Outcome.SUCCESS;
                })
                .startLater();
        launch(loop, "other", TestFiber::awaitWake);
        loop.runOnce();
        assertEquals(
                List.of(
                        "Fiber[unnamable], whose toString() failed with "
                                + naming.getClass().getName(),
                        "Fiber[other]"),
                loop.dump()
                        .lines()
                        .skip(1)
                        .filter(line -> !line.startsWith(" "))
                        .toList());
        loop.close();
    }

    @ParameterizedTest
    @MethodSource("namingErrors")
    void aListenerWhoseNameFailsIsReportedAndTheLoopGoesOn(Error naming) {
        LoopListener unnamable = new LoopListener() {
            @Override
            public void stepEnded(EventLoop loop, long durationNanos) {
                throw new IllegalStateException("of the listener");
            }

            @Override
            public void failureReported(EventLoop loop, FailureReport report) {
                throw new IllegalStateException("of the listener");
            }

            @Override
            public String toString() {
                throw naming;
            }
        };
        try (EventLoop loop = open()) {
            loop.addListener(unnamable);
            TestFiber[] fiber = {null};
            loop.execute(() -> fiber[0] = TestFiber.begin(loop, "fiber", TestFiber::yieldOnce));
            await().atMost(SOON).until(() -> fiber[0] != null && fiber[0].hasEnded());
            loop.removeListener(unnamable);
            assertGoesOn(loop);
        }
        String message = "listener " + unnamable.getClass().getName() + ", whose toString() failed with "
                + naming.getClass().getName() + " failed";
        assertEquals(message, reports.getFirst());
        assertTrue(logged.contains(message), logged.toString());
    }

    @Test
    void anAttachmentWhoseNameFailsDoesNotKeepTheLoopFromClosing() {
        final class Unclosable implements AutoCloseable {
            @Override
            public void close() {
                throw new IllegalStateException("of close()");
            }

            @Override
            public String toString() {
                throw new IllegalStateException("of toString()");
            }
        }
        EventLoop loop = open();
        loop.attachment(Unclosable.class, self -> new Unclosable());
        loop.close();
        assertTrue(loop.isClosed());
        assertEquals(
                List.of(Unclosable.class.getName() + ", whose toString() failed with java.lang.IllegalStateException"
                        + " failed to close"),
                reports);
    }

    @ParameterizedTest
    @MethodSource("namingErrors")
    void whatTheLogDoesNotTakeStandsOnTheErrorStreamAndTheLoopGoesOn(Error error) {
        ofTheLog = error;
        PrintStream before = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try (EventLoop loop = open()) {
            loop.execute(() -> {
                throw new IllegalStateException("of the callback");
            });
            launch(loop, "fails", self -> {
                throw new IllegalStateException("of the fiber");
            });
            await().atMost(SOON).until(() -> logged.size() == 2);
            assertGoesOn(loop);
        } finally {
            System.setErr(before);
        }
        String text = err.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("java.lang.IllegalStateException: of the callback"), text);
        assertTrue(text.contains("Fiber[fails] failed"), text);
        assertTrue(text.contains("java.lang.IllegalStateException: of the fiber"), text);
    }

    @Test
    void aFailureWhoseMessageFailsStandsOnTheErrorStreamByItsType() {
        @SuppressWarnings("serial")
        final class Recursive extends RuntimeException {
            @Override
            public String getMessage() {
                return getMessage() + getMessage();
            }
        }
        ofTheLog = new AssertionError("planted");
        PrintStream before = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try (EventLoop loop = open()) {
            loop.execute(() -> {
                throw new Recursive();
            });
            await().atMost(SOON).until(() -> !logged.isEmpty());
            assertGoesOn(loop);
        } finally {
            System.setErr(before);
        }
        String text = err.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains(Recursive.class.getName() + System.lineSeparator()), text);
    }

    @Test
    void anExceptionHandlerAndALogThatBothFailDoNotStopTheLoop() {
        ofTheLog = new OutOfMemoryError("planted");
        PrintStream before = System.err;
        System.setErr(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        try (EventLoop loop = EventLoop.open(LoopOptions.defaults().withExceptionHandler(failure -> {
            throw new OutOfMemoryError("planted as well");
        }))) {
            loop.execute(() -> {
                throw new IllegalStateException("of the callback");
            });
            await().atMost(SOON).until(() -> logged.size() >= 1);
            assertGoesOn(loop);
        } finally {
            System.setErr(before);
        }
        assertEquals(2, logged.size(), logged.toString());
    }

    @Test
    void aStuckLoopSaysSoAlthoughAFiberHasNoName() {
        EventLoop loop = EventLoop.create(LoopOptions.defaults().withClock(new VirtualClock()));
        new Unnamable(loop, new AssertionError("of toString()"), () -> {
                    Unnamable.waitForEver();
                    return Fiber.Outcome.SUCCESS;
                })
                .startLater();
        IllegalStateException stuck = assertThrows(IllegalStateException.class, loop::run);
        assertTrue(stuck.getMessage().contains("Fiber[unnamable], whose toString() failed"), stuck.getMessage());
        loop.close();
    }
}
