package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.join;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.ForeignStage;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WaitIteratorTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static <T> List<Deferred<T>> pending(int count) {
        return Stream.generate(Deferred<T>::new).limit(count).toList();
    }

    private static CompletableFuture<Integer> done(int value) {
        return CompletableFuture.completedFuture(value);
    }

    private static void assertNoCurrent(WaitIterator<?> iterator) {
        assertNull(iterator.currentFuture());
        assertEquals(-1, iterator.currentIndex());
        assertNull(iterator.currentKey());
    }

    /** What the original tests complete, and when: 2 in iteration 3, 0 in 5, 1 and 3 in 8. */
    private static void finish(int iteration, List<Deferred<Integer>> futures) {
        switch (iteration) {
            case 3 -> futures.get(2).complete(24);
            case 5 -> futures.get(0).completeExceptionally(new ArithmeticException("/ by zero"));
            case 8 -> {
                futures.get(1).complete(42);
                futures.get(3).complete(84);
            }
            default -> {}
        }
        if (iteration < 8) {
            EventLoop.current().execute(() -> finish(iteration + 1, futures));
        }
    }

    // ------------------------------------------------------------------------------------------------------- the rows

    @Test
    @DisplayName("U-15, U-18, U-20 without stages it is done, and has no current one (WIT.test_empty_iterator)")
    void withoutStagesItIsDone() {
        time.run(() -> {
            for (WaitIterator<String> empty : List.of(
                    WaitIterator.<String>of(),
                    WaitIterator.<String>of(List.of()),
                    WaitIterator.<String>of(Map.<String, Deferred<String>>of()))) {
                assertNoCurrent(empty);
                assertTrue(empty.done());
                assertNoCurrent(empty);
                assertFalse(empty.iterator().hasNext());
                assertThrows(NoSuchElementException.class, empty::next);
                assertThrows(
                        NoSuchElementException.class, () -> empty.iterator().next());
            }
        });
    }

    @Test
    @DisplayName("U-15 a null is refused at the call")
    void nullIsRefusedAtTheCall() {
        Map<String, CompletionStage<Integer>> map = new LinkedHashMap<>();
        map.put("a", null);
        assertThrows(NullPointerException.class, () -> WaitIterator.of(map));
        assertThrows(NullPointerException.class, () -> WaitIterator.of(Arrays.asList(done(1), null)));
        assertThrows(NullPointerException.class, () -> WaitIterator.of(done(1), null));
        assertThrows(NullPointerException.class, () -> WaitIterator.of((List<Deferred<Integer>>) null));
        assertThrows(NullPointerException.class, () -> WaitIterator.of((Map<String, Deferred<Integer>>) null));
    }

    @Test
    @DisplayName("U-16, U-17 stages that are done come in input order, at no cost (WIT.test_already_done)")
    void stagesThatAreDoneComeInInputOrder() {
        time.run(() -> {
            List<CompletableFuture<Integer>> stages = List.of(done(24), done(42), done(84));
            WaitIterator<Integer> iterator = WaitIterator.of(stages.get(0), stages.get(1), stages.get(2));
            assertNoCurrent(iterator);
            while (!iterator.done()) {
                int value = await(iterator.next());
                assertSame(stages.get(iterator.currentIndex()), iterator.currentFuture());
                assertNull(iterator.currentKey());
                log.add(at(iterator.currentIndex() + "=" + value));
            }
            assertNoCurrent(iterator);
        });
        assertEquals(List.of("0 0=24", "0 1=42", "0 2=84"), log);
    }

    @Test
    @DisplayName("U-15, U-17 of a map the key is the key, and the index the position (WIT.test_already_done)")
    void ofAMapTheKeyIsTheKeyAndTheIndexThePosition() {
        time.run(() -> {
            Map<String, CompletionStage<Integer>> stages = new LinkedHashMap<>();
            stages.put("f2", new Deferred<>());
            stages.put("f1", done(24));
            stages.put(null, done(7));
            WaitIterator<Integer> iterator = WaitIterator.of(stages);
            EventLoop.current().execute(() -> ((Deferred<Integer>) stages.get("f2")).complete(42));
            while (!iterator.done()) {
                int value = await(iterator.next());
                assertSame(stages.get(iterator.currentKey()), iterator.currentFuture());
                log.add(at(iterator.currentIndex() + " " + iterator.currentKey() + "=" + value));
            }
            assertNoCurrent(iterator);
        });
        assertEquals(List.of("0 1 f1=24", "0 2 null=7", "2 0 f2=42"), log);
    }

    @Test
    @DisplayName("U-16 outcomes come as they come, and a failure ends nothing (WIT.test_iterator)")
    void outcomesComeAsTheyCome() {
        time.run(() -> {
            List<Deferred<Integer>> futures = pending(4);
            finish(0, futures);
            WaitIterator<Integer> iterator = WaitIterator.of(futures);
            while (!iterator.done()) {
                try {
                    int value = await(iterator.next());
                    log.add(at(iterator.currentIndex() + "=" + value));
                } catch (ArithmeticException e) {
                    log.add(at(iterator.currentIndex() + " " + e.getMessage()));
                }
                assertSame(futures.get(iterator.currentIndex()), iterator.currentFuture());
            }
            assertNoCurrent(iterator);
        });
        assertEquals(List.of("4 2=24", "6 0 / by zero", "9 1=42", "9 3=84"), log);
    }

    @Test
    @DisplayName("U-16 what is finished before it is asked for comes in the order of completion")
    void whatIsFinishedBeforeItIsAskedFor() {
        time.run(() -> {
            List<Deferred<String>> stages = pending(4);
            stages.get(3).complete("three, at the start");
            WaitIterator<String> iterator = WaitIterator.of(stages);
            stages.get(2).complete("two");
            stages.get(0).complete("zero");
            moment();
            stages.get(1).complete("one");
            while (!iterator.done()) {
                log.add(at(await(iterator.next())));
            }
        });
        assertEquals(List.of("1 three, at the start", "1 two", "1 zero", "1 one"), log);
    }

    @Test
    @DisplayName("U-16 each next() is a fresh future, and completes together with its stage: one iteration, not two")
    void eachNextIsAFreshFuture() {
        time.run(() -> {
            List<Deferred<String>> stages = pending(2);
            WaitIterator<String> iterator = WaitIterator.of(stages);
            Deferred<String> first = iterator.next();
            assertFalse(first.isDone());
            Coroutine<?> waiter = spawn(() -> log.add(at(await(first))));
            moment();
            stages.get(1).complete("one");
            assertTrue(first.isDone());
            assertEquals(1, iterator.currentIndex());
            await(waiter);
            stages.get(0).complete("zero");
            Deferred<String> second = iterator.next();
            assertTrue(second.isDone());
            assertNotSame(first, second);
            assertTrue(stages.stream().noneMatch(stage -> stage == first || stage == second));
        });
        assertEquals(List.of("2 one"), log);
    }

    @Test
    @DisplayName("U-17 the current stage is set inside next() if it is done, else by its completion, and not by asking")
    void currentStageIsSetInsideNextIfItIsDone() {
        time.run(() -> {
            Deferred<Integer> later = new Deferred<>();
            WaitIterator<Integer> iterator = WaitIterator.of(later, done(1));
            assertNoCurrent(iterator);
            iterator.next();
            assertEquals(1, iterator.currentIndex(), "before any await");
            Deferred<Integer> next = iterator.next();
            assertEquals(1, iterator.currentIndex(), "nothing new was handed over");
            assertFalse(iterator.done());
            assertEquals(1, iterator.currentIndex(), "done() was false, and changed nothing");
            next.thenAccept(value -> log.add("in the completion: " + iterator.currentIndex()));
            later.complete(0);
            assertSame(later, iterator.currentFuture());
            assertTrue(iterator.done());
            assertNoCurrent(iterator);
        });
        assertEquals(List.of("in the completion: 0"), log);
    }

    @Test
    @DisplayName("U-18 it is not done while an outcome is unclaimed or to come, asked for or not")
    void itIsNotDoneWhileAnOutcomeIsUnclaimedOrToCome() {
        time.run(() -> {
            List<Deferred<Integer>> stages = pending(2);
            WaitIterator<Integer> iterator = WaitIterator.of(stages);
            assertFalse(iterator.done());
            iterator.next();
            assertFalse(iterator.done());
            stages.forEach(stage -> stage.complete(1));
            assertFalse(iterator.done(), "one is unclaimed");
            iterator.next();
            assertTrue(iterator.done());
        });
    }

    @Test
    @DisplayName("U-19 a failure ends a for-each loop, another goes on behind it (WIT.test_iterator_async_await)")
    void failureEndsAForEachLoopAndAnotherGoesOn() {
        time.run(() -> {
            List<Deferred<Integer>> futures = pending(4);
            finish(0, futures);
            WaitIterator<Integer> iterator = WaitIterator.of(futures);
            ArithmeticException failure = assertThrows(ArithmeticException.class, () -> {
                for (int value : iterator) {
                    log.add(at(iterator.currentIndex() + "=" + value));
                }
            });
            log.add(at(iterator.currentIndex() + " " + failure.getMessage()));
            for (int value : iterator) {
                log.add(at(iterator.currentIndex() + "=" + value));
            }
            assertNoCurrent(iterator);
        });
        assertEquals(List.of("4 2=24", "6 0 / by zero", "9 1=42", "9 3=84"), log);
    }

    @Test
    @DisplayName("U-19, F-06 in a for-each loop a failure arrives as it is, checked, wrapped or a cancellation")
    void inAForEachLoopAFailureArrivesAsItIs() {
        IOException checked = new IOException("checked");
        CancellationException cancelled = new CancellationException("by somebody");
        CompletionException bare = new CompletionException("bare", null);
        AssertionError error = new AssertionError("error");
        List<Throwable> failures = List.of(checked, cancelled, bare, error);
        time.run(() -> {
            for (boolean sooner : List.of(true, false)) {
                List<Deferred<Integer>> stages = pending(4);
                Runnable completion = () -> {
                    stages.get(0).completeExceptionally(new CompletionException(checked));
                    stages.get(1).completeExceptionally(cancelled);
                    stages.get(2).completeExceptionally(bare);
                    stages.get(3).completeExceptionally(error);
                };
                if (sooner) {
                    completion.run();
                } else {
                    EventLoop.current().execute(completion);
                }
                Iterator<Integer> steps = WaitIterator.of(stages).iterator();
                for (Throwable failure : failures) {
                    assertTrue(steps.hasNext());
                    assertSame(failure, assertThrows(Throwable.class, steps::next));
                }
                assertFalse(steps.hasNext());
            }
        });
    }

    @Test
    @DisplayName("U-20 a stage that is given twice is refused, equal ones are not")
    void stageThatIsGivenTwiceIsRefused() {
        Deferred<Integer> twice = new Deferred<>();
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> WaitIterator.of(done(1), twice, done(2), twice));
        assertTrue(refused.getMessage().contains("at 1 and 3"), refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> WaitIterator.of(List.of(twice, twice)));
        assertThrows(IllegalArgumentException.class, () -> WaitIterator.of(Map.of("a", twice, "b", twice)));
        assertEquals(0, twice.getNumberOfDependents());
        assertFalse(WaitIterator.of(new AlwaysEqual(), new AlwaysEqual()).done());
    }

    private static final class AlwaysEqual extends CompletableFuture<Integer> {
        @Override
        public boolean equals(Object other) {
            return other instanceof AlwaysEqual;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    @Test
    @DisplayName("U-20 a second question before the answer is refused, and spoils nothing; so is one after the end")
    void secondQuestionBeforeTheAnswerIsRefused() {
        time.run(() -> {
            List<Deferred<String>> stages = pending(2);
            WaitIterator<String> iterator = WaitIterator.of(stages);
            Deferred<String> first = iterator.next();
            assertThrows(IllegalStateException.class, iterator::next);
            assertThrows(IllegalStateException.class, () -> iterator.iterator().next());
            stages.get(1).complete("one");
            assertEquals("one", await(first));
            stages.get(0).complete("zero");
            assertEquals("zero", await(iterator.next()));
            assertThrows(NoSuchElementException.class, iterator::next);
            assertEquals(0, iterator.currentIndex(), "only done() forgets it");
        });
    }

    // ---------------------------------------------------------------------------------------------------- cancellation

    @Test
    @DisplayName("U-16 cancelling what next() gave out cancels no stage, and the answer is the following next()'s")
    void cancellingWhatNextGaveOut() {
        time.run(() -> {
            List<Deferred<String>> stages = pending(2);
            WaitIterator<String> iterator = WaitIterator.of(stages);
            Deferred<String> cancelled = iterator.next();
            assertTrue(cancelled.cancel("no interest"));
            assertFalse(cancelled.cancel());
            assertTrue(cancelled.isCancelled());
            assertTrue(stages.stream().noneMatch(Deferred::isDone));
            assertNoCurrent(iterator);
            stages.get(1).complete("one");
            assertNoCurrent(iterator);
            assertEquals("one", await(iterator.next()));
            Deferred<String> again = iterator.next();
            assertTrue(again.cancel());
            Deferred<String> last = iterator.next();
            stages.get(0).complete("zero");
            assertEquals("zero", await(last));
            assertFalse(last.cancel(), "it has its answer");
            assertTrue(iterator.done());
        });
    }

    @Test
    @DisplayName("U-16 a coroutine that is cancelled at await(next()) takes its question back")
    void coroutineThatIsCancelledAtItsAwaitTakesItsQuestionBack() {
        time.run(() -> {
            List<Deferred<String>> stages = pending(1);
            WaitIterator<String> iterator = WaitIterator.of(stages);
            Coroutine<String> first = spawn(() -> await(iterator.next()));
            assertTrue(first.cancel());
            assertThrows(CancellationException.class, () -> await(first));
            stages.get(0).complete("zero");
            assertEquals("zero", await(iterator.next()));
        });
    }

    @Test
    @DisplayName("U-16 whoever else answers the future, in any way: the stage's outcome is the following next()'s")
    void whoeverElseAnswersTheFuture() {
        time.run(() -> {
            Deferred<String> stage = new Deferred<>();
            WaitIterator<String> iterator = WaitIterator.of(stage);
            Deferred<String> first = iterator.next();
            assertTrue(first.complete("by hand"));
            assertEquals("by hand", await(first));
            Deferred<String> second = iterator.next();
            IOException failure = new IOException();
            assertTrue(second.completeExceptionally(failure));
            assertSame(failure, assertThrows(IOException.class, () -> await(second)));
            Deferred<String> third = iterator.next();
            third.obtrudeValue("by force");
            Deferred<String> fourth = iterator.next();
            fourth.obtrudeException(failure);
            assertSame(failure, assertThrows(IOException.class, () -> await(fourth)));
            Deferred<String> fifth = iterator.next();
            stage.complete("stage");
            assertFalse(fifth.complete("too late"));
            assertFalse(fifth.completeExceptionally(failure));
            assertEquals("stage", await(fifth));
            assertTrue(iterator.done());
        });
    }

    @Test
    @DisplayName("U-19 a coroutine that is cancelled while it waits in a for-each loop loses no outcome")
    void coroutineThatIsCancelledInAForEachLoopLosesNoOutcome() {
        time.run(() -> {
            List<Deferred<String>> stages = pending(3);
            WaitIterator<String> iterator = WaitIterator.of(stages);
            Coroutine<?> first = spawn(() -> {
                for (String value : iterator) {
                    log.add(at(value));
                }
            });
            moment();
            stages.get(2).complete("two");
            moment();
            assertTrue(first.cancel("enough"));
            CancellationException cancelled = assertThrows(CancellationException.class, () -> await(first));
            assertEquals("enough", cancelled.getMessage());
            stages.get(0).complete("zero");
            stages.get(1).complete("one");
            for (String value : iterator) {
                log.add(at(value));
            }
        });
        assertEquals(List.of("2 two", "4 zero", "4 one"), log);
    }

    @Test
    @DisplayName("U-19 nor does one that is cancelled in the very iteration in which the answer comes")
    void norDoesOneThatIsCancelledInTheIterationInWhichTheAnswerComes() {
        time.run(() -> {
            List<Deferred<String>> stages = pending(2);
            WaitIterator<String> iterator = WaitIterator.of(stages);
            Coroutine<?> first = spawn(() -> {
                for (String value : iterator) {
                    log.add(at(value));
                }
            });
            stages.get(0).completeExceptionally(new IOException("zero"));
            stages.get(1).complete("one");
            assertEquals(0, iterator.currentIndex());
            assertTrue(first.cancel());
            assertThrows(CancellationException.class, () -> await(first));
            assertNoCurrent(iterator);
            Iterator<String> steps = iterator.iterator();
            assertEquals("zero", assertThrows(IOException.class, steps::next).getMessage());
            assertEquals("one", steps.next());
            assertFalse(steps.hasNext());
        });
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("U-19 what comes back finds the one who has asked meanwhile")
    void whatComesBackFindsTheOneWhoHasAskedMeanwhile() {
        time.run(() -> {
            List<Deferred<String>> stages = pending(2);
            WaitIterator<String> iterator = WaitIterator.of(stages);
            Coroutine<?> first = spawn(() -> iterator.iterator().next());
            stages.get(1).complete("one");
            first.cancel();
            Deferred<String> meanwhile = iterator.next();
            assertFalse(meanwhile.isDone());
            assertThrows(CancellationException.class, () -> await(first));
            assertEquals("one", meanwhile.resultNow());
            assertEquals(1, iterator.currentIndex());
            stages.get(0).complete("zero");
            assertEquals("zero", await(iterator.next()));
        });
    }

    @Test
    @DisplayName("U-19, J-06 a for-each loop in a callback is refused where it would wait, and loses nothing")
    void forEachLoopInACallbackIsRefusedWhereItWouldWait() {
        time.run(() -> {
            Deferred<Integer> later = new Deferred<>();
            WaitIterator<Integer> iterator = WaitIterator.of(later, done(1));
            Deferred<Throwable> refusal = new Deferred<>();
            EventLoop.current()
                    .execute(() -> refusal.complete(assertThrows(IllegalStateException.class, () -> {
                        for (int value : iterator) {
                            log.add(at(value + ""));
                        }
                    })));
            assertEquals(IllegalStateException.class, await(refusal).getClass());
            later.complete(0);
            for (int value : iterator) {
                log.add(at(value + ""));
            }
        });
        assertEquals(List.of("1 1", "2 0"), log);
    }

    // -------------------------------------------------------------------------------------------------- what it keeps

    @Test
    @DisplayName("U-16 the future alone keeps the iterator at work (WIT.test_no_ref)")
    void futureAloneKeepsTheIteratorAtWork() {
        time.run(() -> {
            Deferred<String> next = Futures.withTimeout(
                    ms(100), WaitIterator.of(Futures.after(ms(10), "kept")).next());
            EventLoop.current().execute(System::gc);
            assertEquals("kept", await(next));
            assertEquals(ms(10), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("U-16 it lets go of a stage when the next one is current, or when it is done")
    void itLetsGoOfAStageWhenTheNextOneIsCurrent() {
        time.run(() -> {
            List<Deferred<byte[]>> stages = new ArrayList<>(pending(3));
            List<WeakReference<Deferred<byte[]>>> seen =
                    stages.stream().map(WeakReference::new).toList();
            WaitIterator<byte[]> iterator = WaitIterator.of(stages);
            List<Deferred<byte[]>> handedOut = new ArrayList<>();
            stages.get(0).complete(new byte[0]);
            handedOut.add(iterator.next());
            handedOut.add(iterator.next());
            stages.get(1).complete(new byte[0]);
            stages.clear();
            assertCollected(seen.get(0));
            assertSame(seen.get(1).get(), iterator.currentFuture());
            handedOut.add(iterator.next());
            System.gc();
            seen.get(2).get().complete(new byte[0]); // held until it is done, even if its completer does not
            assertCollected(seen.get(1));
            assertTrue(iterator.done());
            assertCollected(seen.get(2));
            assertTrue(handedOut.stream().allMatch(Deferred::isDone));
        });
    }

    private static void assertCollected(WeakReference<?> reference) {
        for (int i = 0; i < 50 && reference.get() != null; i++) {
            System.gc();
            moment();
        }
        assertNull(reference.get(), "still held");
    }

    @Test
    @DisplayName(
            "U-16, F-05 the failure of a stage is the business of the one who asks; of one asked for and dropped, a"
                    + " report")
    void failureOfAStageIsTheBusinessOfTheOneWhoAsks() {
        IOException asked = new IOException("asked for, and dropped");
        time.run(() -> {
            List<Deferred<Integer>> stages = pending(2);
            WaitIterator<Integer> iterator = WaitIterator.of(stages);
            stages.get(0).completeExceptionally(asked);
            stages.get(1).completeExceptionally(new IOException("never asked for: taken by a combinator"));
            iterator.next();
        });
        assertEquals(List.of(asked), time.reports());
    }

    // ---------------------------------------------------------------------------------------------- kinds and threads

    @Test
    @DisplayName("U-16, F-08 stages of any kind")
    void stagesOfAnyKind() {
        time.run(() -> {
            Deferred<String> deferred = new Deferred<>();
            CompletableFuture<String> plain = new CompletableFuture<>();
            CompletableFuture<String> foreign = new CompletableFuture<>();
            CompletableFuture<String> minimal = new CompletableFuture<>();
            Coroutine<String> coroutine = spawn(() -> {
                sleep(ms(5));
                return "coroutine";
            });
            WaitIterator<String> iterator = WaitIterator.of(
                    coroutine, deferred, plain, ForeignStage.of(foreign), minimal.minimalCompletionStage());
            EventLoop.current().execute(() -> {
                minimal.complete("minimal");
                plain.complete("plain");
                foreign.complete("foreign");
                deferred.complete("deferred");
            });
            for (String value : iterator) {
                log.add(at(iterator.currentIndex() + " " + value));
            }
        });
        assertEquals(List.of("2 4 minimal", "2 2 plain", "2 3 foreign", "2 1 deferred", "5 0 coroutine"), log);
    }

    @Test
    @DisplayName("U-16, J-07 stages that four foreign threads complete: each outcome comes once, with its own stage")
    void stagesThatForeignThreadsComplete() {
        int count = 20_000;
        assertTimeoutPreemptively(
                Duration.ofSeconds(30),
                () -> Coroutines.run(time.wallClock(), () -> {
                    List<Deferred<Integer>> stages = pending(count);
                    List<Thread> threads = completers(stages);
                    WaitIterator<Integer> iterator = WaitIterator.of(stages);
                    Set<Integer> seen = new HashSet<>();
                    while (!iterator.done()) {
                        int value = await(iterator.next());
                        assertEquals(value, iterator.currentIndex());
                        assertTrue(seen.add(value), "twice");
                    }
                    assertEquals(count, seen.size());
                    threads.forEach(VirtualTime::join);
                    return null;
                }));
    }

    @Test
    @DisplayName("U-16, J-07 a cancel that races with a foreign completion loses no outcome and doubles none")
    void cancelThatRacesWithAForeignCompletion() {
        int rounds = 5_000;
        AtomicInteger round = new AtomicInteger(-1);
        int[] cancelled = new int[1];
        assertTimeoutPreemptively(
                Duration.ofSeconds(30),
                () -> Coroutines.run(time.wallClock(), () -> {
                    List<Deferred<Integer>> stages = pending(rounds);
                    Thread foreign = Thread.ofPlatform().start(() -> {
                        for (int i = 0; i < rounds; i++) {
                            while (round.get() < i) {
                                Thread.yield();
                            }
                            stages.get(i).complete(i);
                        }
                    });
                    WaitIterator<Integer> iterator = WaitIterator.of(stages);
                    for (int i = 0; i < rounds; i++) {
                        Deferred<Integer> next = iterator.next();
                        round.set(i);
                        for (int spin = ThreadLocalRandom.current().nextInt(200); spin > 0; spin--) {
                            Thread.onSpinWait();
                        }
                        if (next.cancel()) {
                            cancelled[0]++;
                            next = iterator.next();
                        }
                        assertEquals(i, await(next));
                    }
                    assertTrue(iterator.done());
                    join(foreign);
                    return null;
                }));
        assertTrue(cancelled[0] > 0, "no cancel took");
    }

    private static List<Thread> completers(List<Deferred<Integer>> stages) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, stages.size()).boxed().toList());
        Collections.shuffle(order);
        return IntStream.range(0, 4)
                .mapToObj(part -> Thread.ofPlatform().start(() -> {
                    for (int i = part; i < order.size(); i += 4) {
                        stages.get(order.get(i)).complete(order.get(i));
                    }
                }))
                .toList();
    }

    @Test
    @DisplayName("U-19 on a thread of no loop a for-each loop blocks it, as join does")
    void onAThreadOfNoLoopAForEachLoopBlocks() {
        Deferred<Integer> later = new Deferred<>();
        WaitIterator<Integer> iterator = WaitIterator.of(later, done(1));
        List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
        Thread thread = Thread.ofPlatform().start(() -> iterator.forEach(seen::add));
        later.complete(0);
        join(thread);
        assertEquals(Set.of(0, 1), Set.copyOf(seen));
        assertEquals(2, seen.size());
    }

    @Test
    @DisplayName("U-16 a hundred thousand stages, in linear time")
    void hundredThousandStages() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(30),
                () -> time.run(() -> {
                    List<Deferred<Integer>> stages = pending(100_000);
                    WaitIterator<Integer> iterator = WaitIterator.of(stages);
                    for (int i = 0; i < stages.size(); i++) {
                        stages.get(stages.size() - 1 - i).complete(i);
                    }
                    int expected = 0;
                    for (int value : iterator) {
                        assertEquals(expected++, value);
                    }
                    assertEquals(100_000, expected);
                    assertEquals(0, iteration());
                }));
    }
}
