package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitQueueTest {
    private final WaitQueue<String> queue = new WaitQueue<>();
    private final List<String> told = new ArrayList<>();

    private final class Named extends Waiter<String> {
        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        public void accept(@Nullable String value, @Nullable Throwable failure) {
            told.add(name + " " + value);
        }
    }

    private Named join(String name) {
        Named waiter = new Named(name);
        assertTrue(queue.add(waiter));
        return waiter;
    }

    @Test
    @DisplayName("F-01, A-43 who leaves is not told; the others are, in the order in which they came")
    void whoLeavesIsNotTold() {
        Named a = join("a");
        join("b");
        Named c = join("c");
        join("d");
        Named e = join("e");
        queue.remove(c);
        queue.remove(e);
        queue.remove(a);
        assertEquals(2, queue.toList().size());
        queue.tell("value", null);
        assertEquals(List.of("b value", "d value"), told);
        assertFalse(queue.add(new Named("late")));
        queue.remove(a); // harmless
    }

    /** Throws, as one that completes others or as one that does not. */
    private static final class Throwing extends Waiter<String> {
        private final Error failure;
        private final boolean completesOthers;

        Throwing(Error failure, boolean completesOthers) {
            this.failure = failure;
            this.completesOthers = completesOthers;
        }

        @Override
        protected boolean completesOthers() {
            return completesOthers;
        }

        @Override
        public void accept(@Nullable String value, @Nullable Throwable ignored) {
            throw failure;
        }
    }

    private static List<Throwable> withSuppressed(Throwable failure) {
        List<Throwable> all = new ArrayList<>(List.of(failure));
        for (Throwable suppressed : failure.getSuppressed()) {
            all.addAll(withSuppressed(suppressed));
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void waitersThatThrowLoseNoneBehindThem(boolean completesOthers) {
        AssertionError first = new AssertionError("first");
        StackOverflowError second = new StackOverflowError();
        AssertionError third = new AssertionError("third");
        queue.add(new Throwing(first, completesOthers));
        queue.add(new Throwing(first, completesOthers)); // the same again
        join("a");
        queue.add(new Throwing(second, true));
        queue.add(new Throwing(third, completesOthers));
        join("b");
        join("c");
        assertSame(first, assertThrows(AssertionError.class, () -> queue.tell("value", null)));
        assertEquals(List.of("a value", "b value", "c value"), told);
        assertEquals(List.of(first, second, third), withSuppressed(first));
        queue.tell("again", null);
        assertEquals(3, told.size());
    }

    @Test
    @DisplayName("A-43 what the queue retains of 10,000 who have left, in turns with one who stays, is bounded")
    void retainsLittle() {
        List<WeakReference<Waiter<?>>> gone = new ArrayList<>();
        Named before = join("before");
        for (int i = 0; i < 10_000; i++) {
            Named next = join("next"); // two loops that wait for the same: neither is ever on top when it leaves
            queue.remove(before);
            gone.add(new WeakReference<>(before));
            before = next;
        }
        System.gc();
        long retained = gone.stream().filter(each -> each.get() != null).count();
        assertTrue(retained < 100, retained + " retained");
        assertEquals(1, queue.toList().size());
    }

    @Test
    @DisplayName("F-01 threads that join, leave and tell at once: who stays is told once")
    void threadsAtOnce() throws InterruptedException {
        for (int round = 0; round < 300; round++) {
            WaitQueue<String> shared = new WaitQueue<>();
            AtomicInteger expected = new AtomicInteger();
            AtomicInteger heard = new AtomicInteger();
            AtomicInteger twice = new AtomicInteger();
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    pass(start);
                    for (int i = 0; i < 200; i++) {
                        Counting waiter = new Counting(
                                heard, twice, ThreadLocalRandom.current().nextBoolean());
                        if (!shared.add(waiter)) {
                            return;
                        }
                        if (waiter.stays) {
                            expected.incrementAndGet();
                        } else {
                            shared.remove(waiter);
                        }
                    }
                }));
            }
            threads.add(Thread.ofPlatform().start(() -> {
                pass(start);
                Thread.onSpinWait();
                shared.tell("value", null);
            }));
            start.countDown();
            for (Thread thread : threads) {
                thread.join(10_000);
                assertFalse(thread.isAlive());
            }
            assertEquals(expected.get(), heard.get());
            assertEquals(0, twice.get());
        }
    }

    private static void pass(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Counting extends Waiter<String> {
        private final AtomicInteger heard;
        private final AtomicInteger twice;
        final boolean stays;
        private final AtomicInteger times = new AtomicInteger();

        Counting(AtomicInteger heard, AtomicInteger twice, boolean stays) {
            this.heard = heard;
            this.twice = twice;
            this.stays = stays;
        }

        @Override
        public void accept(@Nullable String value, @Nullable Throwable failure) {
            if (times.incrementAndGet() > 1) {
                twice.incrementAndGet();
            }
            if (stays) {
                heard.incrementAndGet();
            }
        }
    }
}
