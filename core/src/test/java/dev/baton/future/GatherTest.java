package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static dev.baton.VirtualTime.pass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GatherTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static <T> T after(long millis, T value) {
        sleep(ms(millis));
        return value;
    }

    private static <T> Coroutine<T> failing(long millis, Exception failure) {
        return spawn(() -> {
            sleep(ms(millis));
            throw failure;
        });
    }

    @Test
    @DisplayName("A-24 values in the order of the arguments, when the last is done (test_success)")
    void valuesInTheOrderOfTheArguments() {
        time.run(() -> {
            Deferred<List<String>> gather = Futures.gather(
                    spawn(() -> after(30, "a")), spawn(() -> after(10, "b")), Futures.after(ms(20), null));
            sleep(ms(29));
            assertFalse(gather.isDone());
            List<String> values = await(gather);
            assertEquals(Arrays.asList("a", "b", null), values);
            assertEquals(ms(30), time.clock.elapsed());
            values.set(2, "the caller's own");
        });
    }

    @Test
    @DisplayName("A-25 the first failure in time comes at once; the others go on, and are never reported"
            + " (test_one_exception)")
    void firstFailureInTimeComesAtOnce() {
        IllegalStateException first = new IllegalStateException("first in time");
        time.run(() -> {
            Coroutine<Object> slow = spawn(() -> after(30, "slow"));
            Coroutine<Object> late = failing(20, new IOException("first by position"));
            assertSame(
                    first,
                    assertThrows(
                            IllegalStateException.class,
                            () -> await(Futures.gather(List.of(late, failing(10, first), slow)))));
            assertEquals(ms(10), time.clock.elapsed());
            assertFalse(late.isDone() || slow.isDone());
            assertEquals(0, slow.cancelling());
            assertEquals("slow", await(slow));
            assertTrue(late.isCompletedExceptionally());
        });
    }

    @Test
    @DisplayName("A-25 several that failed before it was awaited count as retrieved (test_exception_marking)")
    void severalThatFailedBeforeItWasAwaitedCountAsRetrieved() {
        IOException first = new IOException("first");
        time.run(() -> {
            Deferred<List<Object>> gather = Futures.gather(
                    failing(1, first), failing(2, new IOException("second")), failing(3, new IOException("third")));
            sleep(ms(10));
            assertSame(first, assertThrows(IOException.class, () -> await(gather)));
        });
    }

    @Test
    @DisplayName("F-05 a gather that failed and that nobody asks is reported, once")
    void gatherThatFailedAndThatNobodyAsksIsReported() {
        IOException failure = new IOException();
        time.run(() -> {
            Futures.gather(failing(1, failure), failing(2, new IOException()));
            sleep(ms(10));
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("A-27 a child that is cancelled fails it with the cancellation; its siblings are left alone"
            + " (test_one_cancellation)")
    void childThatIsCancelledFailsIt() {
        time.run(() -> {
            Coroutine<String> sibling = spawn(() -> after(10, "sibling"));
            Coroutine<String> child = spawn(() -> after(20, "child"));
            Deferred<List<String>> gather = Futures.gather(sibling, child);
            child.cancel("child's");
            assertEquals(
                    "child's",
                    assertThrows(CancellationException.class, () -> await(gather))
                            .getMessage());
            assertTrue(gather.isCancelled(), "CompletableFuture's rule");
            assertEquals(0, sibling.cancelling());
            assertEquals("sibling", await(sibling));
        });
    }

    @Test
    @DisplayName("A-28 cancelling it cancels every child that is not done; it is done when they are"
            + " (test_cancellation_broadcast)")
    void cancellingItCancelsEveryChildThatIsNotDone() {
        time.run(() -> {
            List<Coroutine<String>> children = new ArrayList<>();
            for (String name : List.of("a", "b")) {
                children.add(spawn(() -> {
                    try {
                        return after(100, name);
                    } finally {
                        log.add(at(name));
                    }
                }));
            }
            children.add(spawn(() -> "done"));
            Deferred<List<String>> gather = Futures.gather(children);
            assertTrue(gather.cancel("all"));
            assertFalse(gather.isDone(), "not yet");
            assertEquals(
                    "all",
                    assertThrows(CancellationException.class, () -> await(gather))
                            .getMessage());
            assertEquals(2, iteration());
            assertTrue(children.get(0).isCancelled() && children.get(1).isCancelled());
            assertEquals("done", await(children.get(2)));
            assertFalse(gather.cancel(), "done by now");
        });
        assertEquals(List.of("1 a", "1 b"), log);
    }

    @Test
    @DisplayName("A-28, A-13 the cancel of a coroutine that awaits it reaches its children (test_cancel_gather_1)")
    void cancelOfACoroutineThatAwaitsItReachesItsChildren() {
        time.run(() -> {
            Coroutine<String> a = spawn(() -> after(100, "a"));
            CompletableFuture<String> b = new CompletableFuture<>();
            Coroutine<List<String>> parent = spawn(() -> await(Futures.gather(a, b)));
            parent.cancel("m");
            assertTrue(b.isCancelled());
            assertThrows(CancellationException.class, () -> await(parent));
            moment();
            assertTrue(a.isCancelled());
            assertTrue(parent.isCancelled());
        });
    }

    @Test
    @DisplayName(
            "A-28 children that swallow the cancel: it ends with the cancellation all the same (test_cancel_gather_2)")
    void childrenThatSwallowTheCancel() {
        time.run(() -> {
            Coroutine<String> child = spawn(() -> {
                assertThrows(CancellationException.class, () -> after(100, ""));
                return "swallowed";
            });
            Deferred<List<String>> gather = Futures.gather(child);
            assertTrue(gather.cancel("m"));
            assertEquals(
                    "m",
                    assertThrows(CancellationException.class, () -> await(gather))
                            .getMessage());
            assertEquals("swallowed", await(child));
        });
    }

    @Test
    @DisplayName("A-28 with all children done, a cancel is false")
    void withAllChildrenDoneACancelIsFalse() {
        time.run(() -> {
            Deferred<List<Integer>> gather = Futures.gather(spawn(() -> 1));
            assertFalse(gather.cancel());
            assertEquals(List.of(1), await(gather));
        });
    }

    @Test
    @DisplayName("A-29 of nothing, or of what is done, it is done when it returns (test_constructor_empty_sequence)")
    void ofNothingItIsDoneWhenItReturns() {
        time.run(() -> {
            assertEquals(List.of(), Futures.gather().resultNow());
            assertEquals(List.of(), Futures.gather(List.<Deferred<String>>of()).resultNow());
            assertEquals(
                    List.of(1, 2),
                    Futures.gather(spawn(() -> 1), CompletableFuture.completedFuture(2))
                            .resultNow());
            assertEquals(0, iteration());
        });
    }

    @Test
    @DisplayName("A-30 duplicates run once, and stand at each position (test_duplicate_coroutines)")
    void duplicatesRunOnce() {
        time.run(() -> {
            Coroutine<String> abc = spawn(() -> {
                log.add("runs");
                return after(1, "abc");
            });
            assertEquals(
                    List.of("abc", "abc", "def", "abc"),
                    await(Futures.gather(abc, abc, spawn(() -> after(2, "def")), abc)));
        });
        assertEquals(List.of("runs"), log);
    }

    @Test
    @DisplayName("A-31, T-19 futures of several loops may be gathered")
    void futuresOfSeveralLoopsMayBeGathered() {
        try (EventLoop other = EventLoop.open(time.wallClock())) {
            CountDownLatch go = new CountDownLatch(1);
            Coroutine<String> there = spawn(other, () -> {
                pass(go);
                moment();
                return "there";
            });
            Coroutines.run(time.wallClock(), () -> {
                EventLoop own = EventLoop.current();
                Deferred<List<String>> gather = Futures.gather(there, spawn(() -> after(1, "here")));
                go.countDown();
                assertEquals(List.of("there", "here"), await(gather));
                assertSame(own, EventLoop.current());
                assertTrue(own.isOwner());
                return null;
            });
        }
    }

    @Test
    @DisplayName("A-32 a null is refused at the call")
    void nullIsRefusedAtTheCall() {
        assertThrows(NullPointerException.class, () -> Futures.gather(new Deferred<>(), null));
        assertThrows(NullPointerException.class, () -> Futures.gather((List<CompletionStage<String>>) null));
        assertThrows(NullPointerException.class, () -> Futures.gather(Arrays.asList(new Deferred<>(), null)));
        assertInstanceOf(Deferred.class, Futures.gather());
    }

    @Test
    @DisplayName("A-28 of two cancels at the same time the one that was taken counts, whichever thread is later")
    void ofTwoCancelsAtTheSameTimeTheOneThatWasTakenCounts() {
        int rounds = 20_000;
        AtomicInteger round = new AtomicInteger();
        AtomicInteger finished = new AtomicInteger();
        AtomicReference<Deferred<List<String>>> current = new AtomicReference<>();
        Thread other = Thread.ofPlatform().daemon().start(() -> {
            for (int i = 1; i <= rounds; i++) {
                while (round.get() < i) {
                    Thread.yield();
                }
                current.get().cancel("refused");
                finished.set(i);
            }
        });
        int lost = 0;
        for (int i = 1; i <= rounds; i++) {
            Deferred<String> child = new TakesAllCancelsButOne();
            Deferred<List<String>> gathered = Futures.gather(child);
            current.set(gathered);
            round.set(i);
            gathered.cancel("taken");
            while (finished.get() < i) {
                Thread.yield();
            }
            child.complete("went on");
            lost += gathered.isCancelled() ? 0 : 1;
        }
        VirtualTime.join(other);
        assertEquals(0, lost, "cancels that were taken and had no effect");
    }

    private static final class TakesAllCancelsButOne extends Deferred<String> {
        @Override
        public boolean cancel(String message) {
            return !message.equals("refused"); // and goes on
        }
    }
}
