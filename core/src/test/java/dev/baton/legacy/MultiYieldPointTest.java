package dev.baton.legacy;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.legacy.Named.addCallback;
import static dev.baton.legacy.Named.callback;
import static dev.baton.legacy.Named.delayed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.future.BadYieldException;
import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MultiYieldPointTest {
    private final VirtualTime time = new VirtualTime();
    private final List<Object> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static Task task(int iterations, Object value) {
        return new Task(callback -> delayed(iterations, callback, value));
    }

    private static Coroutine<Object> failing(RuntimeException failure) {
        return spawn(() -> {
            moment();
            throw failure;
        });
    }

    private static Map<String, Object> map(Object foo, Object bar) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("foo", foo);
        map.put("bar", bar);
        return map;
    }

    // ---------------------------------------------------------------------------------------------------- results

    @Test
    @DisplayName(
            "Y-08, Y-06 a list of waits gives a list, a map of them a map, at once if they are ready (GET.test_multi,"
                    + " test_multi_dict)")
    void listsAndMapsOfWaits() {
        time.run(() -> {
            for (boolean explicit : List.of(false, true)) {
                callback("k1").call("v1");
                callback("k2").call("v2");
                List<?> list = List.of(new Wait("k1"), new Wait("k2"));
                log.add(await(explicit ? new MultiYieldPoint(list) : list));
                callback("k1").call("v1");
                callback("k2").call("v2");
                Map<String, Object> map = map(new Wait("k1"), new Wait("k2"));
                log.add(await(explicit ? new MultiYieldPoint(map) : map));
            }
            log.add(at("end"));
        });
        List<?> list = List.of("v1", "v2");
        assertEquals(List.of(list, map("v1", "v2"), list, map("v1", "v2"), "0 end"), log);
        assertEquals("{foo=v1, bar=v2}", log.get(3).toString());
    }

    @Test
    @DisplayName("U-02, Y-08 results come in order, however late each is; one iteration after the last"
            + " (GET.test_multi_yieldpoint_delayed, test_multi_yieldpoint_dict_delayed, test_multi_future_delayed,"
            + " test_multi_future_dict_delayed)")
    void resultsComeInOrder() {
        time.run(() -> {
            log.add(at(await(new MultiYieldPoint(List.of(task(3, "v1"), task(1, "v2"))))
                    .toString()));
            log.add(at(await(new MultiYieldPoint(map(task(3, "v1"), task(1, "v2"))))
                    .toString()));
            log.add(at(
                    await(Futures.multi(List.of(task(3, "v1"), task(1, "v2")))).toString()));
            log.add(at(await(Futures.multi(Map.of("foo", task(3, "v1")))).toString()));
        });
        assertEquals(List.of("4 [v1, v2]", "8 {foo=v1, bar=v2}", "12 [v1, v2]", "16 {foo=v1}"), log);
    }

    @Test
    @DisplayName(
            "U-07, Y-09 a wait, a task, a coroutine and a list may stand side by side (GET.test_multi_mixed_types)")
    void kindsMayBeMixed() {
        time.run(() -> {
            for (boolean explicit : List.of(false, true)) {
                callback("k1").call("v1");
                List<?> mixed = List.of(
                        new Wait("k1"),
                        task(3, "v2"),
                        spawn(() -> "v3"),
                        List.of(CompletableFuture.completedFuture("v4")),
                        new Callback("k2"));
                List<?> values = explicit ? (List<?>) await(new MultiYieldPoint(mixed)) : await(Futures.multi(mixed));
                log.add(at(values.subList(0, 4).toString()));
                ((ResultCallback) values.get(4)).call("v5");
                log.add(Named.waitFor("k2"));
            }
        });
        assertEquals(List.of("4 [v1, v2, v3, [v4]]", "v5", "8 [v1, v2, v3, [v4]]", "v5"), log);
    }

    @Test
    @DisplayName("T-22 the callback of a coroutine is waited for beside another coroutine"
            + " (GCT.test_async_await_mixed_multi_native_yieldpoint, test_async_await_mixed_multi_native_future)")
    void coroutineAndCallbackOfCoroutine() {
        time.run(() -> {
            Coroutine<Integer> native1 = spawn(() -> {
                await(new Task(Named::addCallback));
                return 42;
            });
            spawn(
                    () -> {
                        await(new Task(Named::addCallback));
                        throw new Return(43);
                    },
                    callback("cb"));
            log.add(await((Object) List.of(native1, new Wait("cb"))));
        });
        assertEquals(List.of(List.of(42, 43)), log);
    }

    @Test
    @DisplayName(
            "U-02, U-05 nothing gives an empty one at once; what stands twice is there twice (GET.test_multi_empty,"
                    + " test_multi_future_duplicate)")
    void emptyAndDuplicates() {
        time.run(() -> {
            log.add(await(new MultiYieldPoint(List.of())));
            log.add(await(new MultiYieldPoint(Map.of())));
            log.add(at("empty"));
            Task twice = task(1, 2);
            log.add(await(new MultiYieldPoint(List.of(task(1, 1), twice, task(1, 3), twice))));
        });
        assertEquals(List.of(List.of(), Map.of(), "0 empty", List.of(1, 2, 3, 2)), log);
    }

    @Test
    @DisplayName("U-06 two thousand children take three iterations (GET.test_multi_performance)")
    void manyChildren() {
        time.run(() -> {
            List<Task> tasks = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                tasks.add(new Task(Named::addCallback));
            }
            log.add(at(((List<?>) await(new MultiYieldPoint(tasks))).size() + " results"));
        });
        assertEquals(List.of("2 2000 results"), log);
    }

    @Test
    @DisplayName("Y-08 a child may be done by another thread")
    void childMayBeDoneElsewhere() {
        Coroutines.run(time.wallClock(), () -> {
            CompletableFuture<String> plain = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> plain.complete("from elsewhere"));
            return log.add(await(new MultiYieldPoint(List.of(plain))));
        });
        assertEquals(List.of(List.of("from elsewhere")), log);
    }

    // ---------------------------------------------------------------------------------------------------- failures

    @Test
    @DisplayName("U-03, U-04 the first failure by position is thrown, the others are reported, or quiet"
            + " (GET.test_multi_exceptions, test_multi_future_exceptions)")
    void firstFailureByPosition() {
        IllegalStateException first = new IllegalStateException("error 1");
        IllegalStateException second = new IllegalStateException("error 2");
        time.run(() -> {
            Deferred<Object> late = new Deferred<>();
            addCallback(() -> addCallback(() -> addCallback(() -> late.completeExceptionally(first))));
            assertSame(first, assertThrows(IllegalStateException.class, () -> {
                await(new MultiYieldPoint(List.of(late, failing(second))));
            }));
            log.add(at("thrown"));
            assertEquals(List.of(second), time.reports());

            assertSame(first, assertThrows(IllegalStateException.class, () -> {
                await(new MultiYieldPoint(List.of(failing(first), task(1, 2))));
            }));
            assertEquals(List.of(), time.reports());

            assertSame(first, assertThrows(IllegalStateException.class, () -> {
                await(new MultiYieldPoint(map(failing(first), failing(second)), RuntimeException.class));
            }));
            assertEquals(List.of(), time.reports());
        });
        assertEquals(List.of("4 thrown"), log);
    }

    @Test
    @DisplayName("U-03, Y-05 an unknown key among them is a failure as any other")
    void unknownKeyAmongThem() {
        time.run(() -> {
            assertThrows(UnknownKeyException.class, () -> {
                await(new MultiYieldPoint(List.of(new Wait("k1"), task(2, 1))));
            });
            log.add(at("thrown"));
        });
        assertEquals(List.of("3 thrown"), log);
    }

    @Test
    @DisplayName("Y-08, T-13 what cannot be awaited is refused at the await, a null at the constructor")
    void badChildren() {
        time.run(() -> {
            assertThrows(BadYieldException.class, () -> await(new MultiYieldPoint(List.of(42))));
            List<Object> withNull = new ArrayList<>();
            withNull.add(null);
            assertThrows(NullPointerException.class, () -> new MultiYieldPoint(withNull));
        });
    }

    @Test
    @DisplayName("U-08 a cancel of the one who waits leaves the children alone")
    void cancelLeavesTheChildrenAlone() {
        time.run(() -> {
            Deferred<Object> child = new Deferred<>();
            Coroutine<Object> waits = spawn(() -> await(new MultiYieldPoint(List.of(child))));
            waits.cancel();
            moment();
            assertTrue(waits.isCancelled());
            assertFalse(child.isDone());
            child.complete(1);
        });
    }
}
