package dev.baton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import dev.baton.loop.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Virtual time for the one loop of a test, and what was reported to its exception handler. */
public final class VirtualTime {
    public final VirtualClock clock = new VirtualClock();
    private final LinkedBlockingQueue<Throwable> reports = new LinkedBlockingQueue<>();

    public LoopOptions options() {
        return LoopOptions.defaults().withClock(clock).withExceptionHandler(reports::add);
    }

    /** The same reports, and the wall clock: for tests in which other threads take part. */
    public LoopOptions wallClock() {
        return LoopOptions.defaults().withExceptionHandler(reports::add);
    }

    public <T> T run(Callable<? extends T> body) {
        return Coroutines.run(options(), body);
    }

    public void run(Runnable body) {
        Coroutines.run(options(), () -> {
            body.run();
            return null;
        });
    }

    /** What was reported since this was asked last. */
    public List<Throwable> reports() {
        List<Throwable> some = new ArrayList<>();
        reports.drainTo(some);
        return some;
    }

    public void assertNoReports() {
        assertEquals(List.of(), reports(), "reports");
    }

    public static long iteration() {
        return EventLoop.current().iteration();
    }

    /** "3 label" in iteration 3. */
    public static String at(String label) {
        return iteration() + " " + label;
    }

    /** "250 label" when 250 ms have passed. */
    public String when(String label) {
        return clock.elapsed().toMillis() + " " + label;
    }

    /** What a future that is done failed with, as it is: join and its kind wrap it, each JDK in its own way. */
    public static Throwable failure(CompletableFuture<?> failed) {
        return failed.<Throwable>handle((value, failure) -> failure).getNow(null);
    }

    public static void join(Thread thread) {
        join(thread, Duration.ofSeconds(10));
    }

    public static void join(Thread thread, Duration bound) {
        try {
            assertTrue(thread.join(bound), thread + " hangs");
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while joining " + thread, e);
        }
    }

    public static void pass(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS), "nobody came");
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted at a latch", e);
        }
    }

    public static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }
}
