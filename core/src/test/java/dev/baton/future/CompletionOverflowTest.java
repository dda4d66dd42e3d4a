package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A completion a few frames above the end of the stack: it happens as a whole, or not at all. */
class CompletionOverflowTest {
    private static final int FARTHEST = 1_800; // frames: those of compiled code are small
    private static final int NESTED = 60; // more than are told in nested calls

    private final VirtualTime time = new VirtualTime();
    private int reached;
    private int overflows;
    private int completions;

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    @Test
    @DisplayName("W-30 a stack overflow in complete() leaves no awaiter, callback or combinator untold")
    void aStackOverflowInCompleteLeavesNoneUntold() {
        List<String> lost = new ArrayList<>();
        time.run(() -> {
            for (int above = 0; above < FARTHEST; above += above < 100 ? 1 : 10) {
                List<String> told = new ArrayList<>();
                Deferred<String> future = new Deferred<>();
                Coroutine<Boolean> first = spawn(() -> told.add("first " + await(future)));
                Deferred<String> nested = future;
                for (int i = 0; i < NESTED; i++) {
                    nested = Futures.withTimeout(VirtualTime.ms(1_000), nested);
                }
                Deferred<String> outermost = nested;
                Coroutine<Boolean> second = spawn(() -> told.add("nested " + await(outermost)));
                EventLoop.current().whenDone(future, (value, failure) -> told.add("callback " + value));
                Coroutine<Boolean> third = spawn(() -> told.add("last " + await(Futures.gather(future, future))));

                completeNearTheEnd(future, above);
                moment();
                moment();
                List<String> expected = new ArrayList<>(
                        List.of("first value", "nested value", "callback value", "last [value, value]"));
                if (!told.equals(expected)) {
                    lost.add(above + " above: done " + future.isDone() + ", told " + told);
                    outermost.complete("value");
                    List.of(first, second, third).forEach(Coroutine::cancel);
                    moment();
                    List.of(first, second, third).forEach(each -> each.handle((any, failure) -> any));
                }
            }
        });
        assertEquals(List.of(), lost);
        assertTrue(overflows > 5, "overflows: " + overflows);
        assertTrue(completions > 5, "completions: " + completions);
    }

    private void completeNearTheEnd(Deferred<String> future, int above) {
        int deepest = deepest();
        try {
            sink(deepest - above, () -> assertTrue(future.complete("value")));
            completions++;
        } catch (StackOverflowError e) {
            overflows++;
            if (!future.isDone()) {
                assertTrue(future.complete("value"), "nothing has happened, so this is the first completion");
            }
        }
    }

    private int deepest() {
        reached = 0;
        try {
            sink(Integer.MAX_VALUE, () -> {});
        } catch (StackOverflowError e) {
            // that is the point
        }
        return reached;
    }

    private int sink(int frames, Runnable bottom) {
        reached++;
        if (frames <= 0) {
            bottom.run();
            return 0;
        }
        return sink(frames - 1, bottom) + 1;
    }
}
