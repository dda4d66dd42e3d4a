package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.join;
import static dev.baton.VirtualTime.ms;
import static dev.baton.VirtualTime.pass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RunTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    // ------------------------------------------------------------------------------------------------------ outcome

    @Test
    @DisplayName("L-15 the value of the body, at once or later (test_sync_result, test_async_result)")
    void valueOfTheBody() {
        assertEquals(42, Coroutines.run(() -> 42));
        assertEquals(42, Coroutines.run(() -> {
            sleep(ms(1));
            return 42;
        }));
        assertNull(Coroutines.run((Callable<String>) () -> null));
        Coroutines.run(() -> log.clear());
    }

    @Test
    @DisplayName(
            "L-15 the body's own exception, at once or later, of any kind (test_sync_exception, test_async_exception)")
    void bodysOwnException() {
        for (Throwable failure : List.of(new IOException("x"), new IllegalStateException("x"), new Error("x"))) {
            for (boolean later : List.of(false, true)) {
                assertSame(
                        failure,
                        assertThrows(
                                failure.getClass(),
                                () -> time.run(() -> {
                                    if (later) {
                                        moment();
                                    }
                                    throw Runner.<RuntimeException>sneaky(failure);
                                })));
            }
        }
    }

    @Test
    @DisplayName("L-15 the body runs as a coroutine of a loop of its own (test_current)")
    void bodyRunsAsACoroutineOfALoopOfItsOwn() {
        AtomicReference<EventLoop> loop = new AtomicReference<>();
        Coroutine<?> main = Coroutines.run(time.options().withName("mine"), () -> {
            loop.set(EventLoop.current());
            assertEquals("mine", EventLoop.current().name());
            assertTrue(EventLoop.current().isOwner());
            assertTrue(Thread.currentThread().isVirtual());
            return Coroutines.current();
        });
        assertEquals("main", main.name());
        assertTrue(main.isDone());
        assertTrue(loop.get().isClosed(), "and closes it");
        assertNull(EventLoop.currentOrNull());
        assertNotSame(loop.get(), Coroutines.run(EventLoop::current), "each time another one");
    }

    @Test
    @DisplayName("J-11 what the body has left behind is cancelled and unwound before run returns")
    void whatTheBodyHasLeftBehindIsCancelledAndUnwound() {
        assertEquals("main", time.run(() -> {
            spawn(() -> {
                try {
                    await(new Deferred<>());
                } catch (CancellationException e) {
                    sleep(ms(5));
                    log.add(time.when(e.getMessage()));
                }
            });
            return "main";
        }));
        assertEquals(List.of("5 its loop is closed"), log);
    }

    @Test
    void runInARunIsRefused() {
        time.run(() -> {
            String message = assertThrows(IllegalStateException.class, () -> Coroutines.run(() -> 1))
                    .getMessage();
            assertTrue(message.contains(EventLoop.current().name()) && message.contains("spawn"), message);
            EventLoop.current().execute(() -> {
                assertThrows(IllegalStateException.class, () -> Coroutines.run(() -> 1));
                log.add("callback");
            });
            moment();
            assertEquals(
                    1,
                    (int) Coroutines.<Integer>blocking(() -> Coroutines.run(() -> 1)),
                    "on another thread it is fine");
        });
        assertEquals(List.of("callback"), log);
    }

    @Test
    void nullIsRefused() {
        assertThrows(NullPointerException.class, () -> Coroutines.run((Callable<?>) null));
        assertThrows(NullPointerException.class, () -> Coroutines.run((Runnable) null));
        assertThrows(NullPointerException.class, () -> Coroutines.run((Duration) null, () -> 1));
        assertThrows(NullPointerException.class, () -> Coroutines.run((LoopOptions) null, () -> 1));
        assertThrows(NullPointerException.class, () -> Coroutines.run(ms(1), null));
    }

    // ----------------------------------------------------------------------------------------------------- time limit

    @Nested
    class WithATimeout {
        @Test
        @DisplayName("L-15 a body that takes too long is cancelled and unwound, and run throws AwaitTimeoutException"
                + " (test_timeout)")
        void bodyThatTakesTooLongIsCancelledAndUnwound() {
            AtomicReference<Coroutine<?>> main = new AtomicReference<>();
            AwaitTimeoutException e = assertThrows(
                    AwaitTimeoutException.class,
                    () -> Coroutines.run(time.options(), ms(50), () -> {
                        main.set(Coroutines.current());
                        try {
                            sleep(ms(1000));
                        } finally {
                            sleep(ms(5));
                            log.add(time.when("unwound"));
                        }
                        return null;
                    }));
            assertTrue(e.getMessage().contains("PT0.05S") && e.getMessage().contains("main"), e.getMessage());
            assertEquals(List.of("55 unwound"), log);
            assertTrue(main.get().isCancelled());
        }

        @Test
        @DisplayName("L-15 a body that is done in time returns, or throws")
        void bodyThatIsDoneInTimeReturnsOrThrows() {
            IOException failure = new IOException();
            assertEquals("in time", Coroutines.run(time.options(), ms(50), () -> {
                sleep(ms(49));
                return "in time";
            }));
            assertEquals(ms(49), time.clock.elapsed());
            assertSame(
                    failure,
                    assertThrows(
                            IOException.class,
                            () -> Coroutines.run(new VirtualTime().options(), ms(50), () -> {
                                throw failure;
                            })));
            assertEquals(1, Coroutines.run(Duration.ofMinutes(1), () -> 1));
        }

        @Test
        @DisplayName("J-11 a body that refuses to end is reported, and run returns all the same")
        void bodyThatRefusesToEndIsReported() {
            AtomicReference<Coroutine<?>> main = new AtomicReference<>();
            LoopOptions options = time.options().withCloseTimeout(ms(100));
            assertThrows(AwaitTimeoutException.class, () -> Coroutines.run(options, ms(50), () -> refuseToEnd(main)));
            List<Throwable> reports = time.reports();
            assertEquals(1, reports.size(), reports.toString());
            String report = reports.getFirst().getMessage();
            assertTrue(report.contains("main") && report.contains("did not end within PT0.1S"), report);
            assertTrue(
                    List.of(reports.getFirst().getStackTrace()).stream()
                            .anyMatch(frame -> frame.getMethodName().equals("refuseToEnd")),
                    "its stack is the coroutine's");
            assertTrue(main.get().isDone());
            assertTrue(main.get().isCancelled());
            assertSame(reports.getFirst(), VirtualTime.failure(main.get()).getCause());
        }

        private Object refuseToEnd(AtomicReference<Coroutine<?>> main) {
            main.set(Coroutines.current());
            while (true) {
                try {
                    sleep(ms(10));
                } catch (CancellationException e) {
                    log.add("no");
                }
            }
        }

        @Test
        @DisplayName(
                "L-15 a body that blocks past the end of the time is answered with the timeout, not with its value")
        void bodyThatBlocksPastTheTimeoutIsAnsweredWithTheTimeout() {
            for (boolean later : List.of(false, true)) {
                assertThrows(
                        AwaitTimeoutException.class,
                        () -> Coroutines.run(time.wallClock(), ms(50), () -> {
                            if (later) {
                                moment();
                            }
                            blockFor(ms(200));
                            return "too late";
                        }));
            }
        }

        @Test
        @DisplayName("U-11 what a body throws that has blocked past the end of the time is reported")
        void whatABodyThrowsThatHasBlockedPastTheTimeoutIsReported() {
            IOException failure = new IOException("too late");
            assertThrows(
                    AwaitTimeoutException.class,
                    () -> Coroutines.run(time.wallClock(), ms(50), () -> {
                        blockFor(ms(200));
                        throw failure;
                    }));
            assertEquals(List.of(failure), time.reports());
        }

        private void blockFor(Duration duration) throws InterruptedException {
            assertFalse(new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS));
        }

        @Test
        @DisplayName("J-11 a body that blocks for ever does not hold up run, but for the close timeout")
        void bodyThatBlocksForEverDoesNotHoldUpRun() throws Exception {
            for (boolean later : List.of(false, true)) {
                CountDownLatch release = new CountDownLatch(1);
                Throwable thrown = failureOf(
                        release,
                        () -> Coroutines.run(stubborn(), ms(50), () -> {
                            if (later) {
                                moment();
                            }
                            return blockOn(release);
                        }));
                assertInstanceOf(AwaitTimeoutException.class, thrown);
                assertReportWithStack("main");
            }
        }

        @Test
        @DisplayName("J-11 a body that computes for ever, and so keeps its carrier, does not hold up run")
        void bodyThatComputesForEverDoesNotHoldUpRun() throws Exception {
            CountDownLatch release = new CountDownLatch(1);
            Throwable thrown = failureOf(
                    release,
                    () -> Coroutines.run(stubborn(), ms(50), () -> {
                        while (release.getCount() > 0) {
                            Thread.onSpinWait();
                        }
                        return null;
                    }));
            assertInstanceOf(AwaitTimeoutException.class, thrown);
            assertEquals(1, time.reports().size());
        }

        @Test
        @DisplayName("U-11 what the body throws while it unwinds after the timeout is reported")
        void whatTheBodyThrowsWhileItUnwindsIsReported() {
            IOException failure = new IOException("cannot close");
            assertThrows(
                    AwaitTimeoutException.class,
                    () -> Coroutines.run(time.options(), ms(50), () -> {
                        try {
                            sleep(ms(1000));
                        } catch (CancellationException e) {
                            throw failure;
                        }
                        return null;
                    }));
            assertEquals(List.of(failure), time.reports());
        }
    }

    // ------------------------------------------------------------------------------------------- bodies that block

    @Test
    @DisplayName("J-11 what blocks and swallows interrupts while it unwinds does not hold up run")
    void whatBlocksWhileItUnwindsDoesNotHoldUpRun() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<String> value = new CompletableFuture<>();
        Thread caller = Thread.ofPlatform()
                .daemon()
                .start(() -> value.complete(Coroutines.run(stubborn(), () -> {
                    spawn("child", () -> {
                        try {
                            await(new Deferred<>());
                        } finally {
                            blockOn(release);
                        }
                    });
                    return "in time";
                })));
        try {
            assertEquals("in time", value.get(10, TimeUnit.SECONDS));
            assertReportWithStack("child");
        } finally {
            release.countDown();
        }
        join(caller);
    }

    @Test
    @DisplayName("J-11 a neighbour that blocks in the iteration in which the body ends does not hold up run")
    void aNeighbourThatBlocksWhenTheBodyEndsDoesNotHoldUpRun() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<String> value = new CompletableFuture<>();
        Thread caller = Thread.ofPlatform()
                .daemon()
                .start(() -> value.complete(Coroutines.run(stubborn(), () -> {
                    Deferred<String> answer = new Deferred<>();
                    EventLoop.current().execute(() -> {
                        answer.complete(
                                "in time"); // so the body goes on first, and the neighbour in the same iteration
                        Coroutines.spawnLater(() -> {
                            return blockOn(release);
                        });
                    });
                    return await(answer);
                })));
        try {
            assertEquals("in time", value.get(10, TimeUnit.SECONDS));
            assertReportWithStack("coroutine-");
        } finally {
            release.countDown();
        }
        join(caller);
    }

    private LoopOptions stubborn() {
        return time.wallClock().withCloseTimeout(ms(50));
    }

    private static Object blockOn(CountDownLatch release) {
        while (release.getCount() > 0) {
            try {
                assertTrue(release.await(20, TimeUnit.SECONDS), "nobody came");
            } catch (InterruptedException e) {
                // that is the point
            }
        }
        return "released";
    }

    /** What the call throws on another thread, before it is released. */
    private static Throwable failureOf(CountDownLatch release, Callable<?> call) throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread caller = Thread.ofPlatform().daemon().start(() -> {
            try {
                failure.completeExceptionally(new AssertionError("it returned " + call.call()));
            } catch (Throwable thrown) {
                failure.complete(thrown);
            }
        });
        try {
            return failure.get(10, TimeUnit.SECONDS);
        } finally {
            release.countDown();
            join(caller);
        }
    }

    private void assertReportWithStack(String name) {
        List<Throwable> reports = time.reports();
        assertEquals(1, reports.size(), reports.toString());
        String report = reports.getFirst().getMessage();
        assertTrue(report.contains(name) && report.contains("did not end within PT0.05S"), report);
        List<StackTraceElement> stack = List.of(reports.getFirst().getStackTrace());
        assertTrue(stack.stream().anyMatch(frame -> frame.getMethodName().equals("blockOn")), stack.toString());
    }

    // ------------------------------------------------------------------------------------------------------ interrupt

    @Nested
    class InterruptedFromOutside {
        @Test
        @DisplayName("J-09 an interrupt of the calling thread cancels the body, and the status is set again")
        void interruptOfTheCallingThreadCancelsTheBody() throws InterruptedException {
            CountDownLatch running = new CountDownLatch(1);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            AtomicReference<Boolean> status = new AtomicReference<>();
            Thread caller = Thread.ofPlatform().start(() -> {
                thrown.set(assertThrows(
                        CancellationException.class,
                        () -> Coroutines.run(time.wallClock(), () -> waitForEver(running))));
                status.set(Thread.currentThread().isInterrupted());
            });
            pass(running);
            caller.interrupt();
            join(caller);
            assertEquals(
                    "the thread that waits for it was interrupted", thrown.get().getMessage());
            assertTrue(status.get());
            assertEquals(List.of("unwound"), log);
        }

        private Object waitForEver(CountDownLatch running) {
            EventLoop.current().execute(running::countDown);
            try {
                return await(new Deferred<>());
            } finally {
                moment();
                log.add("unwound");
            }
        }

        @Test
        void bodyMaySwallowTheInterruptAndReturn() {
            Thread.currentThread().interrupt();
            Deferred<String> never = new Deferred<>();
            assertEquals("swallowed", Coroutines.run(time.wallClock(), () -> {
                assertThrows(CancellationException.class, () -> await(never));
                return "swallowed";
            }));
            assertTrue(Thread.interrupted());
        }
    }

    // ------------------------------------------------------------------------------------------------------- no way
    // out

    @Nested
    class Stuck {
        @Test
        @DisplayName(
                "L-19 under virtual time a loop that can never go on unwinds its coroutines and says what they await")
        void loopThatCanNeverGoOnUnwindsItsCoroutinesAndSaysWhatTheyAwait() {
            IllegalStateException e = assertThrows(
                    IllegalStateException.class,
                    () -> time.run(() -> {
                        Deferred<String> answer = new Deferred<>() {
                            @Override
                            public String toString() {
                                return "the answer that never comes";
                            }
                        };
                        Coroutine<String> asker = spawn("asker", () -> askInVain(answer));
                        await(asker);
                        return null;
                    }));
            String message = e.getMessage();
            assertTrue(message.contains("asker") && message.contains("the answer that never comes"), message);
            assertTrue(message.contains("main") && message.contains("askInVain"), message);
            assertEquals(List.of("finally", "finally goes on"), log);
        }

        private String askInVain(Deferred<String> answer) {
            try {
                return await(answer);
            } finally {
                log.add("finally");
                sleep(ms(20));
                log.add("finally goes on");
            }
        }

        @Test
        void anIdleLoopOnTheWallClockJustWaits() {
            Deferred<String> answer = new Deferred<>();
            String value = Coroutines.run(time.wallClock(), () -> {
                Thread.ofVirtual().start(() -> answer.complete("from outside"));
                return await(answer);
            });
            assertEquals("from outside", value);
        }
    }

    // ------------------------------------------------------------------------------------------------ keeping the JVM

    /** Run in a JVM of its own. */
    static final class Program {
        public static void main(String[] args) {
            Coroutines.run(() -> {
                sleep(ms(200));
                System.out.println("the end of " + Coroutines.current().name());
            });
        }
    }

    @Test
    @DisplayName("J-09 run keeps the JVM alive, though its threads are virtual")
    void runKeepsTheJvmAlive() throws Exception {
        Process java = new ProcessBuilder(
                        new File(System.getProperty("java.home"), "bin/java").getPath(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(java.waitFor(20, TimeUnit.SECONDS));
            assertEquals("the end of main", output.strip());
            assertEquals(0, java.exitValue());
        } finally {
            java.destroyForcibly();
        }
    }

    // ----------------------------------------------------------------------------------------------------- after the
    // end

    @Test
    @DisplayName("F-05 a failure that the body left unretrieved is reported when run closes its loop")
    void failureThatTheBodyLeftIsReported() {
        IOException failure = new IOException("nobody asks");
        time.run(() -> {
            spawn(() -> {
                throw failure;
            });
            assertEquals(List.of(), time.reports());
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("J-11 a foreign join of one that refuses to end does not hang")
    void foreignJoinOfOneThatRefusesToEndDoesNotHang() throws Exception {
        EventLoop loop = EventLoop.open(time.wallClock().withCloseTimeout(ms(100)));
        CountDownLatch suspended = new CountDownLatch(1);
        Coroutine<?> stubborn = spawn(loop, "stubborn", () -> {
            EventLoop.current().execute(suspended::countDown);
            while (true) {
                try {
                    await(new Deferred<>());
                } catch (CancellationException e) {
                    // no
                }
            }
        });
        pass(suspended);
        AtomicReference<Throwable> joined = new AtomicReference<>();
        Thread joiner = Thread.ofPlatform().start(() -> joined.set(assertThrows(Throwable.class, stubborn::join)));
        loop.close();
        join(joiner);
        assertInstanceOf(CancellationException.class, joined.get());
        assertFalse(joined.get() instanceof CompletionException);
        List<Throwable> reports = time.reports();
        assertEquals(1, reports.size(), reports.toString());
        assertTrue(reports.getFirst().getMessage().contains("stubborn"), reports.toString());
    }

    @Test
    @DisplayName("J-11 a body that outlives the forced close of its loop leaves nothing on what it would await")
    void bodyThatOutlivesItsLoopLeavesNothingOnWhatItWouldAwait() {
        EventLoop loop = EventLoop.open(time.wallClock().withCloseTimeout(ms(100)));
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        spawn(loop, "late", () -> {
            blocked.countDown();
            pass(closed);
            refused.complete(assertThrows(Throwable.class, () -> await(stage)));
        });
        pass(blocked);
        loop.close();
        closed.countDown();
        Throwable refusal = refused.orTimeout(10, TimeUnit.SECONDS).join();
        assertInstanceOf(IllegalStateException.class, refusal);
        assertTrue(refusal.getMessage().contains("is closed"), refusal.getMessage());
        assertEquals(0, stage.getNumberOfDependents());
        assertEquals(1, time.reports().size(), "that it did not end");
    }

    @Test
    @DisplayName("J-11 close runs finally blocks with awaits, of all that live, in one loop")
    void closeRunsFinallyBlocksWithAwaits() {
        EventLoop loop = EventLoop.create(time.options());
        List<Coroutine<?>> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            all.add(spawn(loop, () -> {
                try {
                    await(new Deferred<>());
                } finally {
                    sleep(ms(10 * (3 - number)));
                    log.add(time.when("clean " + number));
                }
            }));
        }
        loop.runOnce();
        loop.close();
        assertEquals(List.of("10 clean 2", "20 clean 1", "30 clean 0"), log);
        assertTrue(all.stream().allMatch(Coroutine::isCancelled));
        loop.close();
    }

    @Test
    @DisplayName("J-11 a coroutine that closes its own loop goes on to its next await")
    void coroutineThatClosesItsOwnLoopGoesOnToItsNextAwait() {
        EventLoop loop = EventLoop.open(time.wallClock());
        Coroutine<?> closer = spawn(loop, () -> {
            EventLoop.current().close();
            log.add("closing " + EventLoop.current().isClosing());
            try {
                await(new Deferred<>());
            } catch (CancellationException e) {
                log.add(e.getMessage());
                throw e;
            }
        });
        assertThrows(CancellationException.class, () -> closer.get(10, TimeUnit.SECONDS));
        loop.close();
        assertEquals(List.of("closing true", "its loop is closed"), log);
    }

    @Test
    @DisplayName("J-11 a child that a coroutine starts while the loop closes is unwound as well")
    void childStartedWhileTheLoopClosesIsUnwoundAsWell() {
        EventLoop loop = EventLoop.create(time.options());
        Coroutine<?> parent = spawn(loop, () -> {
            try {
                await(new Deferred<>());
            } finally {
                Coroutine<Integer> helper = spawn(() -> {
                    sleep(ms(5));
                    return 5;
                });
                log.add(time.when("helper " + await(helper)));
            }
        });
        loop.runOnce();
        loop.close();
        assertEquals(List.of("5 helper 5"), log);
        assertTrue(parent.isCancelled());
    }
}
