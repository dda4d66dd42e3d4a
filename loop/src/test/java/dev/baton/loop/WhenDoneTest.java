package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.io.IOException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callbacks on the loop for stages, and their order. */
@Timeout(30)
class WhenDoneTest {
    private final VirtualClock clock = new VirtualClock();
    private final List<Throwable> failures = new ArrayList<>();
    private final EventLoop loop =
            EventLoop.create(LoopOptions.defaults().withClock(clock).withExceptionHandler(failures::add));
    private final List<String> log = new ArrayList<>();
    private final CompletableFuture<String> stage = new Ordered<>();
    private WeakReference<Object> reference; // reachable, or it would not be enqueued

    @AfterEach
    void nothingFailedThatNobodyExpected() {
        loop.close();
        assertEquals(List.of(), failures);
    }

    // -------------------------------------------------------------------------------------------------------- one hop

    @Test
    @DisplayName("L-12 a stage that is done already calls back in the next iteration")
    void aDoneStageCallsBackInTheNextIteration() {
        stage.complete("v");
        loop.execute(() -> {
            note("register");
            register("a");
            note("registered");
        });
        loop.execute(() -> note("behind"));

        runWhatThereIs();

        assertEquals(List.of("1 register", "1 registered", "1 behind", "2 a v null"), log);
    }

    @Test
    @DisplayName("L-12 a stage that the loop completes calls back one iteration later, not inside complete")
    void aStageThatTheLoopCompletesCallsBackOneIterationLater() {
        loop.execute(() -> {
            register("a");
            loop.execute(() -> {
                note("complete");
                stage.complete("v");
                note("completed");
            });
        });

        runWhatThereIs();

        assertEquals(List.of("2 complete", "2 completed", "3 a v null"), log);
    }

    @Test
    @DisplayName("L-12 a stage that a timer completes calls back one iteration later")
    void aStageThatATimerCompletesCallsBackOneIterationLater() {
        register("a");
        loop.schedule(Duration.ZERO, () -> {
            note("complete");
            stage.complete("v");
        });
        loop.schedule(Duration.ZERO, () -> note("next timer"));

        runWhatThereIs();

        assertEquals(List.of("1 complete", "1 next timer", "2 a v null"), log);
    }

