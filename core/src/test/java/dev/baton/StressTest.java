package dev.baton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real threads against one loop, as many as it takes to lose a wake-up or to run two bodies at once. */
@Tag("stress")
@Timeout(60)
class StressTest {
    private static final int COROUTINES = 100_000;
    private static final int COMPLETERS = 8;
    private static final int ROUNDS = 5;

    /** Written by every coroutine without a lock: right at the end only if no two ever ran at once. */
    private long counter;

    private int bodies; // how many are between two awaits now
    private int mostBodies;
    private long steps;
    private int finished;
    private int cancelled;

    @Test
    @DisplayName(
            "J-02, J-07 100,000 coroutines, 8 threads that complete their futures, random cancels: no step is lost")
    void noStepIsLostAndNoTwoBodiesRunAtOnce() throws InterruptedException {
        BlockingQueue<CompletableFuture<Integer>> work = new LinkedBlockingQueue<>();
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> completers = new ArrayList<>();
        for (int i = 0; i < COMPLETERS; i++) {
            completers.add(Thread.ofPlatform().start(() -> complete(work, done)));
        }

        Coroutines.run(Duration.ofSeconds(50), () -> {
            List<Coroutine<?>> all = new ArrayList<>(COROUTINES);
            Random random = new Random(42);
            for (int i = 0; i < COROUTINES; i++) {
                boolean ours = i % 2 == 0; // a Deferred keeps its own waiters, a plain future does not
                all.add(Coroutines.spawnLater(() -> body(work, ours)));
                if (i % 100 == 0) {
                    Coroutines.moment();
                    all.get(random.nextInt(all.size())).cancel();
                }
            }
            for (int i = 0; i < COROUTINES / 10; i++) {
                all.get(random.nextInt(all.size())).cancel("by chance");
                if (i % 50 == 0) {
                    Coroutines.moment();
                }
            }
            for (Coroutine<?> each : all) {
                try {
                    Coroutines.await(each);
                } catch (CancellationException e) {
                    cancelled++;
                }
            }
            assertEquals(1, Coroutines.all(EventLoop.current()).size(), "only this one is left");
            assertEquals(1, EventLoop.current().statistics().timers(), "only that of run itself");
            return null;
        });

        done.set(true);
        for (Thread each : completers) {
            each.join(Duration.ofSeconds(10));
        }
        assertEquals(COROUTINES, finished + cancelled);
        assertTrue(cancelled > 0, "the cancels reached nobody");
        assertEquals(1, mostBodies);
        assertEquals(steps, counter);
    }

    private void body(BlockingQueue<CompletableFuture<Integer>> work, boolean ours) {
        for (int round = 0; round < ROUNDS; round++) {
            CompletableFuture<Integer> answer = ours ? new Deferred<>() : new CompletableFuture<>();
            work.add(answer);
            int one = Coroutines.await(answer);
            step(one);
            Coroutines.moment();
        }
        finished++;
    }

    /** Reads, dawdles, writes: whoever ran in between would be overwritten. */
    private void step(int one) {
        bodies++;
        mostBodies = Math.max(mostBodies, bodies);
        long before = counter;
        for (int i = 0; i < 20; i++) {
            Thread.onSpinWait();
        }
        counter = before + one;
        steps++;
        bodies--;
    }

    private static void complete(BlockingQueue<CompletableFuture<Integer>> work, AtomicBoolean done) {
        try {
            while (!done.get()) {
                CompletableFuture<Integer> next = work.poll(10, TimeUnit.MILLISECONDS);
                if (next != null) {
                    next.complete(1);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
