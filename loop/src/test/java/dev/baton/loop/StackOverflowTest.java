package dev.baton.loop;

import static dev.baton.loop.TestFiber.begin;
import static dev.baton.loop.TestFiber.launch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A body that catches a StackOverflowError, wherever it came from. It goes down in its stack, and gives the baton away
 * there: at first a few frames above the end, where there is no room even for the calls; then farther and farther up.
 * There is still no room where the JDK would copy the frames, which takes more stack than they have, and in the end there is.
 */
@Timeout(value = 50, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StackOverflowTest {
    private static final int DIVES = 300;

    private final List<Throwable> reports = new CopyOnWriteArrayList<>();
    private final LoopOptions options = LoopOptions.defaults().withExceptionHandler(reports::add);

    /** What the one that runs out of stack does there. */
    enum Operation {
        /** It suspends, and another fiber is next. */
        GIVES_WAY {
            @Override
            void perform(TestFiber self, EventLoop loop) {
                self.yieldOnce();
            }
        },
        /** It suspends, and a callback is next, which the driver runs. */
        GIVES_WAY_TO_A_CALLBACK {
            @Override
            void perform(TestFiber self, EventLoop loop) {
                loop.execute(() -> {});
                self.yieldOnce();
            }
        },
        /** It lends the baton to a fiber that it starts. */
        STARTS_A_FIBER {
            @Override
            void perform(TestFiber self, EventLoop loop) {
                begin(loop, "child", TestFiber::yieldOnce);
            }
        };

        abstract void perform(TestFiber self, EventLoop loop);
    }

    private int inside; // plain: one body at a time touches it
    private int reached;
    private int overflows;
    private int performed;
    private int turnsOfOther;

    @ParameterizedTest
    @EnumSource
    @DisplayName("J-02 a body that catches a stack overflow of an await still has the baton, and has it alone")
    void aBodyThatCatchesAStackOverflowStillHasTheBaton(Operation operation) throws Exception {
        List<String> wrong = new ArrayList<>();
        EventLoop loop = EventLoop.open(options);
        CompletableFuture<String> end = new CompletableFuture<>();
        launch(loop, "other", self -> {
            while (!end.isDone()) {
                turnsOfOther++;
                assertEquals(1, ++inside);
                inside--;
                self.yieldOnce();
            }
        });
        launch(loop, "diver", self -> {
            for (int dive = 0; dive < DIVES; dive++) {
                int deepest = deepest();
                int above = dive < DIVES / 2 ? 2 * dive : (int) ((long) deepest * (dive - DIVES / 2) * 2 / DIVES);
                try {
                    sink(deepest - above, () -> operation.perform(self, loop));
                    performed++;
                } catch (StackOverflowError e) {
                    overflows++;
                }
                if (!loop.isOwner()) {
                    wrong.add("without the baton " + above + " frames above the end");
                    break;
                }
                assertEquals(1, ++inside);
                inside--;
                self.yieldOnce(); // and it can go on
            }
            end.complete("ended");
        });
        try {
            assertEquals("ended", end.get(30, TimeUnit.SECONDS));
        } finally {
            Thread.ofPlatform().daemon().start(loop::close).join(7_000);
        }
        assertEquals(List.of(), wrong);
        assertEquals(List.of(), reports);
        assertTrue(overflows > 5, "overflows: " + overflows);
        assertTrue(performed > 5, "performed: " + performed);
        assertTrue(turnsOfOther > 100, "turns of the other one: " + turnsOfOther);
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
