package dev.baton.legacy;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.baton.Coroutine;
import dev.baton.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReturnTest {
    private final VirtualTime time = new VirtualTime();
    private final List<Object> log = new ArrayList<>();

    @AfterEach
    void nothingIsReported() {
        time.assertNoReports();
    }

    private static void helper(Object value) {
        throw new Return(value);
    }

    @Test
    @DisplayName("T-04, U-01 Return ends the coroutine with its value (GCT.test_sync_gen_return, test_async_gen_return,"
            + " test_async_return, test_async_early_return)")
    void endsTheCoroutineWithItsValue() {
        time.run(() -> {
            Coroutine<Integer> early = spawn(() -> {
                if (log.isEmpty()) {
                    throw new Return(41);
                }
                return await(new Task(callback -> {})) == null ? 0 : 1;
            });
            Coroutine<Integer> late = spawn(() -> {
                await(new Task(Named::addCallback));
                throw new Return(42);
            });
            log.add(early.resultNow());
            log.add(await(early));
            log.add(await(late));
        });
        assertEquals(List.of(41, 41, 42), log);
    }

    @Test
    @DisplayName("T-04, U-01 without a value it is null, as to fall off the end (GCT.test_sync_return_no_value,"
            + " test_async_return_no_value)")
    void withoutValueItIsNull() {
        time.run(() -> {
            assertNull(await(spawn(() -> {
                throw new Return();
            })));
            assertNull(await(spawn(() -> {
                moment();
                throw new Return();
            })));
        });
    }

    @Test
    @DisplayName("T-04 a helper method ends the coroutine that called it, and no other; finally blocks run")
    void helperEndsItsCallerAndNobodyElse() {
        time.run(() -> {
            Coroutine<String> outer = spawn(() -> {
                Coroutine<String> inner = spawn(() -> {
                    try {
                        helper("from the helper");
                        return "not reached";
                    } finally {
                        log.add("finally");
                    }
                });
                log.add(await(inner));
                return "the outer one goes on";
            });
            log.add(await(outer));
        });
        assertEquals(List.of("finally", "from the helper", "the outer one goes on"), log);
    }

    @Test
    @DisplayName("T-09 a coroutine catches what an await throws, and returns (GCT.test_swallow_yieldpoint_exception,"
            + " test_replace_yieldpoint_exception)")
    void catchesAndReturnsOrReplaces() {
        time.run(() -> {
            Coroutine<Integer> swallows = spawn(() -> {
                try {
                    await(spawn(() -> {
                        throw new ArithmeticException();
                    }));
                    return 0;
                } catch (ArithmeticException e) {
                    throw new Return(42);
                }
            });
            assertEquals(42, await(swallows));
            Coroutine<Integer> replaces = spawn(() -> {
                try {
                    await(spawn(() -> {
                        throw new ArithmeticException();
                    }));
                    return 0;
                } catch (ArithmeticException e) {
                    throw new IllegalArgumentException(e);
                }
            });
            assertThrows(IllegalArgumentException.class, () -> await(replaces));
        });
    }
}
