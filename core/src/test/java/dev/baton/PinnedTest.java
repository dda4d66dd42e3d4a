package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.Handoff;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Waiting where a virtual thread cannot leave its carrier. A static initializer is such a place on every JDK; each class
 * here is initialized by one test, once.
 */
class PinnedTest {
    private static final List<String> LOG = new ArrayList<>();

    private final VirtualTime time = new VirtualTime();

    private static String waitFor(CompletableFuture<String> future) {
        try {
            return await(future);
        } catch (IllegalStateException e) {
            LOG.add("refused");
            return String.valueOf(e.getMessage());
        }
    }

    /** Out of the initializer, which the callback would wait for. */
    private static CompletableFuture<String> valueOfACallback() {
        Deferred<String> future = new Deferred<>();
        EventLoop.current().execute(() -> {
            LOG.add("callback");
            future.complete("a value");
        });
        return future;
    }

    private static Coroutine<String> child() {
        return spawn("child", () -> {
            LOG.add("child");
            moment();
            return "grown";
        });
    }

    private static final class AwaitsInInitializer {
        static final String OUTCOME = waitFor(valueOfACallback());
    }

    @Test
    @DisplayName("J-04 an await of a pinned coroutine is refused by name on CARRIER, and works on PORTABLE")
    void pinnedAwait() {
        LOG.clear();
        String outcome = time.run(() -> {
            Coroutine<String> pinned = spawn("pinned one", () -> AwaitsInInitializer.OUTCOME);
            spawn(() -> {
                LOG.add("another");
                moment();
                LOG.add("and on");
            });
            return await(pinned);
        });
        if (isCarrier()) {
            assertEquals(List.of("refused", "another", "callback", "and on"), LOG);
            assertTrue(outcome.contains("pinned one"), outcome);
            assertTrue(outcome.contains("Handoff.PORTABLE"), outcome);
        } else {
            assertEquals(List.of("another", "callback", "and on"), LOG);
            assertEquals("a value", outcome);
        }
    }

    private static final class SpawnsInInitializer {
        static final Coroutine<String> CHILD;

        static {
            CHILD = child();
            LOG.add("parent");
        }
    }

    @Test
    @DisplayName("J-04 a spawn of a pinned coroutine starts its child, later on CARRIER")
    void pinnedSpawn() {
        LOG.clear();
        time.run(() -> {
            Coroutine<String> parent = spawn("parent", () -> await(SpawnsInInitializer.CHILD));
            assertEquals("grown", await(parent));
        });
        assertEquals(isCarrier() ? List.of("parent", "child") : List.of("child", "parent"), LOG);
    }

    private static final class FailsInInitializer {
        static final int VALUE = await(new CompletableFuture<Integer>());
    }

    @Test
    @DisplayName("J-04, J-02 what a pinned coroutine does not catch is its failure, and the loop goes on")
    void pinnedFailure() {
        if (!isCarrier()) {
            return; // there it waits, and would for ever
        }
        time.run(() -> {
            Coroutine<Integer> pinned = spawn("pinned", () -> FailsInInitializer.VALUE);
            Throwable failure = assertThrows(ExceptionInInitializerError.class, () -> await(pinned));
            assertInstanceOf(IllegalStateException.class, failure.getCause());
            sleep(ms(5));
        });
        assertEquals(ms(5), time.clock.elapsed());
    }

    private static boolean isCarrier() {
        try (EventLoop loop = EventLoop.open()) {
            return loop.handoff() == Handoff.CARRIER;
        }
    }
}
