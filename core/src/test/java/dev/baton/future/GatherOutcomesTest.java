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
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.ForeignStage;
import dev.baton.VirtualTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GatherOutcomesTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static Coroutine<String> after(long millis, String value) {
        return spawn(() -> {
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

    private static String write(List<Outcome<String>> outcomes) {
        StringBuilder text = new StringBuilder();
        for (Outcome<String> outcome : outcomes) {
            text.append(
                    switch (outcome) {
                        case Outcome.Success<String>(var value) -> value;
                        case Outcome.Failure<String>(var cause) ->
                            cause.getClass().getSimpleName() + ":" + cause.getMessage();
                    });
            text.append(' ');
        }
        return text.toString();
    }

    @Test
    @DisplayName("A-26 failures and cancellations are outcomes, in the order of the arguments, when the last is done"
            + " (test_return_exceptions, test_result_exception_one_cancellation)")
    void failuresAndCancellationsAreOutcomes() {
        time.run(() -> {
            Coroutine<String> gone = after(1000, "gone");
            gone.cancel("gone");
            List<Outcome<String>> outcomes = await(Futures.gatherOutcomes(List.of(
                    after(30, "a"), failing(10, new IOException("b")), gone, failing(40, new RuntimeException("d")))));
            assertEquals("a IOException:b CancellationException:gone RuntimeException:d ", write(outcomes));
            assertEquals(ms(40), time.clock.elapsed());
            outcomes.clear(); // the caller's own
        });
    }

    @Test
    @DisplayName("A-26, F-06 a failure is as it is: unwrapped, the same one; null is a value, and so is a failure")
    void failureIsAsItIs() {
        IOException failure = new IOException();
        time.run(() -> {
            CompletableFuture<Object> plain = new CompletableFuture<>();
            CompletableFuture<Object> dependent = plain.thenApply(each -> each);
            CompletableFuture<Object> cancelled = new CompletableFuture<>();
            CompletableFuture<Object> wrapped = cancelled.thenApply(each -> each);
            plain.completeExceptionally(failure);
            cancelled.cancel(true);
            List<Outcome<Object>> outcomes = await(Futures.<Object>gatherOutcomes(Arrays.asList(
                    plain,
                    dependent,
                    wrapped,
                    CompletableFuture.completedFuture(null),
                    CompletableFuture.completedFuture(failure))));
            assertSame(
                    failure,
                    assertInstanceOf(Outcome.Failure.class, outcomes.get(0)).cause());
            assertEquals(outcomes.get(0), outcomes.get(1), "records with the same cause");
            assertInstanceOf(
                    CancellationException.class,
                    assertInstanceOf(Outcome.Failure.class, outcomes.get(2)).cause());
            assertNull(assertInstanceOf(Outcome.Success.class, outcomes.get(3)).value());
            assertSame(
                    failure,
                    assertInstanceOf(Outcome.Success.class, outcomes.get(4)).value());
            assertEquals(0, iteration(), "all were done");
        });
    }

    @Test
    @DisplayName(
            "A-26, A-29 of nothing it is done when it returns; A-30 duplicates run once, and stand at each position")
    void ofNothingAndDuplicates() {
        time.run(() -> {
            Deferred<List<Outcome<String>>> nothing = Futures.gatherOutcomes(List.<Deferred<String>>of());
            assertTrue(nothing.isDone());
            assertEquals(List.of(), await(nothing));
            Coroutine<String> abc = spawn(() -> {
                log.add("runs");
                return "abc";
            });
            Coroutine<String> bad = failing(1, new IOException("bad"));
            assertEquals(
                    "abc IOException:bad abc IOException:bad ",
                    write(await(Futures.gatherOutcomes(List.of(abc, bad, abc, bad)))));
            assertEquals(List.of("runs"), log);
        });
    }

    @Test
    @DisplayName("A-26 it is done together with its last input, in the same iteration")
    void doneTogetherWithItsLastInput() {
        time.run(() -> {
            Deferred<String> one = new Deferred<>();
            Deferred<String> two = new Deferred<>();
            Deferred<List<Outcome<String>>> gather = Futures.gatherOutcomes(List.of(one, two));
            one.completeExceptionally(new IOException("one"));
            assertFalse(gather.isDone(), "a failure decides nothing");
            moment();
            two.cancel("two");
            assertTrue(gather.isDone());
            assertEquals("IOException:one CancellationException:two ", write(await(gather)));
            assertEquals(1, iteration());
        });
    }

    @Test
    @DisplayName("A-26, A-52 nobody asks: neither it nor its failures are reported")
    void nobodyAsks() {
        time.run(() -> {
            Futures.gatherOutcomes(List.of(failing(1, new IOException()), failing(2, new IOException())));
            sleep(ms(10));
        });
    }

    @Test
    @DisplayName("A-28 cancelling it cancels all that are not done; when they are, it ends with the cancellation")
    void cancellingItCancelsAllThatAreNotDone() {
        time.run(() -> {
            List<Coroutine<String>> children = new ArrayList<>();
            for (String name : List.of("a", "b")) {
                children.add(spawn(() -> {
                    try {
                        return await(new Deferred<>());
                    } finally {
                        log.add(at(name));
                        if (name.equals("a")) {
                            moment();
                            log.add(at(name + " ends"));
                        }
                    }
                }));
            }
            children.add(spawn(() -> "done"));
            Deferred<List<Outcome<String>>> gather = Futures.gatherOutcomes(children);
            assertTrue(gather.cancel("all"));
            assertFalse(gather.isDone(), "not yet");
            assertEquals(
                    "all",
                    assertThrows(CancellationException.class, () -> await(gather))
                            .getMessage());
            assertEquals(List.of("1 a", "1 b", "2 a ends"), log);
            assertEquals(3, iteration(), "not before the last one");
            assertFalse(gather.cancel(), "done");
        });
    }

    @Test
    @DisplayName("A-28 the cancel of a coroutine that awaits it reaches the children, and comes back when all are done"
            + " (test_cancel_gather_1)")
    void cancelOfACoroutineThatAwaitsIt() {
        time.run(() -> {
            Coroutine<String> child = after(1000, "child");
            Coroutine<?> outer = spawn(() -> await(Futures.gatherOutcomes(List.of(child, after(500, "other")))));
            outer.cancel("enough");
            assertEquals(
                    "enough",
                    assertThrows(CancellationException.class, () -> await(outer))
                            .getMessage());
            assertTrue(child.isCancelled());
            assertEquals(ms(0), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-28 children that swallow the cancel: it ends with the cancellation all the same"
            + " (test_cancel_gather_2)")
    void childrenThatSwallowTheCancel() {
        time.run(() -> {
            Coroutine<String> stubborn = spawn(() -> {
                assertThrows(CancellationException.class, () -> await(new Deferred<>()));
                sleep(ms(10));
                return "stubborn";
            });
            Deferred<List<Outcome<String>>> gather = Futures.gatherOutcomes(List.of(stubborn));
            gather.cancel("enough");
            assertEquals(
                    "enough",
                    assertThrows(CancellationException.class, () -> await(gather))
                            .getMessage());
            assertEquals(ms(10), time.clock.elapsed());
            assertEquals("stubborn", await(stubborn));
        });
    }

    @Test
    @DisplayName("A-28, F-08 a child that nobody can cancel is left alone, as by waitFor: it is not waited for")
    void childThatNobodyCanCancelIsLeftAlone() {
        time.run(() -> {
            CompletableFuture<String> source = new CompletableFuture<>();
            Deferred<List<Outcome<String>>> gather = Futures.gatherOutcomes(List.of(ForeignStage.of(source)));
            assertTrue(gather.cancel("alone"));
            assertTrue(gather.isCancelled());

            Coroutine<String> child = after(1000, "child");
            Deferred<List<Outcome<String>>> mixed =
                    Futures.gatherOutcomes(List.of(child, source.minimalCompletionStage()));
            assertTrue(mixed.cancel("mixed"));
            assertEquals(
                    "mixed",
                    assertThrows(CancellationException.class, () -> await(mixed))
                            .getMessage());
            assertEquals(1, child.cancelling());
            source.complete("x");
            moment();
            assertTrue(gather.isCancelled() && mixed.isCancelled(), "and what comes late is not heard");
        });
    }

    @Test
    @DisplayName("A-28, F-08 a coroutine that awaits what nobody can cancel hears its cancel at once all the same")
    void coroutineThatAwaitsWhatNobodyCanCancel() {
        time.run(() -> {
            CompletableFuture<String> source = new CompletableFuture<>();
            Coroutine<?> alone = spawn(() -> await(ForeignStage.of(source)));
            Coroutine<?> gathered = spawn(() -> await(Futures.gather(ForeignStage.of(source))));
            Coroutine<?> outcomes = spawn(() -> await(Futures.gatherOutcomes(List.of(ForeignStage.of(source)))));
            for (Coroutine<?> each : List.of(alone, gathered, outcomes)) {
                each.cancel();
            }
            moment();
            assertTrue(alone.isCancelled(), "the stage itself");
            assertTrue(gathered.isCancelled(), "a gather of it");
            assertTrue(outcomes.isCancelled(), "its outcomes");
            source.complete("x");
        });
    }

    @Test
    @DisplayName("A-28 of plain futures: each is cancelled with cancel(true), and it is done when cancel returns")
    void ofPlainFutures() {
        time.run(() -> {
            CompletableFuture<String> plain = new CompletableFuture<>() {
                @Override
                public boolean cancel(boolean mayInterruptIfRunning) {
                    log.add("cancel " + mayInterruptIfRunning);
                    return super.cancel(mayInterruptIfRunning);
                }
            };
            Deferred<List<Outcome<String>>> gather = Futures.gatherOutcomes(List.of(plain, plain));
            assertTrue(gather.cancel("why"));
            assertTrue(gather.isCancelled());
            assertEquals("why", failure(gather).getMessage());
            assertEquals(List.of("cancel true"), log);
        });
    }

    @Test
    @DisplayName("A-32 a null is refused at the call")
    void nullIsRefusedAtTheCall() {
        assertThrows(NullPointerException.class, () -> Futures.<String>gatherOutcomes(null));
        assertThrows(
                NullPointerException.class, () -> Futures.gatherOutcomes(Arrays.asList(new Deferred<String>(), null)));
    }

    @Test
    @DisplayName("A-26, J-07 the outcomes may come from foreign threads, all at once")
    void outcomesMayComeFromForeignThreads() {
        Coroutines.run(time.wallClock(), () -> {
            for (int round = 0; round < 200; round++) {
                List<CompletableFuture<String>> stages = new ArrayList<>();
                List<Thread> threads = new ArrayList<>();
                CountDownLatch go = new CountDownLatch(1);
                for (int i = 0; i < 4; i++) {
                    CompletableFuture<String> stage = i % 2 == 0 ? new Deferred<>() : new CompletableFuture<>();
                    String value = "" + i;
                    stages.add(stage);
                    threads.add(Thread.ofVirtual().start(() -> {
                        VirtualTime.pass(go);
                        if (value.equals("2")) {
                            stage.completeExceptionally(new IOException(value));
                        } else {
                            stage.complete(value);
                        }
                    }));
                }
                go.countDown();
                assertEquals("0 1 IOException:2 3 ", write(await(Futures.gatherOutcomes(stages))));
                threads.forEach(VirtualTime::join);
            }
            return null;
        });
    }

    @Test
    @DisplayName("A-28, J-07 a cancel that meets outcomes from foreign threads: it ends, and nobody hangs")
    void cancelThatMeetsOutcomes() {
        Coroutines.run(time.wallClock(), () -> {
            for (int round = 0; round < 200; round++) {
                Deferred<String> one = new Deferred<>();
                Deferred<String> two = new Deferred<>();
                Deferred<List<Outcome<String>>> gather = Futures.gatherOutcomes(List.of(one, two));
                Thread thread = Thread.ofVirtual().start(() -> {
                    one.complete("1");
                    two.complete("2");
                });
                boolean taken = gather.cancel();
                VirtualTime.join(thread);
                assertTrue(gather.isDone());
                assertEquals(taken, gather.isCancelled(), "true if it took one of them");
            }
            return null;
        });
    }
}
