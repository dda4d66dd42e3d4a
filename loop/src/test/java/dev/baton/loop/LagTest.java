package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.baton.loop.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LagTest {
    private final VirtualClock clock = new VirtualClock();
    private final EventLoop loop = EventLoop.create(LoopOptions.defaults().withClock(clock));
    private final List<Long> lags = new ArrayList<>();

    /** After one step has ended and before the next is chosen, time passes and another thread submits. */
    private final class Between implements LoopListener {
        private final TestFiber waiter;
        private boolean done;

        Between(TestFiber waiter) {
            this.waiter = waiter;
        }

        @Override
        public void stepEnded(EventLoop ended, long durationNanos) {
            if (!done) {
                done = true;
                clock.advanceBy(Duration.ofMillis(5));
                Thread other = Thread.ofPlatform().start(() -> loop.execute(waiter::wake));
                try {
                    other.join(10_000);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                assertFalse(other.isAlive());
            }
        }

        @Override
        public void stepStarted(EventLoop started, long lagNanos) {
            lags.add(lagNanos);
        }
    }

    @Test
    void aLagIsNeverNegative() {
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        TestFiber fiber = TestFiber.launch(loop, "fiber", self -> {
            loop.addListener(new Between(self));
            self.awaitWake();
            end.complete(true);
        });
        loop.runUntil(end);
        assertEquals(true, fiber.hasEnded());
        loop.close();
        assertEquals(List.of(0L, 0L), lags);
    }
}
