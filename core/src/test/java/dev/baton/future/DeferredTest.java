package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import dev.baton.loop.Waiter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DeferredTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static Throwable failure(CompletableFuture<?> future) {
        return VirtualTime.failure(future);
    }

    // ------------------------------------------------------------------------------------------------- completing

    @Test
    @DisplayName("F-03, W-29 the first completion counts; a second returns false, never throws, changes nothing")
    void firstCompletionCounts() {
        IOException failure = new IOException();
        Deferred<String> good = new Deferred<>();
        assertTrue(good.complete("first"));
        assertFalse(good.complete("second"));
        assertFalse(good.completeExceptionally(failure));
        assertFalse(good.cancel());
        assertEquals("first", good.resultNow());
        Deferred<String> bad = new Deferred<>();
        assertTrue(bad.completeExceptionally(failure));
        assertFalse(bad.complete("late"));
        assertFalse(bad.completeExceptionally(new IOException()));
        assertFalse(bad.cancel("late"));
        assertSame(failure, bad.exceptionNow());
        assertThrows(NullPointerException.class, () -> new Deferred<>().completeExceptionally(null));
    }

    @Test
    @DisplayName("F-01, C-03 dependents run in the completion, on its thread; awaiters and whenDone one hop later")
    void dependentsRunInTheCompletionAwaitersOneHopLater() {
        time.run(() -> {
            Deferred<String> deferred = new Deferred<>();
            Thread own = Thread.currentThread();
            EventLoop.current().whenDone(deferred, (value, none) -> log.add(at("whenDone")));
            spawn(() -> log.add(at("awaiter " + await(deferred))));
            deferred.thenAccept(value -> {
                assertSame(own, Thread.currentThread());
                log.add(at("dependent"));
            });
            log.add(at("completing"));
            deferred.complete("v");
            log.add(at("completed"));
            deferred.thenAccept(value -> log.add(at("at once")));
            moment();
        });
        assertEquals(
                List.of("0 completing", "0 dependent", "0 completed", "0 at once", "1 whenDone", "1 awaiter v"), log);
    }

    @Test
    @DisplayName("F-05 a waiter that throws loses none behind it: the future is done, and the failure is reported once")
    void waiterThatThrowsLosesNoneBehindIt() {
        List<CompletableFuture<String>> futures = List.of(new Deferred<>(), new CompletableFuture<>());
        for (CompletableFuture<String> future : futures) {
            IllegalStateException failure = new IllegalStateException("thrown by a waiter");
            time.run(() -> {
                EventLoop.current().subscribe(future, new Throwing(failure));
                spawn(() -> log.add(at("awaiter " + await(future))));
                Deferred<List<String>> gathered = Futures.gather(future);
                spawn(() -> log.add(at("gathered " + await(gathered))));
                assertTrue(future.complete("v"));
                EventLoop.current().subscribe(future, new Throwing(failure)); // done already
                moment();
            });
            log.sort(null); // a plain future tells its dependents last in, first out
            assertEquals(List.of("1 awaiter v", "1 gathered [v]"), log);
            assertEquals(List.of(failure, failure), time.reports());
            log.clear();
        }
    }

    @Test
    @DisplayName("F-05, W-30 so does one that throws in the middle of nested completions")
    void waiterThatThrowsInTheMiddleOfNestedCompletions() {
        IllegalStateException failure = new IllegalStateException("thrown by a waiter");
        time.run(() -> {
            Deferred<String> first = new Deferred<>();
            List<Deferred<String>> chain = new ArrayList<>(List.of(first));
            for (int i = 0; i < 200; i++) { // deeper than nested calls go
                chain.get(i).subscribe(new Throwing(failure));
                Deferred<String> next = new Deferred<>();
                chain.get(i).subscribe(new Waiter<>() {
                    @Override
                    public void accept(String value, Throwable ignored) {
                        next.complete(value);
                    }
                });
                chain.add(next);
            }
            assertTrue(first.complete("v"));
            assertTrue(chain.stream().allMatch(each -> "v".equals(each.getNow(null))));
        });
        Set<Throwable> reports = Set.copyOf(time.reports());
        assertEquals(Set.of(failure), reports);
    }

    private static final class Throwing extends Waiter<String> {
        private final RuntimeException failure;

        Throwing(RuntimeException failure) {
            this.failure = failure;
        }

        @Override
        public void accept(String value, Throwable ignored) {
            throw failure;
        }
    }

    @Test
    @DisplayName("F-01, W-30 awaiters, whenDone and combinators are told in one order of asking")
    void waitersAreToldInOneOrderOfAsking() {
        time.run(() -> {
            Deferred<String> deferred = new Deferred<>();
            EventLoop loop = EventLoop.current();
            spawn(() -> log.add("await 1 " + await(deferred)));
            loop.whenDone(deferred, (value, none) -> log.add("whenDone 2"));
            spawn(() -> log.add("multi 3 " + await(Futures.multi(List.of(deferred)))));
            spawn(() -> log.add("gather 4 " + await(Futures.gather(deferred))));
            loop.whenDone(deferred, (value, none) -> log.add("whenDone 5"));
            spawn(() -> log.add("await 6 " + await(deferred)));
            deferred.complete("v");
            moment();
        });
        assertEquals(List.of("await 1 v", "whenDone 2", "multi 3 [v]", "gather 4 [v]", "whenDone 5", "await 6 v"), log);
    }

    @Test
    @DisplayName("F-01 a waiter that is told by one that completes another future: both orders hold")
    void completionInsideACompletion() {
        time.run(() -> {
            Deferred<String> first = new Deferred<>();
            Deferred<String> second = new Deferred<>();
            first.thenAccept(second::complete);
            spawn(() -> log.add("1 " + await(second)));
            spawn(() -> log.add("2 " + await(first)));
            spawn(() -> log.add("3 " + await(second)));
            first.complete("v");
            assertTrue(second.isDone());
            moment();
        });
        assertEquals(List.of("1 v", "3 v", "2 v"), log);
    }

    @Test
    @DisplayName("W-30 100,000 waiters of one future need no stack")
    void longListOfWaitersNeedsNoStack() {
        Deferred<Integer> first = new Deferred<>();
        AtomicInteger told = new AtomicInteger();
        List<Deferred<List<Integer>>> all = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            Deferred<List<Integer>> one = Futures.multi(List.of(first));
            one.thenRun(told::incrementAndGet);
            all.add(one);
        }
        first.complete(1);
        assertEquals(100_000, told.get());
        assertTrue(all.stream().allMatch(Deferred::isDone));
    }

    @Test
    @DisplayName("F-08 each way of completing tells the waiters")
    void eachWayOfCompletingTellsTheWaiters() {
        List<Consumer<Deferred<String>>> ways = List.of(
                deferred -> deferred.complete("v"),
                deferred -> deferred.completeAsync(() -> "v"),
                deferred -> deferred.completeAsync(() -> "v", Runnable::run),
                deferred -> deferred.completeOnTimeout("v", 1, TimeUnit.MILLISECONDS),
                deferred -> deferred.obtrudeValue("v"));
        Coroutines.run(time.wallClock(), () -> {
            for (Consumer<Deferred<String>> way : ways) {
                Deferred<String> deferred = new Deferred<>();
                Coroutine<String> waiter = spawn(() -> await(deferred));
                Deferred<List<String>> multi = Futures.multi(List.of(deferred));
                way.accept(deferred);
                assertEquals("v", await(waiter));
                assertEquals(List.of("v"), await(multi));
            }
            return null;
        });
    }

    @Test
    @DisplayName("F-08 each way of failing tells the waiters")
    void eachWayOfFailingTellsTheWaiters() {
        IOException failure = new IOException();
        IllegalStateException unchecked = new IllegalStateException();
        List<Consumer<Deferred<String>>> ways = List.of(
                deferred -> deferred.completeExceptionally(failure),
                deferred -> deferred.obtrudeException(failure),
                deferred -> deferred.completeAsync(() -> {
                    throw unchecked;
                }),
                deferred -> deferred.orTimeout(1, TimeUnit.MILLISECONDS),
                deferred -> deferred.cancel(true));
        List<Class<? extends Throwable>> expected = List.of(
                IOException.class,
                IOException.class,
                IllegalStateException.class,
                TimeoutException.class,
                CancellationException.class);
        Coroutines.run(time.wallClock(), () -> {
            for (int i = 0; i < ways.size(); i++) {
                Deferred<String> deferred = new Deferred<>();
                Coroutine<String> waiter = spawn(() -> await(deferred));
                ways.get(i).accept(deferred);
                assertThrows(expected.get(i), () -> await(waiter));
            }
            return null;
        });
    }

    @Test
    void whoAsksAfterAnObtrusionGetsTheNewValue() {
        time.run(() -> {
            Deferred<String> deferred = new Deferred<>();
            Coroutine<String> before = spawn(() -> await(deferred));
            deferred.complete("old");
            assertEquals("old", await(before));
            deferred.obtrudeValue("new");
            assertEquals("new", await(deferred));
        });
    }

    @Test
    @DisplayName("F-01 a race of foreign completers and askers: everybody is told once")
    void raceOfCompletersAndAskers() {
        Coroutines.run(time.wallClock(), () -> {
            for (int round = 0; round < 500; round++) {
                Deferred<Integer> deferred = new Deferred<>();
                Thread completer = Thread.ofVirtual().start(() -> deferred.complete(7));
                AtomicInteger told = new AtomicInteger();
                for (int i = 0; i < 3; i++) {
                    EventLoop.current().whenDone(deferred, (value, none) -> told.addAndGet(value));
                }
                assertEquals(7, await(deferred));
                assertEquals(List.of(7, 7), await(Futures.gather(deferred, deferred)));
                join(completer); // it may be about to tell them
                moment(); // what comes through the inbox now runs behind this coroutine,
                moment(); // so it has run after two
                assertEquals(21, told.get());
            }
            return null;
        });
    }

    // --------------------------------------------------------------------------------------------------- cancelling

    @Nested
    class Cancelling {
        @Test
        @DisplayName("W-25, C-05 cancel without a canceller fails it with a CancellationException (test_noCanceller)")
        void cancelWithoutACanceller() {
            Deferred<String> deferred = new Deferred<>();
            assertTrue(deferred.cancel());
            assertTrue(deferred.isCancelled());
            assertFalse(deferred.cancel(), "again");
            assertFalse(deferred.complete("late"), "a late completion returns false");
            assertFalse(deferred.completeExceptionally(new IOException("late")));
            assertThrows(CancellationException.class, deferred::join);
        }

        @Test
        @DisplayName("W-26 the canceller gets the future, before it is done, once (test_cancellerArg,"
                + " test_cancellerMultipleCancel)")
        void cancellerGetsTheFutureBeforeItIsDoneOnce() {
            List<Object> seen = new ArrayList<>();
            Deferred<String> deferred = new Deferred<>(self -> {
                seen.add(self);
                seen.add(self.isDone());
            });
            assertTrue(deferred.cancel("why"));
            assertFalse(deferred.cancel());
            assertEquals(List.of(deferred, false), seen);
            assertTrue(deferred.isCancelled());
            assertEquals("why", failure(deferred).getMessage());
        }

        @Test
        @DisplayName("W-26 the canceller may give it a value, or another failure (test_cancellerThatCallbacks,"
                + " test_cancellerThatErrbacks)")
        void cancellerMayCompleteIt() {
            Deferred<String> value = new Deferred<>(self -> self.complete("value"));
            assertTrue(value.cancel());
            assertFalse(value.isCancelled());
            assertEquals("value", value.resultNow());
            IOException failure = new IOException();
            Deferred<String> failed = new Deferred<>(self -> self.completeExceptionally(failure));
            assertTrue(failed.cancel());
            assertFalse(failed.isCancelled());
            assertSame(failure, failed.exceptionNow());
        }

        @Test
        @DisplayName("W-26 what the canceller throws is the failure")
        void whatTheCancellerThrowsIsTheFailure() {
            IllegalStateException failure = new IllegalStateException("broken canceller");
            Deferred<String> deferred = new Deferred<>(self -> {
                throw failure;
            });
            assertTrue(deferred.cancel());
            assertSame(failure, deferred.exceptionNow());
        }

        @Test
        @DisplayName("W-26 a canceller that cancels again does not run again")
        void cancellerThatCancelsAgain() {
            AtomicInteger calls = new AtomicInteger();
            Deferred<String> deferred = new Deferred<>(self -> {
                calls.incrementAndGet();
                self.cancel("inner");
            });
            assertTrue(deferred.cancel("outer"));
            assertEquals(1, calls.get());
            assertTrue(deferred.isCancelled());
            assertEquals("inner", failure(deferred).getMessage());
        }

        @Test
        @DisplayName("W-26 cancel after completion is false, and no canceller runs (test_cancelAfterCallback,"
                + " test_cancelAfterErrback)")
        void cancelAfterCompletion() {
            AtomicInteger calls = new AtomicInteger();
            Deferred<String> good = new Deferred<>(self -> calls.incrementAndGet());
            good.complete("v");
            Deferred<String> bad = new Deferred<>(self -> calls.incrementAndGet());
            bad.completeExceptionally(new IOException());
            bad.ignoreFailure();
            assertFalse(good.cancel());
            assertFalse(bad.cancel(true));
            assertEquals(0, calls.get());
            assertEquals("v", good.resultNow());
        }

        @Test
        void everyFormOfCancelRunsTheCanceller() {
            for (boolean mayInterrupt : List.of(true, false)) {
                AtomicInteger calls = new AtomicInteger();
                Deferred<String> deferred = new Deferred<>(self -> calls.incrementAndGet());
                assertTrue(deferred.cancel(mayInterrupt));
                assertEquals(1, calls.get());
                assertTrue(deferred.isCancelled());
            }
        }

        @Test
        @DisplayName("W-26 of many threads that cancel, the canceller runs once")
        void ofManyThreadsThatCancelTheCancellerRunsOnce() {
            for (int round = 0; round < 200; round++) {
                AtomicInteger calls = new AtomicInteger();
                Deferred<String> deferred = new Deferred<>(self -> calls.incrementAndGet());
                List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    threads.add(Thread.ofVirtual().start(() -> deferred.cancel()));
                }
                threads.forEach(VirtualTime::join);
                assertEquals(1, calls.get());
                assertTrue(deferred.isCancelled());
            }
        }

        @Test
        @DisplayName("W-25 those who wait hear of the cancel with its message")
        void thoseWhoWaitHearOfTheCancel() {
            time.run(() -> {
                Deferred<String> deferred = new Deferred<>();
                Coroutine<?> waiter = spawn(() -> {
                    CancellationException e = assertThrows(CancellationException.class, () -> await(deferred));
                    log.add(at(e.getMessage()));
                });
                deferred.cancel("over");
                await(waiter);
            });
            assertEquals(List.of("1 over"), log);
        }

        @Test
        void nullCancellerIsRefused() {
            assertThrows(NullPointerException.class, () -> new Deferred<>((Consumer<Deferred<String>>) null));
        }
    }

    @Test
    @DisplayName("W-25 of a cancel and a completion by another thread one has an effect, and only that one says so")
    void ofACancelAndACompletionOneHasAnEffect() throws Exception {
        int rounds = 20_000;
        List<String> wrong = new ArrayList<>();
        CyclicBarrier start = new CyclicBarrier(2);
        List<Deferred<String>> futures =
                Stream.generate(() -> new Deferred<String>()).limit(rounds).toList();
        boolean[] completed = new boolean[rounds];
        Thread other = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < rounds; i++) {
                meet(start);
                completed[i] = futures.get(i).complete("value");
            }
        });
        boolean[] cancelled = new boolean[rounds];
        for (int i = 0; i < rounds; i++) {
            meet(start);
            cancelled[i] = futures.get(i).cancel();
        }
        assertTrue(other.join(Duration.ofSeconds(10)));
        for (int i = 0; i < rounds; i++) {
            if (completed[i] == cancelled[i]) {
                wrong.add("round " + i + ": both " + completed[i]);
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
