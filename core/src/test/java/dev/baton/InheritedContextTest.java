package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.blocking;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.baton.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a coroutine inherits from the thread that starts it: the part of context variables that the JDK has. */
class InheritedContextTest {
    private static final InheritableThreadLocal<Integer> VARIABLE = new InheritableThreadLocal<>();

    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        VARIABLE.remove();
        time.assertNoReports();
    }

    @Test
    @DisplayName("T-24, J-08 a value goes down to what a coroutine spawns, across awaits, and no further"
            + " (ContextVarsTest.test_propagate)")
    void valueGoesDownToWhatACoroutineSpawns() {
        time.run(() -> {
            List<Coroutine<?>> roots = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                int value = i;
                roots.add(spawn(() -> {
                    VARIABLE.set(value);
                    moment();
                    await(spawn(() -> inner(value)));
                    assertEquals(value, VARIABLE.get());
                }));
            }
            await(roots);
            assertNull(VARIABLE.get());
        });
    }

    private static void inner(int value) {
        assertEquals(value, VARIABLE.get());
        await(spawn(() -> {
            assertEquals(value, VARIABLE.get());
            moment();
            assertEquals(value, VARIABLE.get());
        }));
        assertEquals(value, VARIABLE.get());
        assertEquals(value, blocking(VARIABLE::get));
        assertEquals(value, VARIABLE.get());
    }

    @Test
    @DisplayName("T-24 it is a copy: what a coroutine changes, neither its spawner nor its siblings see")
    void itIsACopy() {
        time.run(() -> {
            VARIABLE.set(1);
            Coroutine<?> first = spawn(() -> {
                VARIABLE.set(2);
                moment();
                log.add("first " + VARIABLE.get());
            });
            log.add("spawner " + VARIABLE.get());
            VARIABLE.set(3);
            Coroutine<?> second = spawn(() -> {
                moment();
                log.add("second " + VARIABLE.get());
                VARIABLE.remove();
            });
            VARIABLE.set(4);
            await(List.of(first, second));
            log.add("spawner " + VARIABLE.get());
        });
        assertEquals(List.of("spawner 1", "first 2", "second 3", "spawner 4"), log);
    }

    @Test
    @DisplayName("T-24 an old value can be set back after an await (ContextVarsTest.test_reset)")
    void oldValueCanBeSetBack() {
        time.run(() -> {
            Integer before = VARIABLE.get();
            VARIABLE.set(1);
            moment();
            assertEquals(1, VARIABLE.get());
            VARIABLE.set(before);
            moment();
            assertNull(VARIABLE.get());
        });
    }

    @Test
    @DisplayName("T-24 the copy is made by the spawn call, also when the body starts later, or on another loop"
            + " (ContextVarsTest.test_propagate_to_first_yield_with_native_async_function)")
    void copyIsMadeByTheSpawnCall() {
        time.run(() -> {
            VARIABLE.set(10);
            assertEquals(10, await(spawn(VARIABLE::get)));
            Coroutine<Integer> later = spawnLater(VARIABLE::get);
            VARIABLE.set(11);
            assertEquals(10, await(later));
        });
        VARIABLE.set(12);
        try (EventLoop loop = EventLoop.open(time.wallClock())) {
            Coroutine<Integer> foreign = spawn(loop, VARIABLE::get);
            VARIABLE.set(13);
            assertEquals(12, assertTimeoutPreemptively(Duration.ofSeconds(10), () -> foreign.get()));
        }
    }

    @Test
    @DisplayName("T-24 a callback of the loop has no part in it")
    void callbackHasNoPartInIt() {
        time.run(() -> {
            VARIABLE.set(1);
            CompletableFuture<String> seen = new CompletableFuture<>();
            EventLoop.current().execute(() -> seen.complete("" + VARIABLE.get()));
            assertEquals("null", await(seen));
        });
    }
}
