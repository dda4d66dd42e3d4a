package dev.baton.loop;

import static dev.baton.loop.TestFiber.awaitLatch;
import static dev.baton.loop.TestFiber.launch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("stress")
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoopStressTest {
    private static final int FIBERS = 50_000;
    private static final int WAITS = 6;
    private static final int THREADS = 8;

    private final List<Throwable> reports = new CopyOnWriteArrayList<>();
    private final LoopOptions options = LoopOptions.defaults().withExceptionHandler(reports::add);

    private long counter; // plain: right at the end only if no two fibers ever ran at once
    private int inside;
    private int mostInside;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("J-02, J-07 50,000 fibers that 8 threads resume at random: no step is lost, no two run at once")
    void noStepIsLostAndNoTwoFibersRunAtOnce(boolean open) throws Exception {
        ConcurrentLinkedQueue<Runnable> wakers = new ConcurrentLinkedQueue<>();
        CompletableFuture<String> allEnded = new CompletableFuture<>();
        EventLoop loop = open ? EventLoop.open(options) : EventLoop.create(options);
        int[] ended = {0};
        loop.execute(() -> {
            for (int i = 0; i < FIBERS; i++) {
                launch(loop, "fiber", self -> {
                    for (int wait = 0; wait < WAITS; wait++) {
                        step();
                        if (wait % 3 == 2) {
                            self.yieldOnce();
                        } else {
                            self.await(wakers::add);
                        }
                    }
                    step();
                    if (++ended[0] == FIBERS) {
                        allEnded.complete("all have ended");
                    }
                });
            }
        });
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                List<Runnable> mine = new ArrayList<>();
                while (!allEnded.isDone()) {
                    Runnable waker = wakers.poll();
                    if (waker != null) {
                        mine.add(waker);
                    }
                    if (mine.size() > 500 || (waker == null && !mine.isEmpty())) { // at random, and everyone in the end
                        int chosen = ThreadLocalRandom.current().nextInt(mine.size());
                        mine.set(chosen, mine.getLast()).run();
                        mine.removeLast();
                    } else if (waker == null) {
                        Thread.yield();
                    }
                }
            }));
        }

        String end = open ? allEnded.get(25, TimeUnit.SECONDS) : loop.runUntil(allEnded);

        assertEquals("all have ended", end);
        for (Thread thread : threads) {
            thread.join(5_000);
        }
        loop.close();
        assertEquals((long) FIBERS * (WAITS + 1), counter);
        assertEquals(1, mostInside);
        LoopStatistics statistics = loop.statistics();
        assertEquals(
                new LoopStatistics(statistics.iterations(), 0, 0, 0, 0, 0, FIBERS),
                statistics,
                "nothing is left behind");
        assertEquals(List.of(), reports);
    }

    private void step() {
        mostInside = Math.max(mostInside, ++inside);
        counter++;
        inside--;
    }

    @Test
    @DisplayName("J-07 a fiber that is resumed while it is ready sees what came before that resume")
    void aResumeOfAFiberThatIsReadyIsNotLost() throws Exception {
        int rounds = 200_000;
        AtomicInteger events = new AtomicInteger();
        AtomicInteger round = new AtomicInteger();
        CompletableFuture<String> end = new CompletableFuture<>();
        EventLoop loop = EventLoop.open(options);
        TestFiber fiber = launch(loop, "waits for an event", self -> {
            for (int i = 1; i <= rounds; i++) {
                round.set(i);
                self.resume(); // so that it may be ready already when the event comes
                do {
                    self.suspend();
                } while (events.get() < i);
            }
            end.complete("seen");
        });
        Thread.ofPlatform().daemon().start(() -> {
            for (int next = 1; next <= rounds; next++) {
                while (round.get() < next) {
                    Thread.onSpinWait();
                }
                for (int delay = next % 64; delay > 0; delay--) {
                    Thread.onSpinWait();
                }
                events.incrementAndGet();
                fiber.resume();
            }
        });

        int before = -1; // a round takes microseconds: one in which nothing happens for seconds never ends
        while (!end.isDone() && round.get() != before) {
            before = round.get();
            Thread.sleep(3_000);
        }
        assertTrue(end.isDone(), "stuck in round " + before + " after " + events + " events, " + loop.statistics());
        assertEquals("seen", end.join());
        loop.close();
        assertEquals(List.of(), reports);
    }

    @Test
    @DisplayName("L-16 close racing with execute: what was accepted runs, the rest is refused")
    void whatIsAcceptedWhileTheLoopClosesRuns() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        for (int round = 0; System.nanoTime() < end; round++) {
            EventLoop loop = round % 2 == 0 ? EventLoop.create(options) : EventLoop.open(options);
            CountDownLatch running = new CountDownLatch(1);
            loop.execute(running::countDown);
            if (round % 2 == 1) {
                awaitLatch(running);
            }
            AtomicInteger ran = new AtomicInteger();
            AtomicInteger accepted = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                threads.add(Thread.ofPlatform().daemon().start(() -> {
                    for (; ; ) {
                        try {
                            loop.execute(ran::incrementAndGet);
                            accepted.incrementAndGet();
                        } catch (RejectedExecutionException e) {
                            return;
                        }
                    }
                }));
            }
            while (accepted.get() < 10) {
                Thread.onSpinWait();
            }
            loop.close();
            for (Thread thread : threads) {
                thread.join(5_000);
            }
            assertEquals(accepted.get(), ran.get(), "round " + round);
        }
        assertTrue(reports.isEmpty());
    }
}
