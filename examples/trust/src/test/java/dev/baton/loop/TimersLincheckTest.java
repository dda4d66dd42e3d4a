package dev.baton.loop;

import dev.baton.loop.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Timers that other threads cancel while the owner lets them run, one in each step of the clock. */
@Tag("trust")
class TimersLincheckTest {
    private static final int TIMERS = 6;

    /** What the timers do, one after the other. */
    public static class Model {
        private final boolean[] gone = new boolean[TIMERS];
        private int now;

        public boolean cancel(int index) {
            boolean cancelled = !gone[index];
            gone[index] = true;
            return cancelled;
        }

        public int step() {
            if (now == TIMERS || gone[now]) {
                now = Math.min(TIMERS, now + 1);
                return 0;
            }
            gone[now] = true;
            return ++now;
        }
    }

    /** A loop with one timer for each of the next milliseconds. */
    public static class Subject {
        private final VirtualClock clock = new VirtualClock();
        private final EventLoop loop = EventLoop.create(
                LoopOptions.defaults().withHandoff(Handoff.PORTABLE).withClock(clock));
        private final List<TimerHandle> timers = new ArrayList<>();
        private final boolean[] asked = new boolean[TIMERS]; // each by one thread at a time: see cancel
        private int ran;
        private int now;

        public Subject() {
            for (int i = 0; i < TIMERS; i++) {
                int number = i + 1;
                timers.add(loop.schedule(Duration.ofMillis(number), () -> ran = number));
            }
            loop.runOnce();
        }

        @Operation
        public boolean cancel(@Param(gen = IntGen.class, conf = "0:5") int index) {
            TimerHandle timer = timers.get(index);
            synchronized (timer) { // isCancelled() does not tell whose cancel it was
                boolean before = asked[index];
                asked[index] = true;
                timer.cancel();
                return !before && timer.isCancelled();
            }
        }

        @Operation(nonParallelGroup = "owner")
        public int step() {
            ran = 0;
            if (now < TIMERS) {
                now++;
                clock.advanceBy(Duration.ofMillis(1));
            }
            loop.runOnce();
            return ran;
        }
    }

    @Test
    void stress() {
        Lincheck.stress().sequentialSpecification(Model.class).check(Subject.class);
    }
}
