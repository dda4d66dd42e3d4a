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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ContextCaptureTest {
    private static final ThreadLocal<String> USER = new ThreadLocal<>();
    private static final ThreadLocal<String> TRACE = new ThreadLocal<>();

    private final VirtualClock clock = new VirtualClock();
    private final List<Throwable> failures = new ArrayList<>();
    private final List<String> reports = new ArrayList<>();
    private final List<String> log = new ArrayList<>();

    private LoopOptions options() {
        return LoopOptions.defaults().withClock(clock).withExceptionHandler(failures::add);
    }

    private EventLoop loopWith(ContextCapture capture) {
        return listenedTo(EventLoop.create(options().withContext(capture)));
    }

    private EventLoop listenedTo(EventLoop loop) {
        loop.addListener(new LoopListener() {
            @Override
            public void failureReported(EventLoop reporting, FailureReport report) {
                reports.add(report.message());
            }
        });
        return loop;
    }

    private static void as(String user, Runnable body) {
        USER.set(user);
        try {
            body.run();
        } finally {
            USER.remove();
        }
    }

    private void note(String label) {
        log.add(label + " " + USER.get());
    }

    @AfterEach
    void nothingIsLeftOnTheThread() {
        assertNull(USER.get());
        assertNull(TRACE.get());
    }

    // ------------------------------------------------------------------------------------------------ taken along

    @Test
    @DisplayName("S-02, J-08 a thread-local follows execute, schedule and whenDone, at the time of the call")
    void followsWhatIsSubmitted() {
        try (EventLoop loop = loopWith(ContextCapture.of(USER))) {
            CompletableFuture<Integer> future = new CompletableFuture<>();
            as("ann", () -> {
                loop.execute(() -> note("callback"));
                loop.schedule(Duration.ZERO, () -> note("timer"));
                loop.whenDone(future, (value, failure) -> note("done " + value));
            });
            as(
                    "bob",
                    () -> loop.execute(() -> {
                        note("other");
                        future.complete(1);
                    }));
            loop.execute(() -> note("nobody's"));
            loop.runOnce();
            loop.runOnce();
        }
        assertEquals(List.of("callback ann", "other bob", "nobody's null", "timer ann", "done 1 ann"), log);
    }

    @Test
    @DisplayName("S-02 it follows each run of a periodic timer")
    void followsPeriodicTimer() {
        try (EventLoop loop = loopWith(ContextCapture.of(USER))) {
            List<TimerHandle> timer = new ArrayList<>();
            as(
                    "ann",
                    () -> timer.add(loop.scheduleAtFixedRate(Duration.ofSeconds(1), () -> {
                        note("period");
                        USER.set("changed inside");
                        if (log.size() == 3) {
                            timer.getFirst().cancel();
                            loop.stop();
                        }
                    })));
            loop.run();
        }
        assertEquals(List.of("period ann", "period ann", "period ann"), log);
    }

    @Test
    @DisplayName("S-02, L-08 it is that of the thread that submits, also of a foreign one")
    void followsForeignThread() throws InterruptedException {
        try (EventLoop loop = loopWith(ContextCapture.of(USER))) {
            Thread foreign = Thread.ofPlatform().start(() -> as("ann", () -> loop.execute(() -> note("callback"))));
            assertTrue(foreign.join(Duration.ofSeconds(10)));
            as("driver", loop::runOnce);
            assertNull(USER.get());
        }
        assertEquals(List.of("callback ann"), log);
    }

    @Test
    @DisplayName("S-02 the driver's own value is back afterwards, also when the task throws")
    void driverGetsItsOwnBack() {
        ArithmeticException failure = new ArithmeticException();
        try (EventLoop loop = loopWith(ContextCapture.of(USER))) {
            as(
                    "ann",
                    () -> loop.execute(() -> {
                        USER.set("changed inside");
                        throw failure;
                    }));
            as("bob", () -> loop.execute(USER::remove));
            as("driver", () -> {
                loop.runOnce();
                note("after");
            });
            as(
                    "ann",
                    () -> loop.execute(() -> {
                        throw failure;
                    }));
            loop.runOnce();
            note("nothing set");
        }
        assertEquals(List.of("after driver", "nothing set null"), log);
        assertEquals(List.of(failure, failure), failures);
    }

    @Test
    @DisplayName("S-02 what one callback sets, the next one does not see")
    void siblingsDoNotSeeEachOther() {
        try (EventLoop loop = loopWith(ContextCapture.of(USER))) {
            as("ann", () -> {
                loop.execute(() -> {
                    USER.set("changed");
                    loop.execute(() -> note("child"));
                });
                loop.execute(() -> note("sibling"));
            });
            loop.execute(() -> note("stranger"));
            loop.runOnce();
            loop.runOnce();
        }
        assertEquals(List.of("sibling ann", "stranger null", "child changed"), log);
    }

    // ------------------------------------------------------------------------------------------------ several of them

    @Test
    @DisplayName("S-02 several captures are nested in the order in which they were given, those added later innermost")
    void severalAreNested() {
        try (EventLoop loop =
                EventLoop.create(options().withContext(around("a")).withContext(around("b")))) {
            assertTrue(loop.capturesContext());
            loop.execute(() -> log.add("two"));
            loop.addContext(around("c"));
            loop.execute(() -> log.add("three"));
            loop.runOnce();
        }
        assertEquals(List.of("<a", "<b", "two", "b>", "a>", "<a", "<b", "<c", "three", "c>", "b>", "a>"), log);
    }

    private ContextCapture around(String name) {
        return task -> () -> {
            log.add("<" + name);
            task.run();
            log.add(name + ">");
        };
    }

    @Test
    @DisplayName("S-02 two thread-locals by and()")
    void twoThreadLocals() {
        try (EventLoop loop = loopWith(ContextCapture.of(USER).and(ContextCapture.of(TRACE)))) {
            as("ann", () -> {
                TRACE.set("t-1");
                loop.execute(() -> note(TRACE.get()));
                TRACE.remove();
            });
            loop.runOnce();
        }
        assertEquals(List.of("t-1 ann"), log);
    }

    @Test
    @DisplayName("S-02 nothing is wrapped when nothing is set, or nobody captures")
    void nothingIsWrappedForNothing() {
        Runnable task = () -> log.add("ran");
        try (EventLoop loop = EventLoop.create(options())) {
            assertFalse(loop.capturesContext());
            assertSame(task, loop.capture(task));
            loop.addContext(ContextCapture.of(USER).and(ContextCapture.of(TRACE)));
            assertTrue(loop.capturesContext());
            assertSame(task, loop.capture(task));
            as("ann", () -> {
                Runnable wrapped = loop.capture(task);
                assertTrue(wrapped != task);
                wrapped.run();
            });
        }
        assertEquals(List.of("ran"), log);
    }

    // ------------------------------------------------------------------------------------------ captures that
    // misbehave

    @Test
    @DisplayName("S-02 a capture that gives null, or throws, fails the call, and nothing is submitted")
    void captureThatFailsFailsTheCall() {
        IllegalStateException refusal = new IllegalStateException("no");
        ContextCapture[] bad = {
            task -> null,
            task -> {
                throw refusal;
            }
        };
        List<Class<? extends Exception>> expected = List.of(NullPointerException.class, IllegalStateException.class);
        for (int i = 0; i < bad.length; i++) {
            try (EventLoop loop = EventLoop.create(LoopOptions.defaults().withContext(bad[i]))) {
                Class<? extends Exception> type = expected.get(i);
                assertThrows(type, () -> loop.execute(() -> log.add("never")));
                assertThrows(type, () -> loop.schedule(Duration.ZERO, () -> log.add("never")));
                assertThrows(type, () -> loop.whenDone(new CompletableFuture<>(), (value, failure) -> {}));
                assertFalse(loop.runOnce());
            }
        }
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("S-02 one that does not run the task, or runs it twice, has its way with callbacks")
    void captureMayRunTaskNotAtAllOrTwice() {
        boolean[] twice = new boolean[1];
        try (EventLoop loop = loopWith(task -> () -> {
            if (twice[0]) {
                task.run();
                task.run();
            }
        })) {
            loop.execute(() -> log.add("not at all"));
            loop.runOnce();
            twice[0] = true;
            loop.execute(() -> log.add("twice"));
            loop.runOnce();
        }
        assertEquals(List.of("twice", "twice"), log);
    }

    @Test
    @DisplayName(
            "S-02, L-09 what the context throws is reported as the failure of the callback, by the callback's name")
    void reportsNameTheCallback() {
        IOException failure = new IOException();
        Runnable named = new Runnable() {
            @Override
            public void run() {
                log.add("ran");
            }

            @Override
            public String toString() {
                return "the callback";
            }
        };
        try (EventLoop loop = loopWith(task -> () -> {
            task.run();
            throw EventLoop.<RuntimeException>sneaky(failure);
        })) {
            loop.execute(named);
            loop.runOnce();
        }
        assertEquals(List.of("ran"), log);
        assertEquals(List.of(failure), failures);
        assertEquals(List.of("callback the callback failed"), reports);
    }

    @Test
    @DisplayName("S-02 the loop's own work carries nothing: a cancel of a timer from elsewhere is not wrapped")
    void ownWorkIsNotWrapped() throws InterruptedException {
        List<Runnable> wrapped = new ArrayList<>();
        try (EventLoop loop = loopWith(task -> {
            wrapped.add(task);
            return task;
        })) {
            Runnable callback = () -> log.add("never");
            TimerHandle timer = loop.schedule(Duration.ofSeconds(1), callback);
            CountDownLatch cancelled = new CountDownLatch(1);
            Thread.ofPlatform().start(() -> {
                timer.cancel();
                cancelled.countDown();
            });
            assertTrue(cancelled.await(10, TimeUnit.SECONDS));
            loop.runOnce();
            assertEquals(List.of(callback), wrapped);
        }
    }
}
