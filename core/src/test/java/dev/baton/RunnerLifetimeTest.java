package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.future.WaitIterator;
import dev.baton.loop.EventLoop;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What keeps a coroutine and its futures alive, and what lets go of them. */
class RunnerLifetimeTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static void assertCollected(WeakReference<?> reference, String what) {
        for (int i = 0; i < 50 && reference.get() != null; i++) {
            for (int carrier = 0; carrier < 16; carrier++) { // each of which remembers the last thread that it carried
                Coroutines.blocking(() -> null);
            }
            System.gc();
        }
        assertNull(reference.get(), what);
    }

    // --------------------------------------------------------------------------------------------------- kept, R-01

    /** The ways from a coroutine to a future that nobody else holds; the calls leave no variable behind that does. */
    private enum Way {
        DIRECT(future -> await(future.get())),
        PLAIN_STAGE(future -> await((CompletionStage<Integer>) future.get())),
        JOIN(future -> future.get().join()),
        WITH_TIMEOUT(future -> await(withTimeout(future))),
        WAIT_FOR(future -> await(waitFor(future))),
        MULTI(future -> await(multi(future)).getFirst()),
        GATHER(future -> await(gather(future)).getFirst()),
        WAIT_ITERATOR(future -> await(next(future))),
        COROUTINE(future -> await(spawn(() -> await(future.get()))));

        final Function<WeakReference<Deferred<Integer>>, Integer> wait;

        Way(Function<WeakReference<Deferred<Integer>>, Integer> wait) {
            this.wait = wait;
        }

        static Deferred<Integer> withTimeout(WeakReference<Deferred<Integer>> future) {
            return Futures.withTimeout(ms(200), future.get());
        }

        static Deferred<Integer> waitFor(WeakReference<Deferred<Integer>> future) {
            return Futures.waitFor(ms(200), future.get());
        }

        static Deferred<List<Integer>> multi(WeakReference<Deferred<Integer>> future) {
            return Futures.multi(List.of(future.get()));
        }

        static Deferred<List<Integer>> gather(WeakReference<Deferred<Integer>> future) {
            return Futures.gather(future.get());
        }

        static Deferred<Integer> next(WeakReference<Deferred<Integer>> future) {
            return WaitIterator.of(future.get()).next();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("R-01 a coroutine that waits, and what it waits for, survive a collection (RGC.test_gc)")
    void coroutineThatWaitsSurvivesACollection(Way way) {
        time.run(() -> {
            // Neither the future nor the coroutine is held by anybody but the runtime.
            Deferred<Integer> bounded = Futures.withTimeout(ms(200), spawn(() -> {
                WeakReference<Deferred<Integer>> scope = new WeakReference<>(new Deferred<>());
                EventLoop.current().execute(() -> collectThenComplete(scope));
                return way.wait.apply(scope);
            }));
            assertEquals(123, await(bounded));
            assertEquals(ms(0), time.clock.elapsed());
        });
    }

    private static void collectThenComplete(WeakReference<Deferred<Integer>> scope) {
        System.gc();
        Deferred<Integer> future = scope.get();
        assertNotNull(future, "the future was collected under the coroutine that waits for it");
        future.complete(123);
    }

    @Test
    @DisplayName("R-01 a plain CompletableFuture that only the coroutine holds survives, too")
    void plainFutureThatOnlyTheCoroutineHolds() {
        time.run(() -> {
            Coroutine<Integer> coroutine = spawn(() -> {
                WeakReference<CompletableFuture<Integer>> scope = new WeakReference<>(new CompletableFuture<>());
                EventLoop.current().execute(() -> {
                    System.gc();
                    scope.get().complete(123);
                });
                return await(scope.get());
            });
            assertEquals(123, await(coroutine));
        });
    }

    // ---------------------------------------------------------------------------------------------- let go of, R-02

    @Test
    @DisplayName("R-02 closing the loop runs the finally block of an endless coroutine, which is collected then,"
            + " even if it refers to itself (test_gc_infinite_coro)")
    void closingTheLoopEndsAnEndlessCoroutine() {
        WeakReference<Coroutine<?>> endless = time.run(() -> {
            Coroutine<?>[] self = new Coroutine<?>[1];
            self[0] = spawn(() -> {
                try {
                    while (true) {
                        sleep(ms(1));
                        log.add(self[0].name().isEmpty() ? "" : "wake-up");
                    }
                } finally {
                    log.add("finally");
                }
            });
            sleep(ms(200));
            return new WeakReference<Coroutine<?>>(self[0]);
        });
        assertEquals("finally", log.getLast());
        assertEquals(
                List.of("wake-up"),
                log.subList(0, log.size() - 1).stream().distinct().toList());
        assertEquals(201, log.size(), "200 wake-ups, the last in the iteration in which the other one ends");
        new VirtualTime().run(() -> assertCollected(endless, "a coroutine of a closed loop"));
    }

    @Test
    @DisplayName("R-02 one that nothing can wake is held, shown and never collected silently, until the loop closes")
    void oneThatNothingCanWake() {
        WeakReference<Object> local = time.run(() -> {
            WeakReference<Object> held = new WeakReference<>(new Object());
            Object strong = held.get();
            spawn("forgotten", () -> {
                try {
                    await(new Deferred<>());
                } finally {
                    log.add("finally " + (strong != null));
                }
            });
            for (int i = 0; i < 5; i++) {
                System.gc();
                moment();
            }
            assertTrue(Coroutines.dump(EventLoop.current()).contains("forgotten"));
            assertEquals(2, Coroutines.all(EventLoop.current()).size());
            return held;
        });
        assertEquals(List.of("finally true"), log);
        new VirtualTime().run(() -> assertCollected(local, "a local of a coroutine of a closed loop"));
    }

    @Test
    @DisplayName("R-02 one whose handle was dropped ends as any other, and is forgotten then")
    void oneWhoseHandleWasDropped() {
        time.run(() -> {
            WeakReference<Coroutine<?>> dropped = new WeakReference<>(spawn(() -> {
                sleep(ms(5));
                log.add("ended");
            }));
            System.gc();
            sleep(ms(10));
            assertEquals(List.of("ended"), log);
            assertCollected(dropped, "the handle of a coroutine that has ended");
            assertEquals(1, Coroutines.all(EventLoop.current()).size());
        });
    }

    // ------------------------------------------------------------------------------------------------- hygiene, R-03

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("R-03 a coroutine that waits for the next thing keeps neither the last future nor its value")
    void coroutineThatWaitsForTheNextThing(boolean plain) {
        time.run(() -> {
            Deferred<String> next = new Deferred<>();
            List<CompletableFuture<byte[]>> last = new ArrayList<>();
            last.add(plain ? new CompletableFuture<>() : new Deferred<>());
            WeakReference<CompletableFuture<byte[]>> future = new WeakReference<>(last.getFirst());
            Coroutine<Integer> coroutine = spawn(() -> {
                int length = await(last.removeFirst()).length;
                await(next);
                return length;
            });
            WeakReference<byte[]> value = complete(future);
            assertCollected(value, "the value of the last await");
            assertCollected(future, "the future of the last await");
            next.complete("next");
            assertEquals(1, await(coroutine));
        });
    }

    private static WeakReference<byte[]> complete(WeakReference<CompletableFuture<byte[]>> future) {
        byte[] value = new byte[1];
        future.get().complete(value);
        return new WeakReference<>(value);
    }

    @Test
    @DisplayName("R-03 the handle of one that has ended keeps no thread, nor what its last future held")
    void handleOfOneThatHasEndedKeepsNoThread() {
        time.run(() -> {
            List<WeakReference<?>> seen = new ArrayList<>();
            Coroutine<Integer> handle = spawn(() -> {
                Deferred<byte[]> last = Futures.after(ms(1), new byte[7]);
                seen.add(new WeakReference<>(Thread.currentThread()));
                seen.add(new WeakReference<>(last));
                return await(last).length;
            });
            assertEquals(7, await(handle));
            assertCollected(seen.get(0), "the thread");
            assertCollected(seen.get(1), "the last future");
            assertEquals(7, handle.resultNow());
            assertNull(handle.awaiting());
        });
    }

    @Test
    @DisplayName("R-03, T-21 a stage that is never done keeps nothing of a coroutine that has given it up")
    void stageThatIsNeverDoneKeepsNothing() {
        CompletableFuture<String> never = new CompletableFuture<>();
        for (CompletionStage<String> stage : List.of(never.minimalCompletionStage(), ForeignStage.of(never))) {
            time.run(() -> {
                WeakReference<Coroutine<String>> givenUp = new WeakReference<>(spawn(() -> await(stage)));
                moment();
                givenUp.get().cancel();
                moment();
                moment();
                assertCollected(givenUp, "a coroutine that was cancelled while it awaited " + stage);
            });
        }
    }
}
