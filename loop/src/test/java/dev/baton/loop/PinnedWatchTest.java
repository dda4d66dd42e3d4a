package dev.baton.loop;

import static dev.baton.loop.TestFiber.ms;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads that watch fibers which wait while they are pinned. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PinnedWatchTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private volatile Error ofTheLog; // thrown by the log if not null

    private final Logger logger = Logger.getLogger("dev.baton.loop");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            records.add(record);
            if (ofTheLog != null) {
                throw ofTheLog;
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
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

    private List<String> messages() {
        return records.stream()
                .map(record -> record.getMessage().replaceAll("iteration \\d+", "iteration N"))
                .toList();
    }

    private static LoopOptions carrier(String name) {
        return LoopOptions.defaults().withName(name).withHandoff(Handoff.CARRIER);
    }

    /** What a fiber that waits while it is pinned is told. */
    private static String refusalOf(EventLoop loop) {
        CompletableFuture<String> refusal = new CompletableFuture<>();
        new Unnamable(loop, new AssertionError("of toString()"), () -> {
                    Pinned.run(() -> {
                        try {
                            Unnamable.waitForEver();
                        } catch (Throwable e) {
                            refusal.complete(String.valueOf(e.getMessage()));
                        }
                    });
                    return Fiber.Outcome.SUCCESS;
                })
                .startLater();
        return refusal.completeOnTimeout("none came", 10, TimeUnit.SECONDS).join();
    }

    private static final String NAME = "Fiber[unnamable], whose toString() failed with java.lang.AssertionError";

    @Test
    @DisplayName("J-04 a pinned fiber is refused though its name fails, on the next loop as well")
    void refusesAFiberWhoseNameFails() {
        for (String name : List.of("first", "second")) {
            try (EventLoop loop = EventLoop.open(carrier(name).withCloseTimeout(ms(300)))) {
                String refusal = refusalOf(loop);
                assertTrue(refusal.startsWith(NAME + " waited in a synchronized block or in a native method"), refusal);
            }
        }
        await().atMost(SOON).until(() -> records.size() == 2); // written after the refusal
        assertEquals(
                List.of(
                        NAME + " waits where it cannot be unmounted, and would have stopped"
                                + " EventLoop[first, CARRIER, iteration N, 1 fibers]",
                        NAME + " waits where it cannot be unmounted, and would have stopped"
                                + " EventLoop[second, CARRIER, iteration N, 1 fibers]"),
                messages().stream()
                        .map(message -> message.replaceFirst("\\d fibers.*", "1 fibers]"))
                        .toList());
        assertTrue(
                List.of(records.getFirst().getThrown().getStackTrace()).stream()
                        .anyMatch(frame -> frame.getMethodName().equals("waitForEver")),
                "where it waits");
    }

    @Test
    @DisplayName("J-04 a pinned fiber is refused though the log fails, on the next loop as well")
    void refusesThoughTheLogFails() {
        ofTheLog = new OutOfMemoryError("planted");
        PrintStream before = System.err;
        System.setErr(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        try {
            for (String name : List.of("first", "second")) {
                try (EventLoop loop = EventLoop.open(carrier(name).withCloseTimeout(ms(300)))) {
                    String refusal = refusalOf(loop);
                    assertTrue(refusal.contains("waited in a synchronized block"), refusal);
                }
            }
            await().atMost(SOON).until(() -> records.size() == 2);
        } finally {
            System.setErr(before);
        }
    }

    @Test
    @DisplayName("J-04 of as many pinned fibers on PORTABLE as there are carriers, all are named, and one is refused")
    void refusesOneOfThePinnedFibersThatKeepEveryCarrier() {
        int carriers = Integer.getInteger(
                "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
        List<TestFiber> pinned = new CopyOnWriteArrayList<>();
        List<String> refusals = new CopyOnWriteArrayList<>();
        CompletableFuture<String> end = new CompletableFuture<>();
        LoopOptions options = LoopOptions.defaults()
                .withName("portable")
                .withHandoff(Handoff.PORTABLE)
                .withSlowStepThreshold(ms(100));
        try (EventLoop loop = EventLoop.open(options)) {
            for (int i = 0; i < carriers; i++) {
                pinned.add(TestFiber.launch(
                        loop,
                        "pinned " + i,
                        self -> Pinned.run(() -> {
                            try {
                                self.awaitWake();
                            } catch (IllegalStateException e) {
                                refusals.add(e.getMessage());
                            }
                        })));
            }
            TestFiber.launch(loop, "next", self -> end.complete("runs"));
            assertEquals(
                    "runs", end.completeOnTimeout("never", 15, TimeUnit.SECONDS).join());
            pinned.forEach(TestFiber::wake);
        }
        assertEquals(1, refusals.size(), refusals.toString());
        assertTrue(
                refusals.getFirst().startsWith("Fiber[pinned 0] waited in a synchronized block or in a native method"),
                refusals.toString());
        String message = messages().getFirst();
        assertTrue(message.startsWith("portable stood still"), message);
        for (TestFiber each : pinned) {
            assertTrue(message.contains(each.toString()), message);
        }
        assertTrue(message.contains("runBody"), message);
    }

    @Test
    @DisplayName("The watch inherits nothing of the thread that opens the first loop")
    void inheritsNothing() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>() {
            @Override
            protected String childValue(String parentValue) {
                throw new AssertionError("inherited");
            }
        };
        try (URLClassLoader ofTheCaller = new URLClassLoader(new URL[0])) {
            Thread.currentThread().setContextClassLoader(ofTheCaller);
            local.set("of the caller");
            assertSame(
                    ClassLoader.getSystemClassLoader(), PinnedWatch.newThread().getContextClassLoader());
        } finally {
            local.remove();
            Thread.currentThread().setContextClassLoader(before);
        }
    }
}
