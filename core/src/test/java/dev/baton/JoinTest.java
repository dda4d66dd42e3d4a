package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** CompletableFuture's join and get in a coroutine: they wait as an await does, and end as an await does. */
class JoinTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    /** One of the ways to wait for a future in a coroutine that CompletableFuture has. */
    private interface Way {
        Object wait(Deferred<String> future) throws Exception;
    }

    private static Map<String, Way> ways() {
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("join", Deferred::join);
        ways.put("get", Deferred::get);
        ways.put("timed get", future -> future.get(1, TimeUnit.HOURS));
        return ways;
    }

    /** It does not heed a request to cancel it. */
    private static final class Stubborn extends Deferred<String> {
        @Override
        public boolean cancel(String message) {
            return false;
        }
    }

    /** If a wait blocks the thread that has the baton, nothing else in the loop can end the test. */
    private void runBounded(Runnable body) {
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> time.run(body));
    }

    private Coroutine<?> waiter(String name, Way way, Deferred<String> future) {
        return spawn(() -> {
            try {
                return way.wait(future);
            } catch (CancellationException e) {
                log.add(at(name + " cancelled: " + e.getMessage()));
                throw e;
            }
        });
    }

    @Test
    void cancelOfOneThatJoinsAFutureWhichRefusesToBeCancelledArrives() {
        runBounded(() -> {
            Stubborn future = new Stubborn();
            ways().forEach((name, way) -> {
                Coroutine<?> body = waiter(name, way, future);
                assertTrue(body.cancel("enough"));
                assertThrows(CancellationException.class, () -> await(body));
                assertTrue(body.isCancelled());
            });
            assertFalse(future.isDone());
            future.complete("late");
        });
        assertEquals(3, log.size(), log.toString());
        assertEquals(List.of("1 join cancelled: enough", "3 get cancelled: enough"), log.subList(0, 2));
    }

    @Test
    void cancelOfOneThatJoinsAFutureWhoseOutcomeIsHeldBackArrives() {
        runBounded(() -> {
            Deferred<String> held = new Deferred<>();
            held.pause();
            held.complete("held");
            ways().forEach((name, way) -> {
                Coroutine<?> body = waiter(name, way, held);
                assertTrue(body.cancel("enough"));
                assertThrows(CancellationException.class, () -> await(body));
                assertTrue(body.isCancelled());
            });
            assertFalse(held.isDone());
            held.unpause();
            assertEquals("held", held.join());
        });
        assertEquals(3, log.size(), log.toString());
        assertEquals(List.of("1 join cancelled: enough", "3 get cancelled: enough"), log.subList(0, 2));
    }

    /** As with an await: the request ended the wait, and what comes after that does not undo it. */
    @Test
    void cancelOfOneThatJoinsArrivesThoughTheFutureIsDoneBeforeTheBodyGoesOn() {
        runBounded(() -> ways().forEach((name, way) -> {
            Stubborn future = new Stubborn();
            Coroutine<?> body = waiter(name, way, future);
            assertTrue(body.cancel("enough"));
            future.complete("late");
            assertThrows(CancellationException.class, () -> await(body));
            assertTrue(body.isCancelled(), name);
        }));
    }

    @Test
    void oneThatCatchesTheCancelOfItsJoinGoesOnAndJoinsAgain() {
        runBounded(() -> ways().forEach((name, way) -> {
            Stubborn future = new Stubborn();
            Coroutine<?> body = spawn(() -> {
                assertThrows(CancellationException.class, () -> way.wait(future));
                moment();
                return way.wait(future);
            });
            assertTrue(body.cancel());
            Coroutines.sleep(ms(1));
            future.complete("again");
            assertEquals("again", await(body), name);
        }));
    }
}
