package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.failure;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import dev.baton.loop.FailureReport;
import dev.baton.loop.LoopListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AsCompletedTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static Coroutine<String> after(long millis, String value) {
        return spawn(value, () -> {
            sleep(ms(millis));
            return value;
        });
    }

    private static Coroutine<String> failing(long millis, Exception failure) {
        return spawn(() -> {
            sleep(ms(millis));
            throw failure;
        });
    }

    private static int timers() {
        return EventLoop.current().statistics().timers();
    }

    private static <T> List<Deferred<T>> list(Iterable<Deferred<T>> iterable) {
        List<Deferred<T>> all = new ArrayList<>();
        iterable.forEach(all::add);
        return all;
    }

    @Test
    @DisplayName("A-44 the outcomes in the order in which they come (test_as_completed)")
    void outcomesInTheOrderInWhichTheyCome() {
        IOException failure = new IOException("bad");
        time.run(() -> {
            List<Coroutine<String>> stages =
                    List.of(after(150, "c"), failing(50, failure), after(10, "b"), after(10, "a"));
            for (Deferred<String> next : Futures.asCompleted(stages)) {
                assertFalse(stages.stream().anyMatch(each -> (Object) each == next), "not the inputs");
                try {
                    log.add(time.when(await(next, IOException.class)));
                } catch (IOException e) {
                    assertSame(failure, e);
                    log.add(time.when("bad"));
                }
            }
            assertEquals(List.of("10 b", "10 a", "50 bad", "150 c"), log);
        });
    }

    @Test
    @DisplayName("A-44 what is done at the call is there at once, in the order of the input, and costs no iteration")
    void whatIsDoneAtTheCallIsThereAtOnce() {
        time.run(() -> {
            Deferred<String> pending = new Deferred<>();
            List<CompletionStage<String>> stages = List.of(
                    spawn(() -> "a"),
                    pending,
                    spawn(() -> "b"),
                    Futures.maybe("c").thenApply(String.class::cast));
            List<Deferred<String>> futures = list(Futures.asCompleted(stages));
            assertEquals("abc", await(futures.get(0)) + await(futures.get(1)) + await(futures.get(2)));
            assertEquals(0, iteration());
            assertFalse(futures.get(3).isDone());
            pending.complete("d");
            assertTrue(futures.get(3).isDone(), "in the same iteration");
        });
    }

    @Test
    @DisplayName("A-44 the n-th future has the n-th outcome, also when they are awaited in another order"
            + " (test_as_completed_reverse_wait)")
    void nthFutureHasTheNthOutcome() {
        time.run(() -> {
            List<Deferred<String>> futures = list(Futures.asCompleted(List.of(after(100, "b"), after(50, "a"))));
            assertEquals(2, futures.size());
            assertEquals("b", await(futures.get(1)));
            assertEquals(ms(100), time.clock.elapsed());
            assertEquals("a", await(futures.get(0)));
            assertEquals(ms(100), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-44 they may be awaited concurrently (test_as_completed_concurrent)")
    void theyMayBeAwaitedConcurrently() {
        time.run(() -> {
            List<Coroutine<String>> waits = new ArrayList<>();
            for (Deferred<String> next : Futures.asCompleted(List.of(after(50, "b"), after(50, "a")))) {
                waits.add(spawn(() -> await(next)));
            }
            assertEquals(List.of("b", "a"), await(waits));
            assertEquals(ms(50), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-44 every iterator hands out the same futures, and can be left and taken up again"
            + " (test_as_completed_resume_iterator)")
    void everyIteratorHandsOutTheSameFutures() {
        time.run(() -> {
            Iterable<Deferred<String>> completed = Futures.asCompleted(List.of(after(2, "b"), after(1, "a")));
            Iterator<Deferred<String>> iterator = completed.iterator();
            Deferred<String> first = iterator.next();
            assertEquals("a", await(first));
            assertEquals("b", await(iterator.next()));
            assertFalse(iterator.hasNext());
            assertThrows(UnsupportedOperationException.class, iterator::remove);
            assertSame(first, completed.iterator().next());
            assertNotSame(first, list(completed).getLast());
        });
    }

    @Test
    @DisplayName("A-44 an await on one costs the one iteration that an await on its stage costs")
    void awaitOnOneCostsOneIteration() {
        time.run(() -> {
            Deferred<String> stage = new Deferred<>();
            Deferred<String> next =
                    Futures.asCompleted(List.of(stage)).iterator().next();
            Coroutine<?> one = spawn(() -> log.add(at("stage " + await(stage))));
            Coroutine<?> two = spawn(() -> log.add(at("next " + await(next))));
            EventLoop.current().execute(() -> stage.complete(at("set")));
            await(List.of(one, two));
            assertEquals(List.of("2 next 1 set", "2 stage 1 set"), log, "in the order of subscription");
        });
    }

    @Test
    @DisplayName("A-44 to cancel one leaves the stages alone, and the next one gets the outcome")
    void toCancelOneLeavesTheStagesAlone() {
        time.run(() -> {
            Coroutine<String> a = after(10, "a");
            Coroutine<String> b = after(20, "b");
            List<Deferred<String>> futures = list(Futures.asCompleted(List.of(a, b)));
            Coroutine<?> impatient = spawn(() -> await(futures.get(0)));
            impatient.cancel();
            assertThrows(CancellationException.class, () -> await(impatient));
            assertEquals(0, a.cancelling() + b.cancelling());
            assertEquals("a", await(futures.get(1)));
            assertEquals("b", await(b));
        });
    }

    @Test
    @DisplayName("A-44, F-05 a failure that no future is left for is reported, and not as one after a timeout")
    void failureThatNoFutureIsLeftFor() {
        IOException failure = new IOException();
        time.run(() -> {
            EventLoop.current().addListener(new LoopListener() {
                @Override
                public void failureReported(EventLoop loop, FailureReport report) {
                    log.add(report.message());
                }
            });
            Deferred<String> stage = new Deferred<>();
            Deferred<String> only =
                    Futures.asCompleted(List.of(stage)).iterator().next();
            only.cancel();
            stage.completeExceptionally(failure);
        });
        assertEquals(List.of(failure), time.reports());
        assertEquals(1, log.size());
        assertFalse(log.getFirst().contains("timeout"), log.toString());
    }

    @Test
    @DisplayName("A-44 a cancelled stage gives a cancelled future, in its turn")
    void cancelledStageGivesACancelledFuture() {
        time.run(() -> {
            Coroutine<String> gone = after(1000, "gone");
            List<Deferred<String>> futures = list(Futures.asCompleted(List.of(after(10, "a"), gone)));
            gone.cancel("gone");
            assertEquals(
                    "gone",
                    assertThrows(CancellationException.class, () -> await(futures.get(0)))
                            .getMessage());
            assertEquals("a", await(futures.get(1)));
        });
    }

    @Test
    @DisplayName("A-44, F-05 whoever leaves the loop early hears of the failures that he has not asked for")
    void whoeverLeavesTheLoopEarly() {
        IOException failure = new IOException();
        time.run(() -> {
            for (Deferred<String> next : Futures.asCompleted(List.of(failing(20, failure), after(10, "a")))) {
                assertEquals("a", await(next));
                break;
            }
            sleep(ms(20));
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("A-45 the timeout is for all: each one that is left fails with it, and no stage is cancelled"
            + " (test_as_completed_with_timeout)")
    void timeoutIsForAll() {
        time.run(() -> {
            Coroutine<String> b = after(150, "b");
            Coroutine<String> c = after(170, "c");
            for (Deferred<String> next : Futures.asCompleted(List.of(after(100, "a"), b, c), ms(120))) {
                try {
                    log.add(time.when(await(next)));
                } catch (AwaitTimeoutException e) {
                    log.add(time.when("timeout"));
                }
            }
            assertEquals(List.of("100 a", "120 timeout", "120 timeout"), log);
            assertEquals(0, b.cancelling() + c.cancelling());
            assertEquals("bc", await(b) + await(c));
        });
    }

    @Test
    @DisplayName("A-45 outcomes that came in time are still handed out after it")
    void outcomesThatCameInTimeAreStillHandedOut() {
        time.run(() -> {
            Iterator<Deferred<String>> iterator = Futures.asCompleted(
                            List.of(after(10, "a"), after(20, "b"), after(200, "c")), ms(100))
                    .iterator();
            sleep(ms(500));
            assertEquals("ab", await(iterator.next()) + await(iterator.next()));
            assertInstanceOf(AwaitTimeoutException.class, failure(iterator.next()));
            assertFalse(iterator.hasNext());
        });
    }

    @Test
    @DisplayName("A-45 nobody who does not ask is told of the timeout, but of a late failure he is")
    void lateFailure() {
        IOException late = new IOException("late");
        time.run(() -> {
            Futures.asCompleted(List.of(failing(20, late), after(30, "a")), ms(10))
                    .iterator();
            sleep(ms(50));
        });
        assertEquals(List.of(late), time.reports());
    }

    @Test
    @DisplayName("A-45 all done early: the timer is gone; of nothing, or of what is done, there is none"
            + " (test_as_completed_with_unused_timeout)")
    void allDoneEarlyTheTimerIsGone() {
        time.run(() -> {
            Deferred<String> stage = new Deferred<>();
            Iterable<Deferred<String>> completed = Futures.asCompleted(List.of(stage), ms(1000));
            assertEquals(0, timers(), "not before somebody iterates");
            Iterator<Deferred<String>> iterator = completed.iterator();
            completed.iterator();
            assertEquals(1, timers(), "one, however often");
            stage.complete("a");
            assertEquals(0, timers());
            assertEquals("a", await(iterator.next()));
            assertFalse(Futures.<String>asCompleted(List.<Deferred<String>>of(), ms(1))
                    .iterator()
                    .hasNext());
            Futures.asCompleted(List.of(stage), ms(1)).iterator();
            assertEquals(0, timers());
            assertEquals(ms(0), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-45 it is measured from the start of the iteration, and a second one does not begin it again")
    void measuredFromTheStartOfTheIteration() {
        time.run(() -> {
            Iterable<Deferred<String>> completed = Futures.asCompleted(List.of(new Deferred<String>()), ms(100));
            sleep(ms(500));
            Deferred<String> next = completed.iterator().next();
            sleep(ms(60));
            assertSame(next, completed.iterator().next());
            assertThrows(AwaitTimeoutException.class, () -> await(next));
            assertEquals(ms(600), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-45 a completion in the iteration of the timeout wins; zero or less gives a chance to what is done")
    void completionInTheIterationOfTheTimeoutWins() {
        time.run(() -> {
            Deferred<String> stage = new Deferred<>();
            EventLoop.current().schedule(ms(10), () -> stage.complete("just in time"));
            assertEquals(
                    "just in time",
                    await(Futures.asCompleted(List.of(stage), ms(10)).iterator().next()));
            for (int millis : List.of(0, -5)) {
                List<Deferred<String>> futures =
                        list(Futures.asCompleted(List.of(new Deferred<>(), stage), ms(millis)));
                assertEquals("just in time", await(futures.get(0)));
                assertThrows(AwaitTimeoutException.class, () -> await(futures.get(1)));
            }
            assertEquals(ms(10), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-45 to iterate off the loop is refused, and does not cost the timeout later")
    void toIterateOffTheLoopIsRefused() {
        Iterable<Deferred<String>> completed = Futures.asCompleted(List.of(new Deferred<String>()), ms(100));
        assertThrows(IllegalStateException.class, completed::iterator);
        time.run(() -> {
            Deferred<String> next = completed.iterator().next();
            sleep(ms(200));
            assertInstanceOf(AwaitTimeoutException.class, next.isDone() ? failure(next) : null);
        });
    }

    @Test
    @DisplayName(
            "A-45 duplicates count once, and nulls are refused at the call (test_as_completed_duplicate_coroutines)")
    void duplicatesCountOnce() {
        time.run(() -> {
            Coroutine<String> ham = after(1, "ham");
            List<Deferred<String>> futures = list(Futures.asCompleted(List.of(ham, ham, after(2, "spam"))));
            assertEquals(2, futures.size());
            assertEquals("hamspam", await(futures.get(0)) + await(futures.get(1)));
            assertFalse(Futures.<String>asCompleted(List.<Deferred<String>>of())
                    .iterator()
                    .hasNext());
            List<Deferred<String>> hole = Arrays.asList(new Deferred<>(), null);
            assertThrows(NullPointerException.class, () -> Futures.asCompleted(hole));
            assertThrows(NullPointerException.class, () -> Futures.asCompleted(List.of(ham), null));
        });
    }

    @Test
    @DisplayName("A-44, J-07 the outcomes may come from foreign threads at once: each goes to one future, none is lost")
    void outcomesMayComeFromForeignThreads() {
        Coroutines.run(time.wallClock(), () -> {
            for (int round = 0; round < 200; round++) {
                List<Deferred<String>> stages = new ArrayList<>();
                List<Thread> threads = new ArrayList<>();
                CountDownLatch go = new CountDownLatch(1);
                for (int i = 0; i < 5; i++) {
                    Deferred<String> stage = new Deferred<>();
                    String value = "" + i;
                    stages.add(stage);
                    threads.add(Thread.ofVirtual().start(() -> {
                        VirtualTime.pass(go);
                        stage.complete(value);
                    }));
                }
                Set<String> seen = new TreeSet<>();
                Iterable<Deferred<String>> completed = Futures.asCompleted(stages, ms(60_000));
                go.countDown();
                for (Deferred<String> next : completed) {
                    seen.add(await(next));
                }
                assertEquals(Set.of("0", "1", "2", "3", "4"), seen);
                threads.forEach(VirtualTime::join);
            }
            moment(); // a timer that another thread has cancelled leaves through the inbox
            assertEquals(0, timers());
            return null;
        });
    }

    @Test
    @DisplayName("A-44 coroutines of different types go in together; what was declared for one type stays as it was")
    void stagesOfDifferentTypesGoIn() {
        time.run(() -> {
            List<Coroutine<?>> any = List.of(after(20, "b"), spawn(() -> 1));
            for (Deferred<?> next : Futures.asCompleted(any)) {
                log.add(time.when("" + await(next)));
            }
            Iterable<Deferred<Object>> bounded = Futures.asCompleted(any, ms(1));
            assertEquals(2, list(bounded).size());
            Set<Coroutine<String>> strings = Set.of(after(10, "c"));
            Iterable<Deferred<CharSequence>> wider = Futures.asCompleted(strings);
            for (Deferred<CharSequence> next : wider) {
                log.add(time.when("" + await(next)));
            }
            for (Deferred<String> next : Futures.<String>asCompleted(strings)) {
                log.add(time.when(await(next)));
            }
            for (var next : Futures.asCompleted(strings)) {
                log.add(time.when(await(next)));
            }
            assertEquals(List.of("0 1", "20 b", "30 c", "30 c", "30 c"), log);
        });
    }
}
