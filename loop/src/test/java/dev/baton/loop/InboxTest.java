package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The door for other threads: its states, and real threads at it. */
@Timeout(30)
class InboxTest {
    private static final long FAR_TOO_LONG = Duration.ofSeconds(10).toNanos();

    private final EventLoop loop = EventLoop.create(LoopOptions.defaults());
    private final Agenda agenda = new Agenda(loop, LoopClock.system());
    private final Inbox inbox = new Inbox();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void hasNothingAtFirst() {
        assertEquals(0, inbox.size());
        inbox.drainTo(agenda);
        assertEquals(List.of(), log);
    }

    @Test
    void drainsFirstInFirstOut() {
        Stream.of("a", "b", "c").forEach(name -> assertTrue(inbox.push(new Item(name))));
        assertEquals(3, inbox.size());

        inbox.drainTo(agenda);

        assertEquals(List.of("a", "b", "c"), log);
        assertEquals(0, inbox.size());
        inbox.drainTo(agenda);
        assertEquals(List.of("a", "b", "c"), log);
    }

    @Test
    void canBeFilledAgainByTheSameItem() {
        Item item = new Item("a");
        assertTrue(inbox.push(new Item("below")));
        assertTrue(inbox.push(item));
        inbox.drainTo(agenda);
        assertNull(item.next, "no link is left");

        assertTrue(inbox.push(item));
        assertEquals(1, inbox.size());
        inbox.drainTo(agenda);

        assertEquals(List.of("below", "a", "a"), log);
    }

    @Test
    void whatIsPushedWhileItIsDrainedWaitsForTheNextDrain() {
        assertTrue(inbox.push(new Item("a") {
            @Override
            void admit(Agenda to) {
                super.admit(to);
                assertTrue(inbox.push(new Item("c")));
            }
        }));
        assertTrue(inbox.push(new Item("b")));

        inbox.drainTo(agenda);
        assertEquals(List.of("a", "b"), log);
        inbox.drainTo(agenda);
        assertEquals(List.of("a", "b", "c"), log);
    }

    @Test
    void nobodySleepsWhileThereIsSomething() {
        assertTrue(inbox.push(new Item("a")));
        assertFalse(inbox.sleep());
        assertFalse(inbox.isAsleep());

        inbox.drainTo(agenda);
        assertTrue(inbox.sleep());
        assertTrue(inbox.isAsleep());
        assertEquals(0, inbox.size());
        inbox.awake();
        assertFalse(inbox.isAsleep());
    }

    @Test
    void aPushWakesTheSleeper() {
        assertTrue(inbox.sleep());
        assertTrue(inbox.push(new Item("a")));

        assertFalse(inbox.isAsleep());
        assertPermit();
        inbox.awake();
        assertEquals(1, inbox.size(), "awake loses no item");
        inbox.drainTo(agenda);
        assertEquals(List.of("a"), log);
    }

    @Test
    void wakeWakesTheSleeperWithoutAnItem() {
        assertTrue(inbox.sleep());
        inbox.wake();

        assertFalse(inbox.isAsleep());
        assertPermit();
        assertEquals(0, inbox.size());
        inbox.drainTo(agenda);
        assertEquals(List.of(), log);
    }

    @Test
    void onlyTheOneWhoEndsTheSleepWakes() {
        assertTrue(inbox.sleep());
        assertTrue(inbox.push(new Item("a")));
        assertPermit();

        assertTrue(inbox.push(new Item("b")));
        inbox.wake();

        long start = System.nanoTime();
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        assertTrue(System.nanoTime() - start >= Duration.ofMillis(15).toNanos(), "nobody unparked a second time");
        assertEquals(2, inbox.size());
    }

    @Test
    void wakeLeavesItemsAlone() {
        assertTrue(inbox.push(new Item("a")));
        inbox.wake();
        inbox.awake();
        inbox.drainTo(agenda);
        assertEquals(List.of("a"), log);
    }

    @Test
    @DisplayName("L-16 a closed inbox refuses, and drops what stands in it, first in, first out")
    void aClosedInboxRefuses() {
        assertTrue(inbox.push(new Item("a")));
        assertTrue(inbox.push(new Item("b")));

        inbox.close();

        assertEquals(List.of("dropped a", "dropped b"), log);
        assertFalse(inbox.push(new Item("c")));
        assertEquals(0, inbox.size());
        assertFalse(inbox.sleep());
        inbox.wake();
        inbox.awake();
        assertFalse(inbox.push(new Item("d")), "it stays closed");
        inbox.close();
        assertEquals(List.of("dropped a", "dropped b"), log);
    }

    @Test
    void closingASleepingInboxDropsNothing() {
        assertTrue(inbox.sleep());
        inbox.close();
        assertFalse(inbox.isAsleep());
        assertFalse(inbox.push(new Item("a")));
        assertEquals(List.of(), log);
    }