    @Test
    @DisplayName("L-12 another thread may complete the stage; the callback runs on the loop (test_add_future_threads)")
    void anotherThreadMayCompleteTheStage() throws Exception {
        try (EventLoop open = EventLoop.open(LoopOptions.defaults().withExceptionHandler(failures::add));
                ExecutorService pool = Executors.newFixedThreadPool(1)) {
            CompletableFuture<List<Object>> seen = new CompletableFuture<>();
            open.whenDone(CompletableFuture.supplyAsync(() -> Thread.currentThread(), pool), (thread, failure) -> {
                seen.complete(List.of(thread != Thread.currentThread(), open.isOwner(), EventLoop.current() == open));
            });
            assertEquals(List.of(true, true, true), seen.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    @DisplayName("L-12 a completion by another thread wakes a loop that waits (test_async_future)")
    void aCompletionByAnotherThreadWakesTheLoop() throws Exception {
        try (EventLoop open = EventLoop.open(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            for (int i = 0; i < 1_000; i++) {
                CompletableFuture<Integer> one = new CompletableFuture<>();
                CompletableFuture<Integer> seen = new CompletableFuture<>();
                open.whenDone(one, (value, failure) -> seen.complete(value));
                one.complete(i);
                assertEquals(i, seen.get(10, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    @DisplayName("L-12 any thread may register")
    void anyThreadMayRegister() {
        loop.execute(() -> {
            inAnotherThread(() -> {
                register("pending");
                loop.whenDone(CompletableFuture.completedFuture("w"), (value, failure) -> note("done " + value));
            });
            stage.complete("v");
            note("completed");
        });

        runWhatThereIs();

        assertEquals(List.of("1 completed", "2 pending v null", "2 done w"), log);
    }

    @Test
    @DisplayName("L-12 the callback is called once, and may register another")
    void theCallbackIsCalledOnceAndMayRegisterAnother() {
        loop.execute(() -> {
            register("a");
            loop.whenDone(stage, (value, failure) -> {
                note("b");
                register("c");
            });
            stage.complete("v");
        });

        runWhatThereIs();

        assertEquals(List.of("2 a v null", "2 b", "3 c v null"), log);
    }

    // -------------------------------------------------------------------------------------------------------- outcome

    @Test
    void aFailureIsHandedOverAsItIs() {
        IOException failure = new IOException("raw");
        AtomicReference<Throwable> direct = new AtomicReference<>();
        AtomicReference<Throwable> dependent = new AtomicReference<>();
        AtomicReference<Throwable> nested = new AtomicReference<>();
        AtomicReference<Throwable> hollow = new AtomicReference<>();
        CompletionException withoutCause = new CompletionException("hollow", null);
        loop.whenDone(stage, (value, e) -> direct.set(e));
        loop.whenDone(stage.thenApply(String::length), (value, e) -> dependent.set(e));
        loop.whenDone(
                CompletableFuture.failedFuture(new ExecutionException(new CompletionException(failure))),
                (value, e) -> nested.set(e));
        loop.whenDone(CompletableFuture.failedFuture(withoutCause), (value, e) -> hollow.set(e));
        stage.completeExceptionally(failure);

        runWhatThereIs();

        assertSame(failure, direct.get());
        assertSame(failure, dependent.get());
        assertSame(failure, nested.get());
        assertSame(withoutCause, hollow.get());
    }

    @Test
    void aFailureComesWithoutAValueAndAValueWithoutAFailure() {
        register("null value");
        CompletableFuture<String> failing = new CompletableFuture<>();
        loop.whenDone(failing, (value, failure) -> note("failed " + value + " " + failure.getMessage()));
        CompletableFuture<String> cancelled = new CompletableFuture<>();
        loop.whenDone(cancelled, (value, failure) -> note("cancelled " + (failure instanceof CancellationException)));
        loop.whenDone(
                cancelled.thenApply(String::length),
                (value, failure) -> note("dependent " + (failure instanceof CancellationException)));
        stage.complete(null);
        failing.completeExceptionally(new RuntimeException("it"));
        cancelled.cancel(true);

        runWhatThereIs();

        assertEquals(
                List.of(
                        "1 null value null null",
                        "1 failed null it",
                        // a CompletableFuture of two dependents tells the later one first
                        "1 dependent true",
                        "1 cancelled true"),
                log);
    }

    @Test
    @DisplayName("L-09, L-12 a callback that fails is reported, and the others run")
    void aCallbackThatFailsIsReported() {
        RuntimeException failure = new RuntimeException("of the callback");
        loop.execute(() -> {
            register("a");
            loop.whenDone(stage, (value, e) -> {
                throw failure;
            });
            register("c");
            stage.complete("v");
        });

        runWhatThereIs();

        assertEquals(List.of("2 a v null", "2 c v null"), log);
        assertEquals(List.of(failure), failures);
        failures.clear();
    }

    @Test
    @DisplayName("L-12 null is refused at the call")
    void nullIsRefused() {
        assertThrows(NullPointerException.class, () -> loop.whenDone(null, (value, failure) -> note("never")));
        assertThrows(NullPointerException.class, () -> loop.whenDone(stage, null));
        stage.complete("v");
        runWhatThereIs();
        assertEquals(List.of(), log);
    }

    @Test
    void aLoopThatIsClosedMeanwhileDoesNotCall() {
        register("a");
        loop.close();

        stage.complete("v");
        register("b");

        assertEquals(List.of(), log);
        assertEquals(0, loop.statistics().inbox());
    }

    // ---------------------------------------------------------------------------------------------------------- order

    @Test
    @DisplayName(
            "L-12 registrations that the loop makes on one future, completed on the loop, are called in their order")
    void inTheOrderOfRegistrationWhenTheLoopCompletes() {
        loop.execute(() -> Stream.of("a", "b", "c", "d").forEach(this::register));
        assertTrue(loop.runOnce());
        loop.execute(() -> {
            loop.execute(() -> note("before"));
            stage.complete("v");
            loop.execute(() -> note("after"));
        });

        runWhatThereIs();

        assertEquals(List.of("3 before", "3 a v null", "3 b v null", "3 c v null", "3 d v null", "3 after"), log);
    }

    @Test
    @DisplayName(
            "L-12 registrations that the loop makes on one future, completed by another thread, are called in their"
                    + " order")
    void inTheOrderOfRegistrationWhenAnotherThreadCompletes() {
        loop.execute(() -> {
            Stream.of("a", "b", "c", "d").forEach(this::register);
            loop.execute(() -> note("own"));
            inAnotherThread(() -> {
                loop.execute(() -> note("before"));
                stage.complete("v");
                loop.execute(() -> note("after"));
            });
        });

        runWhatThereIs();

        assertEquals(
                List.of("2 own", "2 before", "2 a v null", "2 b v null", "2 c v null", "2 d v null", "2 after"), log);
    }

    @Test
    @DisplayName("L-12 the order is kept as well if the loop runs while another thread completes the future")
    void inTheOrderOfRegistrationWhileTheLoopRuns() throws InterruptedException {
        int disordered = 0;
        List<Integer> example = List.of();
        try (EventLoop open = EventLoop.open(LoopOptions.defaults().withExceptionHandler(failures::add))) {
            for (int round = 0; round < 2_000; round++) {
                CompletableFuture<String> one = new Ordered<>();
                List<Integer> seen = new ArrayList<>();
                CountDownLatch registered = new CountDownLatch(1);
                CountDownLatch all = new CountDownLatch(4);
                open.execute(() -> {
                    for (int i = 0; i < 4; i++) {
                        int number = i;
                        open.whenDone(one, (value, failure) -> {
                            seen.add(number);
                            all.countDown();
                        });
                    }
                    registered.countDown();
                });
                assertTrue(registered.await(10, TimeUnit.SECONDS), "round " + round);
                one.complete("v");
                assertTrue(all.await(10, TimeUnit.SECONDS), "round " + round);
                if (!seen.equals(List.of(0, 1, 2, 3))) {
                    disordered++;
                    example = seen;
                }
            }
        }
        assertEquals(0, disordered, "so many of 2,000 rounds were out of order, the last one like this: " + example);
    }

    @Test
    @DisplayName("L-12 several registrations on one future that is done already are called in their order")
    void inTheOrderOfRegistrationWhenItIsDoneAlready() {
        stage.complete("v");
        loop.execute(() -> Stream.of("a", "b", "c").forEach(this::register));

        runWhatThereIs();

        assertEquals(List.of("2 a v null", "2 b v null", "2 c v null"), log);
    }

    @Test
    @DisplayName("L-12 registrations of another thread on a future that is done already are called in their order")
    void inTheOrderOfRegistrationWhenItIsDoneAlreadyAndAnotherThreadRegisters() {
        stage.complete("v");
        Stream.of("a", "b", "c").forEach(this::register); // this thread does not hold the baton

        runWhatThereIs();

        assertEquals(List.of("1 a v null", "1 b v null", "1 c v null"), log);
    }

    @Test
    @DisplayName("L-12 who registers right after the completion is called behind those who registered before it")
    void whoRegistersRightAfterTheCompletionComesLast() {
        loop.execute(() -> {
            register("a");
            register("b");
            stage.complete("v");
            register("c");
            register("d");
        });

        runWhatThereIs();

        assertEquals(List.of("2 a v null", "2 b v null", "2 c v null", "2 d v null"), log);
    }

    @Test
    @DisplayName("L-12 very many registrations")
    void veryManyRegistrations() {
        loop.execute(() -> {
            IntStream.range(0, 10_000).forEach(i -> register("" + i));
            stage.complete("v");
        });

        runWhatThereIs();

        assertEquals(
                IntStream.range(0, 10_000).mapToObj(i -> "2 " + i + " v null").toList(), log);
    }

    @Test
    @DisplayName("L-12 two futures, completed one after the other, keep to themselves")
    void twoFuturesKeepToThemselves() {
        CompletableFuture<String> second = new Ordered<>();
        loop.execute(() -> {
            for (int i = 0; i < 3; i++) {
                int number = i;
                register("a" + i);
                loop.whenDone(second, (value, failure) -> note("b" + number + " " + value));
            }
            second.complete("w");
            stage.complete("v");
        });

        runWhatThereIs();

        assertEquals(List.of("2 b0 w", "2 b1 w", "2 b2 w", "2 a0 v null", "2 a1 v null", "2 a2 v null"), log);
    }

    @Test
    @DisplayName("L-02, L-12 a group does not jump into the running iteration")
    void aGroupDoesNotJumpIntoTheRunningIteration() {
        loop.execute(() -> {
            register("a");
            register("b");
            register("c");
            note("complete");
            stage.complete("v");
        });
        loop.execute(() -> note("second"));
        loop.execute(() -> note("third"));

        runWhatThereIs();

        assertEquals(List.of("1 complete", "1 second", "1 third", "2 a v null", "2 b v null", "2 c v null"), log);
    }

    @Test
    @DisplayName("L-02, L-12 a group that is made by the last callback of an iteration is whole as well")
    void aGroupMadeByTheLastCallback() {
        loop.execute(() -> note("first"));
        loop.execute(() -> {
            register("a");
            register("b");
            note("complete");
            stage.complete("v");
        });
        loop.schedule(Duration.ZERO, () -> {
            note("timer");
            loop.execute(() -> note("timer's"));
        });

        runWhatThereIs();

        assertEquals(List.of("1 first", "1 complete", "1 timer", "2 a v null", "2 b v null", "2 timer's"), log);
    }

    @Test
    @DisplayName("L-02, L-12 who registers on the same future while its group runs is called an iteration later")
    void whoRegistersWhileTheGroupRunsIsCalledLater() {
        loop.execute(() -> {
            loop.whenDone(stage, (value, failure) -> {
                note("a");
                register("late 1");
            });
            loop.whenDone(stage, (value, failure) -> {
                note("b");
                register("late 2");
            });
            register("c");
            stage.complete("v");
        });

        runWhatThereIs();

        assertEquals(List.of("2 a", "2 b", "2 c v null", "3 late 1 v null", "3 late 2 v null"), log);
    }

    @Test
    @DisplayName("L-12 a stage that keeps an order of its own is taken at its word")
    void aStageThatKeepsAnOrderOfItsOwn() {
        Ordered<String> ordered = new Ordered<>();
        Stream.of("a", "b", "c").forEach(name -> loop.whenDone(ordered, (value, failure) -> note(name + " " + value)));
        loop.execute(() -> ordered.complete("v"));

        runWhatThereIs();

        assertEquals(List.of("2 a v", "2 b v", "2 c v"), log);
    }

    @Test
    @DisplayName("L-12 a plain CompletableFuture tells its dependents last in, first out, and callbacks follow it")
    void aPlainFutureHasTheOppositeOrder() {
        CompletableFuture<String> plain = new CompletableFuture<>();
        Stream.of("a", "b", "c").forEach(name -> loop.whenDone(plain, (value, failure) -> note(name + " " + value)));
        loop.execute(() -> plain.complete("v"));

        runWhatThereIs();

        assertEquals(List.of("2 c v", "2 b v", "2 a v"), log);
    }

    @Test
    @DisplayName("T-08 those subscribed with the baton are told in one order, also by a plain CompletableFuture")
    void subscribersOfAPlainFutureKeepTheirOrder() {
        CompletableFuture<String> plain = new CompletableFuture<>();
        loop.execute(() -> {
            for (String name : List.of("a", "b", "c")) {
                loop.subscribe(plain, new Waiter<String>() {
                    @Override
                    public void accept(String value, Throwable failure) {
                        loop.execute(() -> {
                            loop.forget(plain);
                            note(name + " " + value);
                        });
                    }
                });
            }
            inAnotherThread(() -> plain.complete("v"));
        });

        runWhatThereIs();

        assertEquals(List.of("2 a v", "2 b v", "2 c v"), log);
    }

    @Test
    void theLoopLetsGoOfAStageThatIsDone() throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        loop.execute(() -> {
            CompletableFuture<String> done = new Ordered<>();
            loop.whenDone(done, (value, failure) -> note("1st " + value));
            loop.whenDone(done, (value, failure) -> note("2nd " + value));
            loop.execute(() -> done.complete("v"));
            reference = new WeakReference<>(done, collected);
        });
        runWhatThereIs();
        assertEquals(List.of("3 1st v", "3 2nd v"), log);

        assertCollected(collected);
    }

    @Test
    void theLoopLetsGoOfAStageThatNobodyCanCompleteAnyMore() throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        loop.execute(() -> {
            CompletableFuture<String> lost = new CompletableFuture<>();
            loop.whenDone(lost, (value, failure) -> note("never"));
            reference = new WeakReference<>(lost, collected);
        });
        runWhatThereIs();

        assertCollected(collected);
    }

    private void assertCollected(ReferenceQueue<Object> collected) throws InterruptedException {
        for (int i = 0; i < 50; i++) {
            System.gc();
            if (collected.remove(100) != null) {
                return;
            }
        }
        throw new AssertionError("it is still reachable: " + reference.get());
    }

    private void register(String label) {
        loop.whenDone((CompletionStage<String>) stage, (value, failure) -> note(label + " " + value + " " + failure));
    }

    private void note(String label) {
        log.add(loop.iteration() + " " + label);
    }

    private void runWhatThereIs() {
        int rounds = 0;
        while (loop.runOnce()) {
            assertTrue(++rounds < 100, "it goes on and on");
        }
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

    /** Tells its waiters in the order of subscription. */
    private static final class Ordered<T> extends CompletableFuture<T> implements Awaitable<T> {
        private final WaitQueue<T> waiters = new WaitQueue<>();

        @Override
        public void subscribe(Waiter<? super T> waiter) {
            if (!waiters.add(waiter)) {
                whenComplete(waiter);
            }
        }

        @Override
        public void unsubscribe(Waiter<?> waiter) {
            waiters.remove(waiter);
        }

        @Override
        public boolean complete(T value) {
            boolean first = super.complete(value);
            waiters.tell(value, null);
            return first;
        }

        @Override
        public boolean completeExceptionally(Throwable failure) {
            boolean first = super.completeExceptionally(failure);
            waiters.tell(null, failure);
            return first;
        }
    }
}
