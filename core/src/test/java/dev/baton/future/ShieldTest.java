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
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.ForeignStage;
import dev.baton.VirtualTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ShieldTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static CompletableFuture<String> failed(Throwable failure) {
        Deferred<String> deferred = new Deferred<>();
        deferred.completeExceptionally(failure);
        return deferred;
    }

    @Test
    @DisplayName("A-33 what is done is its own shield (test_shield_shortcut)")
    void whatIsDoneIsItsOwnShield() {
        time.run(() -> {
            Coroutine<String> done = spawn(() -> "x");
            assertSame(done, Futures.shield(done));
            CompletableFuture<String> plain = CompletableFuture.completedFuture("y");
            assertSame(plain, Futures.shield(plain));
            Deferred<String> cancelled = new Deferred<>();
            cancelled.cancel();
            assertSame(cancelled, Futures.shield(cancelled));
            assertEquals("xy", await(Futures.shield(done)) + await(Futures.shield(plain)));
            assertEquals(0, iteration());
        });
    }

    @Test
    @DisplayName("A-33 the value of what is pending, in the same iteration (test_shield_result)")
    void valueOfWhatIsPending() {
        time.run(() -> {
            Coroutine<String> inner = spawn(() -> {
                moment();
                return "x";
            });
            CompletableFuture<String> outer = Futures.shield(inner);
            assertNotSame(inner, outer);
            spawn(() -> log.add(at(await(outer))));
            spawn(() -> log.add(at(await(inner))));
            moment();
            assertTrue(outer.isDone());
            moment();
            assertEquals(List.of("2 x", "2 x"), log);
            assertNotSame(Futures.shield(new Deferred<>()), Futures.shield(new Deferred<>()));
        });
    }

    @Test
    @DisplayName("A-33 the failure of what is pending, as it is, and reported by nobody (test_shield_exception)")
    void failureOfWhatIsPendingAsItIs() {
        IOException failure = new IOException();
        time.run(() -> {
            Deferred<String> inner = new Deferred<>();
            CompletableFuture<String> outer = Futures.shield(inner);
            inner.completeExceptionally(failure);
            assertSame(failure, assertThrows(IOException.class, () -> await(outer)));

            CompletableFuture<String> plain = new CompletableFuture<>();
            CompletableFuture<String> second = Futures.shield(plain.thenApply(each -> each));
            plain.completeExceptionally(failure);
            assertSame(failure, failure(second), "unwrapped");
        });
    }

    @Test
    @DisplayName("A-33, F-05 a failure that passes a shield is reported once, if nobody asks the shield")
    void failureThatPassesAShieldIsReportedOnce() {
        IOException failure = new IOException();
        List<Object> held = new ArrayList<>();
        time.run(() -> {
            Coroutine<String> inner = spawn(() -> {
                moment();
                throw failure;
            });
            held.add(inner);
            held.add(Futures.shield(inner));
            moment();
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("A-34 the one who is cancelled in it hears it, and the inner one runs to its end (test_shield_effect)")
    void innerOneRunsToItsEnd() {
        time.run(() -> {
            AtomicInteger proof = new AtomicInteger();
            Deferred<String> waiter = new Deferred<>();
            Coroutine<?> inner = spawn(() -> {
                await(waiter);
                proof.addAndGet(1);
            });
            Coroutine<?> outer = spawn(() -> {
                await(Futures.shield(inner));
                proof.addAndGet(100);
            });
            assertTrue(outer.cancel("enough"));
            assertFalse(outer.isDone(), "not yet");
            assertEquals(
                    "enough",
                    assertThrows(CancellationException.class, () -> await(outer))
                            .getMessage());
            assertEquals(2, iteration(), "as for any future");
            assertFalse(inner.isDone() || waiter.isDone());
            assertEquals(0, inner.cancelling());
            waiter.complete("");
            await(inner);
            assertEquals(1, proof.get());
        });
    }

    @Test
    @DisplayName("A-34 cancelling it is at once, and leaves the inner one alone (test_shield_cancel_outer)")
    void cancellingItLeavesTheInnerOneAlone() {
        time.run(() -> {
            Deferred<String> inner = new Deferred<>(self -> log.add("canceller"));
            CompletableFuture<String> outer = Futures.shield(inner);
            assertTrue(outer.cancel(false));
            assertTrue(outer.isCancelled());
            assertFalse(inner.isDone());
            inner.complete("x");
            assertTrue(outer.isCancelled());
            assertEquals(List.of(), log);
        });
    }

    @Test
    @DisplayName("A-34 two shields of one stage: cancelling one does not touch the other")
    void twoShieldsOfOneStage() {
        time.run(() -> {
            Deferred<String> shared = new Deferred<>();
            Coroutine<String> first = spawn(() -> await(Futures.shield(shared)));
            Coroutine<String> second = spawn(() -> await(Futures.shield(shared)));
            first.cancel();
            moment();
            shared.complete("x");
            assertEquals("x", await(second));
            assertTrue(first.isCancelled());
        });
    }

    @Test
    @DisplayName("A-34, A-28 a shield around a gather keeps the cancel from the children (test_shield_gather)")
    void shieldAroundAGather() {
        time.run(() -> {
            Deferred<Integer> one = new Deferred<>();
            Deferred<Integer> two = new Deferred<>();
            Deferred<List<Integer>> parent = Futures.gather(one, two);
            CompletableFuture<List<Integer>> outer = Futures.shield(parent);
            assertTrue(outer.cancel(true));
            moment();
            one.complete(1);
            two.complete(2);
            assertEquals(List.of(1, 2), await(parent));
            assertTrue(outer.isCancelled());
        });
    }

    @Test
    @DisplayName("A-34, A-28 a gather of shields: the shields are cancelled, their stages are not (test_gather_shield)")
    void gatherOfShields() {
        time.run(() -> {
            Deferred<Integer> one = new Deferred<>();
            Deferred<Integer> two = new Deferred<>();
            CompletableFuture<Integer> first = Futures.shield(one);
            CompletableFuture<Integer> second = Futures.shield(two);
            Deferred<List<Integer>> parent = Futures.gather(first, second);
            assertTrue(parent.cancel());
            assertTrue(first.isCancelled() && second.isCancelled() && parent.isCancelled());
            assertTrue(one.complete(1) && two.complete(2), "bypassed");
        });
    }

    @Test
    @DisplayName("A-34, A-56 waitFor of a shield gives the timeout, and the stage goes on")
    void waitForOfAShield() {
        time.run(() -> {
            Coroutine<String> inner = spawn(() -> {
                sleep(ms(20));
                return "x";
            });
            assertThrows(AwaitTimeoutException.class, () -> await(Futures.waitFor(ms(10), Futures.shield(inner))));
            assertEquals(0, inner.cancelling());
            assertEquals("x", await(inner));
            assertEquals(ms(20), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-35 cancelling the inner one cancels it, with the message (test_shield_cancel_inner)")
    void cancellingTheInnerOneCancelsIt() {
        time.run(() -> {
            Deferred<String> inner = new Deferred<>();
            CompletableFuture<String> outer = Futures.shield(inner);
            assertTrue(inner.cancel("inner's"));
            assertTrue(outer.isCancelled());
            assertEquals("inner's", failure(outer).getMessage());

            Coroutine<String> child = spawn(() -> await(new Deferred<>()));
            CompletableFuture<String> ofChild = Futures.shield(child);
            child.cancel();
            assertFalse(ofChild.isDone(), "nor is the child");
            assertThrows(CancellationException.class, () -> await(ofChild));
            assertTrue(ofChild.isCancelled());

            CompletableFuture<String> plain = new CompletableFuture<>();
            CompletableFuture<String> ofPlain = Futures.shield(plain);
            plain.cancel(true);
            assertTrue(ofPlain.isCancelled());
        });
    }

    @Test
    @DisplayName("A-36 a failure of the inner one after the shield was cancelled is reported")
    void failureAfterTheShieldWasCancelledIsReported() {
        IOException ofDeferred = new IOException("of a deferred");
        IOException ofCoroutine = new IOException("of a coroutine");
        List<Object> held = new ArrayList<>();
        time.run(() -> {
            Deferred<String> inner = new Deferred<>();
            held.add(inner);
            Futures.shield(inner).cancel(true);
            inner.completeExceptionally(ofDeferred);
        });
        assertEquals(List.of(ofDeferred), time.reports());
        time.run(() -> {
            Coroutine<String> inner = spawn(() -> {
                moment();
                throw ofCoroutine;
            });
            held.add(inner);
            spawn(() -> await(Futures.shield(inner))).cancel();
            moment();
            moment();
        });
        assertEquals(List.of(ofCoroutine), time.reports());
    }

    @Test
    @DisplayName("A-36 if anybody else has asked for the failure, it is not reported")
    void ifAnybodyElseHasAskedItIsNotReported() {
        IOException failure = new IOException();
        time.run(() -> {
            Deferred<String> inner = new Deferred<>();
            CompletableFuture<String> given = Futures.shield(inner);
            CompletableFuture<String> kept = Futures.shield(inner);
            given.cancel(true);
            inner.completeExceptionally(failure);
            assertSame(failure, failure(kept));
        });
    }

    @Test
    @DisplayName("A-36, A-33 to shield what has failed is not to retrieve its failure")
    void toShieldWhatHasFailedIsNotToRetrieveIt() {
        IOException failure = new IOException();
        time.run(() -> {
            Futures.shield(failed(failure));
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("A-37 the recipe to ignore a cancel: the body goes on, and the inner one too")
    void recipeToIgnoreACancel() {
        time.run(() -> {
            Coroutine<String> inner = spawn(() -> {
                sleep(ms(10));
                return "saved";
            });
            Coroutine<String> outer = spawn(() -> {
                try {
                    return await(Futures.shield(inner));
                } catch (CancellationException e) {
                    log.add(time.when("ignored"));
                    return await(inner);
                }
            });
            sleep(ms(5));
            outer.cancel();
            assertEquals("saved", await(outer));
            assertEquals(ms(10), time.clock.elapsed());
            assertEquals(List.of("5 ignored"), log);
            assertFalse(outer.isCancelled());
        });
    }

    @Test
    @DisplayName("A-33, A-34 a stage that is nothing but a stage can be shielded, too")
    void stageThatIsNothingButAStage() {
        IOException failure = new IOException();
        time.run(() -> {
            CompletableFuture<String> source = new CompletableFuture<>();
            CompletableFuture<String> outer = Futures.shield(ForeignStage.of(source));
            CompletableFuture<String> given = Futures.shield(ForeignStage.of(source));
            given.cancel(true);
            source.complete("x");
            assertEquals("x", await(outer));

            CompletableFuture<String> second = new CompletableFuture<>();
            CompletableFuture<String> failing = Futures.shield(ForeignStage.of(second.thenApply(each -> each)));
            second.completeExceptionally(failure);
            assertSame(failure, failure(failing));
        });
    }

    @Test
    @DisplayName("A-33, J-07 the outcome may come from a foreign thread")
    void outcomeMayComeFromAForeignThread() {
        Coroutines.run(time.wallClock(), () -> {
            for (int i = 0; i < 200; i++) {
                Deferred<String> inner = new Deferred<>();
                Coroutine<String> waits = spawn(() -> await(Futures.shield(inner)));
                Thread thread = Thread.ofVirtual().start(() -> inner.complete("x"));
                assertEquals("x", await(waits));
                VirtualTime.join(thread);
            }
            return null;
        });
    }

    @Test
    @DisplayName("A-34, J-07 a cancel that meets the outcome from a foreign thread: one of them wins")
    void cancelThatMeetsTheOutcome() {
        Coroutines.run(time.wallClock(), () -> {
            for (int i = 0; i < 200; i++) {
                Deferred<String> inner = new Deferred<>();
                CompletableFuture<String> outer = Futures.shield(inner);
                Thread thread = Thread.ofVirtual().start(() -> inner.complete("x"));
                boolean cancelled = outer.cancel(true);
                VirtualTime.join(thread);
                assertTrue(outer.isDone());
                assertEquals("x", inner.resultNow());
                assertTrue(cancelled || !outer.isCancelled());
            }
            return null;
        });
    }

    @Test
    @DisplayName("A-06, A-33 one that awaits a shield of itself is stuck, and that is said, with the dump")
    void oneThatAwaitsAShieldOfItself() {
        IllegalStateException stuck = assertThrows(
                IllegalStateException.class,
                () -> time.run(() -> {
                    await(Futures.shield(Coroutines.current()));
                }));
        assertTrue(stuck.getMessage().contains("main"), stuck.getMessage());
    }
}
