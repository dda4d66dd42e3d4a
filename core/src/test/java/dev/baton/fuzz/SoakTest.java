package dev.baton.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.Handoff;
import dev.baton.loop.LoopOptions;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whether anything grows when a program runs for long. {@code -Dbaton.soak.minutes=<how long>}, ten without it. */
@Tag("trust")
@Timeout(7200)
class SoakTest {
    private static final long BASE_SEED = 20_261_124;
    private static final int LOOPS = 10_000;

    @Test
    void mixedLoadLeavesHeapThreadsAndTimersFlat() {
        Duration time =
                Duration.ofSeconds((long) (60 * Double.parseDouble(System.getProperty("baton.soak.minutes", "10"))));
        new RealFuzzer(BASE_SEED).run(Duration.ofSeconds(2)); // whatever is started once has been
        List<String> before = platformThreads();
        AtomicLong programs = new AtomicLong();
        Queue<String> faults = new ConcurrentLinkedQueue<>();
        long begin = System.nanoTime();
        long early;
        try (LongLived portable = new LongLived(Handoff.PORTABLE);
                LongLived carrier = new LongLived(Handoff.CARRIER)) {
            soak(List.of(portable, carrier), time.dividedBy(5), programs, faults);
            early = Memory.used();
            soak(List.of(portable, carrier), time.minus(time.dividedBy(5)), programs, faults);
            long late = Memory.used();
            System.out.printf(
                    "soak: %d programs on two loops in %d s; heap %d kB after a fifth of the time, %d kB in the end%n",
                    programs.get(), Duration.ofNanos(System.nanoTime() - begin).toSeconds(), early / 1000, late / 1000);
            assertEquals(List.of(), List.copyOf(faults));
            assertTrue(late < early + early / 10 + 4_000_000, "the heap has grown from " + early + " to " + late);
            for (LongLived each : List.of(portable, carrier)) {
                assertEquals(0, each.loop().statistics().timers(), "timers of " + each.loop());
                assertEquals(List.of(), each.loop().liveFibers());
            }
        }
        assertNoMoreThreadsThan(before);
    }

    /** Programs one after another on each of the loops, and others beside them on loops of their own. */
    private static void soak(List<LongLived> loops, Duration time, AtomicLong programs, Queue<String> faults) {
        long deadline = System.nanoTime() + time.toNanos();
        List<Thread> threads = new ArrayList<>();
        try (ForeignThreads foreign = new ForeignThreads(BASE_SEED)) {
            for (LongLived loop : loops) {
                threads.add(Thread.ofPlatform().start(() -> {
                    while (System.nanoTime() - deadline < 0 && faults.isEmpty()) {
                        Program program = Generator.wallClock(Fuzzer.seed(BASE_SEED, programs.getAndIncrement()));
                        try {
                            loop.run(program, foreign).forEach(fault -> faults.add(fault + "\n" + program));
                        } catch (Exception failure) {
                            faults.add(failure + "\n" + program + Coroutines.dump(loop.loop()));
                        }
                    }
                }));
            }
            new RealFuzzer(BASE_SEED + programs.get()).run(time);
            for (Thread each : threads) {
                each.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void tenThousandLoopsLeaveNothing() {
        for (int i = 0; i < LOOPS / 10; i++) {
            openAndClose(i);
        }
        List<String> before = platformThreads();
        long early = Memory.used();
        long begin = System.nanoTime();
        for (int i = LOOPS / 10; i < LOOPS; i++) {
            openAndClose(i);
        }
        long late = Memory.used();
        System.out.printf(
                "soak: %d loops opened and closed, %d µs each; heap %d kB after a tenth of them, %d kB in the end%n",
                LOOPS, (System.nanoTime() - begin) / 1000 / (LOOPS - LOOPS / 10), early / 1000, late / 1000);
        assertTrue(
                late < early + 2_000_000,
                "the heap has grown from " + early + " to " + late); // 222 bytes for each loop
        assertNoMoreThreadsThan(before);
    }

    private static void openAndClose(int number) {
        Queue<Throwable> reports = new ConcurrentLinkedQueue<>();
        EventLoop loop = EventLoop.open(LoopOptions.defaults()
                .withHandoff(number % 2 == 0 ? Handoff.PORTABLE : Handoff.CARRIER)
                .withExceptionHandler(reports::add));
        Deferred<String> paused = new Deferred<>();
        paused.pause();
        List<Coroutine<?>> coroutines = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            coroutines.add(Coroutines.spawn(loop, () -> Coroutines.sleep(Duration.ofDays(1))));
        }
        coroutines.add(Coroutines.spawn(loop, () -> {
            Coroutines.await(paused);
        }));
        loop.schedule(Duration.ofDays(1), () -> {});
        loop.close();
        assertEquals(List.of(), List.copyOf(reports));
        assertTrue(loop.isClosed());
        assertEquals(List.of(), loop.liveFibers());
        coroutines.forEach(each -> assertTrue(each.isCancelled(), each::toString));
    }

    private static void assertNoMoreThreadsThan(List<String> before) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            List<String> more = platformThreads();
            before.forEach(more::remove);
            assertEquals(List.of(), more, "threads that were not there before");
        });
    }

    /** Without those of the JDK that carry and unpark virtual threads, which it starts and ends as it sees fit. */
    private static List<String> platformThreads() {
        List<String> names = new ArrayList<>();
        for (Thread each : Thread.getAllStackTraces().keySet()) {
            String name = each.getName();
            if (!name.startsWith("ForkJoinPool")
                    && !name.startsWith("VirtualThread")
                    && !name.startsWith("awaitility")) {
                names.add(name);
            }
        }
        return names;
    }

    /** The heap that is used when all garbage has been collected. */
    private static final class Memory {
        static long used() {
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 5; i++) { // what a cleaner lets go is garbage in the next round
                System.gc();
                least = Math.min(
                        least,
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
            }
            return least;
        }
    }
}
