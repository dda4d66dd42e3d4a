package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.future.YieldConverter;
import dev.baton.future.YieldConverters;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rows of tornado.gen.coroutine that have no better place. */
class TornadoCoroutineTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    // ------------------------------------------------------------------------------------------------- values, T-04

    @Test
    @DisplayName("T-04, U-01 a return before the first await makes a coroutine that is done when spawn returns"
            + " (test_sync_gen_return, test_async_early_return)")
    void returnBeforeTheFirstAwait() {
        time.run(() -> {
            boolean early = true;
            Coroutine<Integer> coroutine = spawn(() -> {
                if (early) {
                    return 42;
                }
                moment();
                return 0;
            });
            assertTrue(coroutine.isDone());
            assertEquals(42, await(coroutine));
            assertEquals(0, iteration());
        });
    }

    @Test
    @DisplayName("T-04, U-01 a return after an await, from the depth of a loop with a finally that awaits"
            + " (test_async_gen_return, test_async_return)")
    void returnAfterAnAwait() {
        time.run(() -> {
            Coroutine<Integer> coroutine = spawn(() -> {
                for (int i = 0; ; i++) {
                    try {
                        moment();
                        if (i == 1) {
                            return 42;
                        }
                    } finally {
                        moment();
                        log.add(at("finally " + i));
                    }
                }
            });
            assertEquals(42, await(coroutine));
            log.add(at("main"));
        });
        assertEquals(List.of("2 finally 0", "4 finally 1", "5 main"), log);
    }

    @Test
    @DisplayName("T-04, U-01 no value is null: a bare return, the end of the body, an explicit null"
            + " (test_sync_return_no_value, test_async_return_no_value)")
    void noValueIsNull() {
        time.run(() -> {
            assertNull(await(spawn(() -> {})));
            assertNull(await(spawn(() -> {
                moment();
                if (iteration() > 0) {
                    return;
                }
                log.add("not reached");
            })));
            assertNull(await(TornadoCoroutineTest.<String>spawnNull()));
        });
        assertEquals(List.of(), log);
    }

    private static <T> Coroutine<T> spawnNull() {
        return spawn((Callable<T>) () -> {
            moment();
            return null;
        });
    }

    @Test
    @DisplayName("T-04 a return in a finally block wins over a failure, as in any Java method")
    void returnInAFinallyBlock() {
        time.run(() -> assertEquals(7, await(spawn(TornadoCoroutineTest::failThenReturn))));
    }

    @SuppressWarnings({"finally", "Finally"}) // it is what is tested
    private static int failThenReturn() {
        try {
            moment();
            throw new IllegalStateException("lost, and the language says so");
        } finally {
            return 7;
        }
    }

    // --------------------------------------------------------------------------------------------- iterations, T-06

    @Test
    @DisplayName("T-06 each level of nesting costs one iteration: the whole of trace G-3")
    void eachLevelOfNestingCostsOneIteration() {
        time.run(() -> {
            Deferred<String> f = new Deferred<>();
            Supplier<Coroutine<String>> a = () -> spawn(() -> level("a", f));
            Supplier<Coroutine<String>> b = () -> spawn(() -> {
                log.add(at("b start"));
                String value = await(a.get());
                log.add(at("b " + value));
                return value;
            });
            Coroutine<String> c = spawn(() -> {
                log.add(at("c start"));
                String value = await(b.get());
                log.add(at("c " + value));
                return value;
            });
            log.add(at("after c()"));
            EventLoop.current().execute(() -> {
                log.add(at("set"));
                f.complete("res");
                log.add(at("after set"));
            });
            log.add(at("main " + await(c)));
        });
        assertEquals(
                List.of(
                        "0 c start",
                        "0 b start",
                        "0 a start",
                        "0 after c()",
                        "1 set",
                        "1 after set",
                        "2 a res",
                        "3 b res",
                        "4 c res",
                        "5 main res"),
                log);
    }

    private String level(String name, Deferred<String> future) {
        log.add(at(name + " start"));
        String value = await(future);
        log.add(at(name + " " + value));
        return value;
    }

    @Test
    @DisplayName("T-06 a failure takes the same way; combinators between the levels, and plain calls, cost nothing")
    void failureTakesTheSameWay() {
        IOException failure = new IOException("failure");
        time.run(() -> {
            Deferred<String> f = new Deferred<>();
            Coroutine<String> inner = spawn(() -> await(Futures.withTimeout(ms(9), f)));
            Coroutine<List<String>> middle = spawn(() -> await(List.of(inner)));
            Coroutine<List<List<String>>> outer = spawn(() -> throughCalls(middle));
            EventLoop.current().execute(() -> f.completeExceptionally(failure));
            for (CompletableFuture<?> each : List.of(outer, middle, inner)) {
                assertSame(failure, assertThrows(IOException.class, () -> await(each)));
                log.add(at("main"));
            }
        });
        // inner at 2, middle at 3, outer at 4
        assertEquals(List.of("5 main", "5 main", "5 main"), log);
    }

    private static <T> List<T> throughCalls(Coroutine<T> awaited) {
        return oneCallDeeper(awaited);
    }

    private static <T> List<T> oneCallDeeper(Coroutine<T> awaited) {
        return await(Futures.gather(awaited));
    }

    @Test
    @DisplayName("T-06 a hundred levels cost a hundred iterations, a level that is done already none")
    void hundredLevels() {
        time.run(() -> {
            Deferred<Integer> bottom = new Deferred<>();
            CompletableFuture<Integer> top = bottom;
            for (int i = 0; i < 100; i++) {
                CompletableFuture<Integer> below = top;
                top = spawn(() -> await(below) + 1);
            }
            bottom.complete(0);
            assertEquals(100, await(top));
            assertEquals(101, iteration());
            CompletableFuture<Integer> again = top;
            assertEquals(102, await(spawn(() -> await(spawn(() -> await(again) + 1)) + 1)));
            assertEquals(101, iteration());
        });
    }

    // ------------------------------------------------------------------------------------------------- moment, T-11

    @Test
    @DisplayName(
            "T-11, U-25 collections of what is done do not delay, however deep; only moment() does (test_multi_moment)")
    void collectionsOfWhatIsDoneDoNotDelay() {
        time.run(() -> {
            CompletableFuture<Integer> three = CompletableFuture.completedFuture(3);
            log.add(at("start"));
            log.add(at("" + await(List.of(three, three))));
            log.add(at("" + await(List.<Deferred<Integer>>of())));
            log.add(at("" + await((Object) Map.of("b", List.of(List.of(), three)))));
            moment();
            log.add(at("after moment()"));
            await((Object) null);
            log.add(at("after null"));
        });
        assertEquals(List.of("0 start", "0 [3, 3]", "0 []", "0 {b=[[], 3]}", "1 after moment()", "2 after null"), log);
    }

    @Test
    @DisplayName("T-11, U-25 a null deep in a collection is refused at the await, and the coroutine goes on")
    void nullDeepInACollectionIsRefused() {
        time.run(() -> {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("b", Arrays.asList(null, CompletableFuture.completedFuture(3)));
            assertThrows(NullPointerException.class, () -> await((Object) map));
            map.put("b", null);
            assertThrows(NullPointerException.class, () -> await((Object) map));
            assertThrows(NullPointerException.class, () -> await((Object) Arrays.asList((Object) null)));
            assertEquals(0, iteration());
        });
    }

    @Test
    @DisplayName("U-25 a future of the next iteration delays once, as any future does, and not at each await")
    void futureOfTheNextIterationDelaysOnce() {
        time.run(() -> {
            CompletableFuture<?> next = Futures.convert(null);
            assertNull(await(next));
            assertEquals(2, iteration(), "done in 1, and one more for the one who awaits it");
            assertNull(await(next));
            assertEquals(2, iteration());
            assertEquals(Arrays.asList(null, null), await(List.of(next, next)));
            assertEquals(2, iteration());
        });
    }

    // ------------------------------------------------------------------------------------- introspection, T-16 to T-18

    @Test
    @DisplayName(
            "T-16, A-46 a coroutine is known as one; bodies, futures and values are not (test_is_coroutine_function)")
    void coroutineIsKnownAsOne() {
        time.run(() -> {
            Callable<Integer> body = () -> 42;
            Coroutine<Integer> coroutine = spawn(body);
            assertTrue(Coroutines.isCoroutine(coroutine));
            assertTrue(Coroutines.isCoroutine(Coroutines.current()));
            for (Object other : new Object[] {body, await(coroutine), new Deferred<>(), coroutine.thenApply(x -> x)}) {
                assertFalse(Coroutines.isCoroutine(other), "" + other);
            }
            assertFalse(Coroutines.isCoroutine(null));
        });
    }

    @Test
    @DisplayName("T-16 it has the name that it was given, and its thread has it, too (test_attributes)")
    void itHasTheNameThatItWasGiven() {
        time.run(() -> {
            Coroutine<String> named = spawn("fetch", () -> {
                moment();
                return Coroutines.current().name() + " "
                        + Thread.currentThread().getName();
            });
            assertEquals("fetch", named.name());
            assertTrue(named.toString().contains("\"fetch\" #" + named.id()), named.toString());
            assertEquals("fetch fetch", await(named));
            assertEquals("fetch", named.name(), "also when it is done");
            Coroutine<?> nameless = spawn(() -> {});
            assertEquals("coroutine-" + nameless.id(), nameless.name());
        });
    }

    @Test
    @DisplayName(
            "T-17, C-20 an Error goes to the one who awaits, before the first await and after, never to the spawner")
    void errorGoesToTheOneWhoAwaits() {
        for (boolean later : List.of(false, true)) {
            AssertionError error = new AssertionError("an Error, and no Exception");
            time.run(() -> {
                Coroutine<?> inner = spawn(() -> {
                    if (later) {
                        moment();
                    }
                    throw error;
                });
                assertSame(error, assertThrows(AssertionError.class, () -> await(inner)));
                assertEquals(later ? 2 : 0, iteration());
            });
            assertEquals(List.of(), time.reports());
        }
    }

    @Test
    @DisplayName("T-17, C-20 an Error of the virtual machine reaches the awaiter as well as the loop's handler")
    void errorOfTheVirtualMachine() {
        for (boolean later : List.of(false, true)) {
            InternalError error = new InternalError("the machine is ill");
            time.run(() -> {
                Coroutine<?> inner = spawn(() -> {
                    if (later) {
                        moment();
                    }
                    throw error;
                });
                assertSame(error, assertThrows(InternalError.class, () -> await(inner)));
            });
            assertEquals(List.of(error), time.reports());
        }
    }

    @Test
    @DisplayName("T-17, C-20 a real stack overflow in a body reaches the awaiter, and the loop goes on")
    void realStackOverflow() {
        time.run(() -> {
            Coroutine<Integer> deep = spawn(() -> depth(0));
            assertThrows(StackOverflowError.class, () -> await(deep));
            moment();
            assertEquals(42, await(spawn(() -> 42)));
        });
        assertEquals(1, time.reports().size());
    }

    @SuppressWarnings("InfiniteRecursion") // it is what is tested
    private static int depth(int above) {
        return depth(above + 1) + 1;
    }

    @Test
    @DisplayName("T-18 to await a failed coroutine, to run it, or to hand it to whenDone is each enough; else a report")
    void toExamineAFailedCoroutine() {
        IOException failure = new IOException("examined");
        time.run(() -> assertThrows(IOException.class, () -> await(failing(failure))));
        assertThrows(IOException.class, () -> time.run((Callable<Object>) () -> await(failing(failure))));
        assertSame(
                failure,
                assertThrows(
                        IOException.class,
                        () -> new VirtualTime().run((Callable<Object>) () -> {
                            throw failure;
                        })));
        time.run(() -> {
            EventLoop.current().whenDone(failing(failure), (value, thrown) -> log.add(at("" + (thrown == failure))));
            sleep(ms(1));
        });
        assertEquals(List.of("2 true"), log);
        time.assertNoReports();
        time.run(() -> {
            failing(failure);
            sleep(ms(1));
        });
        assertEquals(List.of(failure), time.reports());
    }

    private static Coroutine<Object> failing(Exception failure) {
        return spawn(() -> {
            moment();
            throw failure;
        });
    }

    // --------------------------------------------------------------------------------------- other awaitables, T-22

    @Test
    @DisplayName("T-22 coroutines, stages and plain Futures are awaited together"
            + " (test_async_await_mixed_multi_native_future)")
    void coroutinesStagesAndPlainFuturesAreAwaitedTogether() {
        Coroutines.run(time.wallClock(), () -> {
            FutureTask<Integer> task = new FutureTask<>(() -> 44);
            CompletableFuture<Integer> plain = new CompletableFuture<>();
            Object all = List.of(
                    spawn(() -> {
                        moment();
                        return 42;
                    }),
                    plain,
                    task,
                    ForeignStage.of(plain.thenApply(value -> value + 2)));
            Thread.ofPlatform().start(() -> {
                plain.complete(43);
                task.run();
            });
            assertEquals(List.of(42, 43, 44, 45), await(all));
            return null;
        });
    }

    @Test
    @DisplayName("T-22 a coroutine that is done wins over its timeout (test_async_with_timeout)")
    void coroutineThatIsDoneWinsOverItsTimeout() {
        time.run(() -> {
            assertEquals(42, await(Futures.withTimeout(Duration.ofHours(1), spawn(() -> 42))));
            assertEquals(0, iteration());
            assertEquals(0, EventLoop.current().statistics().timers());
        });
        assertEquals(Duration.ZERO, time.clock.elapsed());
    }

    @Test
    @DisplayName("T-22, A-09 a sleep of zero is one iteration (test_asyncio_sleep_zero)")
    void sleepOfZeroIsOneIteration() {
        time.run(() -> assertEquals(42, await(spawn(() -> {
            sleep(Duration.ZERO);
            assertEquals(1, iteration());
            sleep(ms(-1));
            assertEquals(2, iteration());
            return 42;
        }))));
        assertEquals(Duration.ZERO, time.clock.elapsed());
    }

    @Test
    @DisplayName("T-22, U-23 a body can be made awaitable: it starts when it is awaited (test_async_await)")
    void bodyCanBeMadeAwaitable() {
        YieldConverter<?> bodies = new Bodies();
        YieldConverters.register(bodies);
        try {
            time.run(() -> {
                Callable<String> body = () -> {
                    log.add(at("body"));
                    moment();
                    return "value";
                };
                log.add(at("before"));
                log.add(at("" + await((Object) body)));
                log.add(at("" + await((Object) List.of(body, body))));
            });
        } finally {
            YieldConverters.unregister(bodies);
        }
        assertEquals(List.of("0 before", "0 body", "2 value", "2 body", "2 body", "4 [value, value]"), log);
    }

    @SuppressWarnings("rawtypes") // a class token has no type arguments
    private static final class Bodies implements YieldConverter<Callable> {
        @Override
        public Class<Callable> type() {
            return Callable.class;
        }

        @Override
        @SuppressWarnings("unchecked")
        public CompletionStage<?> convert(Callable value) {
            return spawn((Callable<Object>) value);
        }
    }
}
