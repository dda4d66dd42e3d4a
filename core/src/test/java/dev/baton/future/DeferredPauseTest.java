package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.join;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Deferred.pause and unpause. */
class DeferredPauseTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private void note(String label) {
        log.add(at(label));
    }

    @Test
    @DisplayName("W-28 a completion is held until the last unpause; then dependents run, and awaiters a hop later")
    void completionIsHeld() {
        time.run(() -> {
            Deferred<String> deferred = new Deferred<>();
            deferred.thenAccept(value -> note("dependent " + value));
            EventLoop.current().whenDone(deferred, (value, none) -> note("whenDone " + value));
            Coroutine<?> awaiter = spawn(() -> note("awaiter " + await(deferred)));
            deferred.pause();
            deferred.pause();
            assertTrue(deferred.isPaused());
            assertTrue(deferred.complete("v"));
            assertFalse(deferred.complete("second"));
            assertFalse(deferred.completeExceptionally(new IOException()));
            assertFalse(deferred.cancel());
            assertFalse(deferred.isDone());
            assertEquals("absent", deferred.getNow("absent"));
            assertThrows(IllegalStateException.class, deferred::resultNow);
            moment();
            deferred.unpause();
            assertFalse(deferred.isDone());
            note("last");
            deferred.unpause();
            note("unpaused " + deferred.isDone());
            assertFalse(deferred.isPaused());
            assertThrows(IllegalStateException.class, deferred::unpause);
            await(awaiter);
        });
        assertEquals(List.of("1 last", "1 dependent v", "1 unpaused true", "2 whenDone v", "2 awaiter v"), log);
    }

    @Test
    @DisplayName("W-28 a failure is held too, and reaches the awaiter as it is (testPausedFailure)")
    void failureIsHeld() {
        time.run(() -> {
            IOException failure = new IOException();
            Deferred<String> deferred = new Deferred<>();
            Coroutine<?> awaiter = spawn(() -> {
                assertSame(failure, assertThrows(IOException.class, () -> await(deferred)));
                note("failed");
            });
            deferred.pause();
            assertTrue(deferred.completeExceptionally(failure));
            assertFalse(deferred.complete("late"));
            moment();
            assertFalse(awaiter.isDone());
            deferred.unpause();
            await(awaiter);
        });
        assertEquals(List.of("2 failed"), log);
    }

    @Test
    @DisplayName("W-28 unpaused before the completion, nothing was held (testUnpauseBeforeCallback)")
    void unpausedBeforeTheCompletion() {
        Deferred<String> deferred = new Deferred<>();
        deferred.pause();
        deferred.unpause();
        assertFalse(deferred.isDone());
        assertTrue(deferred.complete("v"));
        assertEquals("v", deferred.resultNow());
    }

    @Test
    @DisplayName("W-28 a pause of what is done has no effect, and may be taken back")
    void pauseOfWhatIsDone() {
        Deferred<String> deferred = new Deferred<>();
        deferred.complete("v");
        deferred.pause();
        assertFalse(deferred.isPaused());
        assertTrue(deferred.isDone());
        assertEquals("v", deferred.join());
        deferred.unpause();
        assertThrows(IllegalStateException.class, deferred::unpause);
    }

    @Test
    @DisplayName("W-28 a paused one holds up what is chained to it (test_chainedPausedDeferredWithResult)")
    void pausedInnerHoldsUpTheChain() {
        Deferred<String> paused = new Deferred<>();
        paused.pause();
        paused.complete("v");
        CompletableFuture<String> chained = CompletableFuture.completedFuture(0).thenCompose(any -> paused);
        CompletableFuture<List<String>> multi = Futures.multi(List.of(paused));
        assertFalse(chained.isDone());
        assertFalse(multi.isDone());
        paused.unpause();
        assertEquals("v", chained.join());
        assertEquals(List.of("v"), multi.join());
    }

    @Test
    @DisplayName("W-28 a paused one that waits for another does not hold that up (test_pausedDeferredChained)")
    void pausedOuterDoesNotHoldUpTheInner() {
        Deferred<String> inner = new Deferred<>();
        Deferred<String> outer = new Deferred<>();
        inner.thenAccept(outer::complete);
        inner.thenAccept(value -> log.add("inner " + value));
        outer.thenAccept(value -> log.add("outer " + value));
        outer.pause();
        inner.complete("v");
        assertEquals(List.of("inner v"), log);
        outer.unpause();
        assertEquals(List.of("inner v", "outer v"), log);
    }

    @Test
    @DisplayName("W-28, C-18 a cancel is not held, and runs the canceller; what that makes of it is held")
    void cancelIsNotHeld() {
        Deferred<String> plain = new Deferred<>();
        plain.pause();
        assertTrue(plain.cancel("why"));
        assertTrue(plain.isCancelled());
        plain.unpause();
        AtomicInteger calls = new AtomicInteger();
        Deferred<String> answered = new Deferred<>(self -> {
            calls.incrementAndGet();
            self.complete("answer");
        });
        answered.pause();
        assertTrue(answered.cancel());
        assertFalse(answered.isDone());
        assertFalse(answered.cancel(), "its outcome is held back already");
        assertEquals(1, calls.get());
        answered.unpause();
        assertEquals("answer", answered.resultNow());
    }

    @Test
    @DisplayName("W-28 pause and unpause in a dependent, and in the canceller")
    void reentrant() {
        Deferred<String> deferred = new Deferred<>();
        deferred.thenAccept(value -> {
            deferred.pause();
            log.add("dependent " + deferred.isPaused());
            deferred.unpause();
        });
        deferred.pause();
        deferred.complete("v");
        deferred.unpause();
        Deferred<String> cancelled = new Deferred<>(Deferred::pause);
        assertTrue(cancelled.cancel());
        assertTrue(cancelled.isCancelled());
        cancelled.unpause();
        assertEquals(List.of("dependent false"), log);
    }

    @Test
    @DisplayName("W-28 each way of completing is held, and lets go the same")
    void eachWayOfCompletingIsHeld() {
        Coroutines.run(time.wallClock(), () -> {
            Deferred<String> async = new Deferred<>();
            async.pause();
            async.completeAsync(() -> "v", Runnable::run);
            assertFalse(async.isDone());
            async.unpause();
            assertEquals("v", async.join());
            Deferred<String> late = new Deferred<>();
            late.pause();
            late.completeOnTimeout("v", 1, TimeUnit.MILLISECONDS);
            Deferred<String> failed = new Deferred<>();
            failed.pause();
            failed.orTimeout(1, TimeUnit.MILLISECONDS);
            Coroutines.sleep(ms(20));
            assertFalse(late.isDone());
            assertFalse(failed.isDone());
            late.unpause();
            failed.unpause();
            assertEquals("v", await(late));
            assertThrows(TimeoutException.class, () -> await(failed));
            Deferred<String> forced = new Deferred<>();
            forced.pause();
            forced.complete("held");
            forced.obtrudeValue("forced");
            assertEquals("forced", forced.join());
            forced.unpause();
            assertEquals("forced", forced.join());
            return null;
        });
    }

    @Test
    @DisplayName("W-28 the future of a combinator can be paused, and a timer of one that waits for it goes on")
    void combinators() {
        time.run(() -> {
            Deferred<String> source = new Deferred<>();
            Deferred<List<String>> multi = Futures.multi(List.of(source));
            Deferred<List<String>> gather = Futures.gather(source);
            multi.pause();
            gather.pause();
            Deferred<List<String>> bounded = Futures.withTimeout(ms(10), multi);
            source.complete("v");
            assertFalse(multi.isDone());
            assertFalse(gather.isDone());
            assertThrows(AwaitTimeoutException.class, () -> await(bounded));
            multi.unpause();
            gather.unpause();
            assertEquals(List.of("v"), await(multi));
            assertEquals(List.of("v"), await(gather));
        });
    }

    @Test
    @DisplayName("W-28, F-05 a failure that was held is reported, if nobody asks, after it was let go")
    void heldFailureIsReportedAfterItWasLetGo() {
        IOException failure = new IOException("held");
        time.run(() -> {
            Deferred<String> deferred = new Deferred<>();
            deferred.pause();
            deferred.completeExceptionally(failure);
            moment();
            assertEquals(List.of(), time.reports());
            deferred.unpause();
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("W-28 a join on another thread waits for the unpause")
    void foreignJoinWaits() {
        Deferred<String> deferred = new Deferred<>();
        deferred.pause();
        deferred.complete("v");
        List<String> seen = new ArrayList<>();
        Thread joiner = Thread.ofVirtual().start(() -> seen.add(deferred.join()));
        assertThrows(TimeoutException.class, () -> deferred.get(1, TimeUnit.MILLISECONDS));
        deferred.unpause();
        join(joiner);
        assertEquals(List.of("v"), seen);
    }

    @Test
    @DisplayName("W-28, J-07 threads that pause, unpause, complete and cancel at random: one outcome, told once")
    void threadsThatPauseAndComplete() {
        Coroutines.run(time.wallClock(), () -> {
            for (int round = 0; round < 500; round++) {
                Deferred<Integer> deferred = new Deferred<>();
                AtomicInteger told = new AtomicInteger();
                AtomicInteger accepted = new AtomicInteger();
                deferred.whenComplete((value, failure) -> told.incrementAndGet());
                List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    threads.add(Thread.ofVirtual().start(() -> {
                        for (int k = 0; k < 10; k++) {
                            deferred.pause();
                            deferred.unpause();
                        }
                    }));
                    int number = i;
                    threads.add(Thread.ofVirtual().start(() -> {
                        if (deferred.complete(number)) {
                            accepted.incrementAndGet();
                        }
                    }));
                }
                await(Futures.withTimeout(Duration.ofSeconds(10), deferred));
                Coroutines.blocking(() -> {
                    threads.forEach(VirtualTime::join);
                    return null;
                });
                assertEquals(1, told.get());
                assertEquals(1, accepted.get());
            }
            return null;
        });
    }

    @Test
    @DisplayName("W-28, W-25 cancelled while it is paused and awaited, the awaiter hears of it at once")
    void cancelledWhilePausedAndAwaited() {
        time.run(() -> {
            Deferred<String> deferred = new Deferred<>();
            Coroutine<?> awaiter = spawn(() -> {
                assertThrows(CancellationException.class, () -> await(deferred));
                note("heard");
            });
            deferred.pause();
            awaiter.cancel();
            await(awaiter);
        });
        assertEquals(List.of("1 heard"), log);
    }

    /** A failure, whose completion has begun when another thread does something. */
    private static final class Interleaved extends Deferred<String> {
        private Runnable meanwhile = () -> {};

        @Override
        public int getNumberOfDependents() {
            Runnable once = meanwhile;
            meanwhile = () -> {};
            VirtualTime.join(Thread.ofVirtual().start(once));
            return super.getNumberOfDependents();
        }
    }

    @Test
    void completionThatIsHeldWhileAnotherOneIsUnderWayMakesThatOneTheSecond() {
        Interleaved deferred = new Interleaved();
        List<String> first = new ArrayList<>();
        deferred.meanwhile = () -> {
            deferred.pause();
            if (deferred.complete("held")) {
                first.add("the held one");
            }
        };
        if (deferred.completeExceptionally(new IOException("not heard of"))) {
            first.add("the failure");
        }
        deferred.unpause();
        assertEquals(List.of("the held one"), first);
        assertEquals("held", deferred.join());
    }

    @Test
    void ofTwoCompletionsAndAPauseAtTheSameMomentOneCompletionIsTheFirst() {
        for (int round = 0; round < 2_000; round++) {
            Deferred<Integer> deferred = new Deferred<>();
            AtomicInteger accepted = new AtomicInteger();
            CyclicBarrier start = new CyclicBarrier(3);
            List<Thread> threads = new ArrayList<>();
            for (int number = 0; number < 2; number++) {
                int value = number;
                threads.add(Thread.ofVirtual().start(() -> {
                    pass(start);
                    if (deferred.complete(value)) {
                        accepted.addAndGet(10 + value);
                    }
                }));
            }
            threads.add(Thread.ofVirtual().start(() -> {
                pass(start);
                deferred.pause();
                deferred.unpause();
            }));
            threads.forEach(VirtualTime::join);
            assertTrue(deferred.isDone());
            assertEquals(10 + deferred.resultNow(), accepted.get(), "round " + round);
        }
    }

    private static void pass(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void completionOfAFutureThatWasNeverPausedTakesNoLockThoughAnotherIsPaused() {
        new Deferred<>().pause();
        Deferred<String> other = new Deferred<>();
        assertTrue(other.complete("v"));
        assertFalse(other.hasLock());
        assertFalse(other.complete("again"));
        assertFalse(other.cancel());
        assertFalse(other.hasLock());
    }
}
