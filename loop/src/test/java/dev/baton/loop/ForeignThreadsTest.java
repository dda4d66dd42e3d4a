package dev.baton.loop;

import static dev.baton.loop.TestFiber.awaitLatch;
import static dev.baton.loop.TestFiber.launch;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForeignThreadsTest {
    private static final int THREADS = 8;
    private static final int EACH = 2_000;

    private final List<Throwable> reports = new CopyOnWriteArrayList<>();
    private final EventLoop loop = EventLoop.open(LoopOptions.defaults().withExceptionHandler(reports::add));

    @AfterEach
    void closesWithoutAReport() {
        loop.close();
        assertEquals(List.of(), reports);
    }

    @Test
    @DisplayName("L-08 what 8 threads submit all runs, in the order of each thread, one at a time")
    void submissionsKeepTheOrderOfTheirThread() {
        List<List<Integer>> seen = lists();
        int[] inside = {0};
        int[] most = {0};
        CountDownLatch ran = new CountDownLatch(THREADS * EACH);

        inParallel(thread -> {
            for (int i = 0; i < EACH; i++) {
                int number = i;
                loop.execute(() -> {
                    most[0] = Math.max(most[0], ++inside[0]);
                    seen.get(thread).add(number);
                    inside[0]--;
                    ran.countDown();
                });
            }
        });
        awaitLatch(ran);

        List<Integer> inOrder = IntStream.range(0, EACH).boxed().toList();
        for (List<Integer> each : seen) {
            assertEquals(inOrder, each);
        }
        assertEquals(1, most[0]);
    }

    @Test
    @DisplayName("L-07 timers of 8 threads all run, none before its deadline, in the order of their deadlines")
    void timersOfManyThreadsAllRun() {
        List<List<Integer>> seen = lists();
        List<String> early = new CopyOnWriteArrayList<>();
        CountDownLatch ran = new CountDownLatch(THREADS * EACH);
        long base = loop.nanoTime();

        inParallel(thread -> {
            for (int i = 0; i < EACH; i++) {
                int number = i;
                long deadline = base + (i / 20) * 1_000_000L;
                loop.scheduleAt(deadline, () -> {
                    if (loop.nanoTime() < deadline) {
                        early.add("timer " + number);
                    }
                    seen.get(thread).add(number);
                    ran.countDown();
                });
            }
        });
        awaitLatch(ran);

        assertEquals(List.of(), early);
        List<Integer> inOrder = IntStream.range(0, EACH).boxed().toList();
        for (List<Integer> each : seen) {
            assertEquals(inOrder, each.stream().sorted().toList());
        }
        assertEquals(0, loop.statistics().timers());
    }

    @Test
    @DisplayName("L-06 a timer that another thread cancels has either run or is cancelled, never both or neither")
    void timersOfManyThreadsAreCancelledOrRun() {
        List<List<Integer>> ran = lists();
        List<List<Integer>> cancelled = lists();
        inParallel(thread -> {
            List<TimerHandle> timers = new ArrayList<>();
            for (int i = 0; i < EACH; i++) {
                int number = i;
                timers.add(loop.schedule(
                        Duration.ofNanos(i * 1_000L), () -> ran.get(thread).add(number)));
            }
            for (int i = EACH - 1; i >= 0; i--) {
                timers.get(i).cancel();
                if (timers.get(i).isCancelled()) {
                    cancelled.get(thread).add(i);
                }
            }
        });
        await().atMost(Duration.ofSeconds(10))
                .until(() ->
                        loop.statistics().timers() == 0 && loop.statistics().inbox() == 0);
        CountDownLatch settled = new CountDownLatch(1);
        loop.execute(settled::countDown);
        awaitLatch(settled);

        for (int thread = 0; thread < THREADS; thread++) {
            List<Integer> all = new ArrayList<>(ran.get(thread));
            all.addAll(cancelled.get(thread));
            assertEquals(
                    IntStream.range(0, EACH).boxed().toList(),
                    all.stream().sorted().toList());
        }
        assertTrue(cancelled.stream().anyMatch(each -> !each.isEmpty()));
    }

    private int plain; // no lock, no volatile: J-07

    @Test
    @DisplayName(
            "J-07 what a thread wrote before it resumed a fiber is visible to it, and what the fiber wrote to the next")
    void writesBeforeAResumeAreVisible() {
        int rounds = 2_000;
        CountDownLatch ended = new CountDownLatch(THREADS);
        int[][] boxes = new int[THREADS][1];
        List<String> wrong = new CopyOnWriteArrayList<>();
        AtomicInteger resumes = new AtomicInteger();
        List<TestFiber> fibers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int[] box = boxes[i];
            fibers.add(launch(loop, "fiber " + i, self -> {
                for (int round = 1; round <= rounds; round++) {
                    self.await(waker -> Thread.ofVirtual().start(() -> {
                        box[0]++; // plain, by another thread each time
                        resumes.incrementAndGet();
                        waker.run();
                    }));
                    if (box[0] != round) {
                        wrong.add(self + " saw " + box[0] + " in round " + round);
                    }
                    plain++; // plain, by each fiber
                }
                ended.countDown();
            }));
        }
        awaitLatch(ended);

        CompletableFuture<Integer> total = new CompletableFuture<>();
        loop.execute(() -> total.complete(plain));
        assertEquals(THREADS * rounds, total.join());
        assertEquals(List.of(), wrong);
        assertEquals(THREADS * rounds, resumes.get());
        assertTrue(fibers.stream().allMatch(fiber -> fiber.cancels.isEmpty()));
    }

    @Test
    @DisplayName("J-07 no resume of 8 threads is lost, whether it comes before or after the suspend")
    void noResumeIsLost() {
        int count = 400;
        CountDownLatch ended = new CountDownLatch(count);
        List<TestFiber> fibers = new ArrayList<>();
        int[] steps = new int[count];
        for (int i = 0; i < count; i++) {
            int number = i;
            fibers.add(launch(loop, "fiber " + i, self -> {
                while (steps[number] < THREADS) {
                    self.suspend();
                    steps[number]++;
                }
                ended.countDown();
            }));
        }
        AtomicInteger[] turns = new AtomicInteger[count];
        for (int i = 0; i < count; i++) {
            turns[i] = new AtomicInteger();
        }

        inParallel(thread -> {
            for (int i = 0; i < count; i++) {
                // one resume for each suspend: the threads take turns, each after the fiber has noticed the one before
                while (turns[i].get() != thread || fibers.get(i).thread.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
                int before = thread;
                fibers.get(i).resume();
                int number = i;
                CompletableFuture<Void> noticed = new CompletableFuture<>();
                loop.execute(() -> loop.execute(() -> {
                    if (steps[number] != before + 1) {
                        reports.add(new AssertionError("fiber " + number + " made " + steps[number] + " steps"));
                    }
                    noticed.complete(null);
                }));
                noticed.join();
                turns[i].incrementAndGet();
            }
        });
        awaitLatch(ended);
    }

    @Test
    @DisplayName("L-16 close racing with execute: what was accepted runs, the rest is refused, nothing is in between")
    void whatIsAcceptedWhileTheLoopClosesRuns() {
        for (int round = 0; round < 100; round++) {
            boolean driven = round % 2 == 0;
            EventLoop closing = driven ? EventLoop.open() : EventLoop.create(LoopOptions.defaults());
            AtomicInteger ran = new AtomicInteger();
            AtomicInteger accepted = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            CountDownLatch first = new CountDownLatch(1);
            closing.execute(first::countDown);
            if (driven) {
                awaitLatch(first);
            }
            inParallel(thread -> {
                if (thread == 0) {
                    while (accepted.get() < 50) {
                        Thread.onSpinWait();
                    }
                    closing.close();
                    return;
                }
                for (boolean open = true; open; ) {
                    try {
                        closing.execute(ran::incrementAndGet);
                        accepted.incrementAndGet();
                    } catch (RejectedExecutionException e) {
                        refused.incrementAndGet();
                        open = false;
                    }
                }
            });
            assertEquals(accepted.get(), ran.get(), "round " + round);
            assertEquals(THREADS - 1, refused.get());
        }
    }

    @Test
    @DisplayName(
            "J-11 a fiber that is queued while the loop closes runs and is cancelled, or is abandoned, or is refused")
    void aFiberThatIsQueuedWhileTheLoopClosesIsNotForgotten() {
        for (int round = 0; round < 200; round++) {
            EventLoop closing = EventLoop.create(
                    LoopOptions.defaults().withClock(new VirtualClock()).withExceptionHandler(reports::add));
            List<TestFiber> accepted = new CopyOnWriteArrayList<>();
            inParallel(thread -> {
                if (thread == 0) {
                    while (accepted.size() < 20) {
                        Thread.onSpinWait();
                    }
                    closing.close();
                    return;
                }
                for (boolean open = true; open; ) {
                    try {
                        accepted.add(launch(closing, "fiber", TestFiber::awaitWake));
                    } catch (RejectedExecutionException e) {
                        open = false;
                    }
                }
            });
            assertEquals(
                    List.of(),
                    accepted.stream().filter(fiber -> !fiber.hasEnded()).toList(),
                    "round " + round);
            assertEquals(List.of(), reports, "round " + round);
        }
    }

    private static List<List<Integer>> lists() {
        return IntStream.range(0, THREADS)
                .<List<Integer>>mapToObj(i -> new ArrayList<>())
                .toList();
    }

    /** Runs {@code body} on 8 threads that start together, and waits for them. */
    private static void inParallel(IntConsumer body) {
        CountDownLatch go = new CountDownLatch(1);
        List<CompletableFuture<Void>> threads = IntStream.range(0, THREADS)
                .mapToObj(i -> CompletableFuture.runAsync(
                        () -> {
                            awaitLatch(go);
                            body.accept(i);
                        },
                        task -> Thread.ofPlatform().daemon().start(task)))
                .toList();
        go.countDown();
        for (CompletableFuture<Void> thread : threads) {
            thread.join();
        }
    }
}