    @RepeatedTest(5)
    @DisplayName("L-08 real threads: nothing is lost, no wake-up is lost, and each thread keeps its order")
    void nothingIsLost() throws InterruptedException {
        int threads = 4;
        int each = 20_000;
        int[] expected = new int[threads]; // no lock: only this thread admits
        AtomicReference<String> disorder = new AtomicReference<>();
        List<Thread> pushers = IntStream.range(0, threads)
                .mapToObj(t -> Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < each; i++) {
                        int number = i;
                        inbox.push(new Ready() {
                            @Override
                            void admit(Agenda to) {
                                if (expected[t] != number) {
                                    disorder.set("thread " + t + ": " + number + " instead of " + expected[t]);
                                }
                                expected[t] = number + 1;
                            }
                        });
                        if (i % 100 == 0) {
                            Thread.yield(); // now and then the sleeper falls asleep
                        }
                    }
                }))
                .toList();

        while (IntStream.of(expected).sum() < threads * each) {
            inbox.drainTo(agenda);
            if (IntStream.of(expected).sum() < threads * each && inbox.sleep()) {
                long start = System.nanoTime();
                while (inbox.isAsleep()) {
                    LockSupport.parkNanos(FAR_TOO_LONG);
                    assertTrue(System.nanoTime() - start < FAR_TOO_LONG, "a wake-up was lost");
                }
                inbox.awake();
            }
        }
        for (Thread pusher : pushers) {
            assertTrue(pusher.join(Duration.ofSeconds(10)));
        }
        assertNull(disorder.get());
        assertEquals(0, inbox.size());
    }

    @RepeatedTest(5)
    @DisplayName("L-08 one item at a time: the sleeper is woken each time")
    void theSleeperIsWokenEachTime() throws InterruptedException {
        int rounds = 5_000;
        AtomicInteger admitted = new AtomicInteger();
        Thread pusher = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < rounds; i++) {
                int before = i;
                inbox.push(new Ready() {
                    @Override
                    void admit(Agenda to) {
                        admitted.incrementAndGet();
                    }
                });
                while (admitted.get() == before && !Thread.interrupted()) {
                    Thread.onSpinWait();
                }
            }
        });
        try {
            while (admitted.get() < rounds) {
                inbox.drainTo(agenda);
                if (admitted.get() < rounds && inbox.sleep()) {
                    long start = System.nanoTime();
                    while (inbox.isAsleep()) {
                        LockSupport.parkNanos(FAR_TOO_LONG);
                        assertTrue(System.nanoTime() - start < FAR_TOO_LONG, "a wake-up was lost");
                    }
                    inbox.awake();
                }
            }
            assertTrue(pusher.join(Duration.ofSeconds(10)));
        } finally {
            pusher.interrupt();
        }
        assertEquals(rounds, admitted.get());
    }

    @RepeatedTest(20)
    @DisplayName("L-16 real threads: each item is either admitted, or dropped by the close, or refused")
    void closeLosesNothing() throws InterruptedException {
        int threads = 4;
        int each = 2_000;
        AtomicInteger admitted = new AtomicInteger();
        AtomicInteger dropped = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(threads);
        List<Thread> pushers = IntStream.range(0, threads)
                .mapToObj(t -> Thread.ofPlatform().start(() -> {
                    begun.countDown();
                    for (int i = 0; i < each; i++) {
                        boolean taken = inbox.push(new Ready() {
                            @Override
                            void admit(Agenda to) {
                                admitted.incrementAndGet();
                            }

                            @Override
                            void dropped() {
                                dropped.incrementAndGet();
                            }
                        });
                        if (!taken) {
                            refused.incrementAndGet();
                        }
                    }
                }))
                .toList();
        assertTrue(begun.await(10, TimeUnit.SECONDS));
        inbox.drainTo(agenda);
        Thread.yield();
        inbox.drainTo(agenda);

        inbox.close();

        for (Thread pusher : pushers) {
            assertTrue(pusher.join(Duration.ofSeconds(10)));
        }
        assertEquals(
                threads * each,
                admitted.get() + dropped.get() + refused.get(),
                () -> admitted + " admitted, " + dropped + " dropped, " + refused + " refused");
        assertFalse(inbox.push(new Item("late")));
    }

    /** The unpark came before, so this park returns at once; or else it takes far too long. */
    private static void assertPermit() {
        long start = System.nanoTime();
        LockSupport.parkNanos(FAR_TOO_LONG);
        assertTrue(System.nanoTime() - start < FAR_TOO_LONG, "nobody has woken the sleeper");
    }

    private class Item extends Ready {
        private final String name;

        Item(String name) {
            this.name = name;
        }

        @Override
        void admit(Agenda to) {
            log.add(name);
        }

        @Override
        void dropped() {
            log.add("dropped " + name);
        }
    }
}
