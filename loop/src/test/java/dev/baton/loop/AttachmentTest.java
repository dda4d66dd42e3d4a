package dev.baton.loop;

import static dev.baton.loop.TestFiber.awaitLatch;
import static dev.baton.loop.TestFiber.launch;
import static dev.baton.loop.TestFiber.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AttachmentTest {
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> reports = new CopyOnWriteArrayList<>();
    private final LoopOptions options =
            LoopOptions.defaults().withExceptionHandler(reports::add).withCloseTimeout(ms(200));
    private final EventLoop loop = EventLoop.create(options.withClock(new VirtualClock()));

    @Test
    void aLoopHasOneOfEachType() {
        StringBuilder builder = loop.attachment(StringBuilder.class, owner -> new StringBuilder("of " + owner.name()));
        assertEquals("of " + loop.name(), builder.toString());
        assertSame(builder, loop.attachment(StringBuilder.class, owner -> new StringBuilder("another")));
        assertEquals("a string", loop.attachment(String.class, owner -> "a string"));
        EventLoop other = EventLoop.create(options);
        assertNotSame(builder, other.attachment(StringBuilder.class, owner -> new StringBuilder()));
        other.close();
        loop.close();
        assertEquals(List.of(), reports);
    }

    @Test
    void manyThreadsThatAskAtOnceGetTheSame() throws InterruptedException {
        for (int round = 0; round < 50; round++) {
            EventLoop fresh = EventLoop.create(options);
            AtomicInteger made = new AtomicInteger();
            Set<StringBuilder> got = ConcurrentHashMap.newKeySet();
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                threads.add(Thread.ofPlatform().daemon().start(() -> {
                    awaitLatch(go);
                    got.add(fresh.attachment(StringBuilder.class, owner -> {
                        made.incrementAndGet();
                        return new StringBuilder();
                    }));
                }));
            }
            go.countDown();
            for (Thread thread : threads) {
                thread.join(10_000);
            }
            assertEquals(1, made.get());
            assertEquals(1, got.size());
        }
    }

    @Test
    void aFactoryMayAskForAttachmentsOfOtherTypes() {
        List<Class<?>> types = List.of(
                A.class, B.class, C.class, D.class, E.class, F.class, G.class, H.class, I.class, J.class, K.class,
                L.class);
        assertEquals(types.size() + " made", attachChain(types, 0));
    }

    private String attachChain(List<Class<?>> types, int index) {
        if (index == types.size()) {
            return index + " made";
        }
        String[] result = {""};
        attach(types.get(index), () -> result[0] = attachChain(types, index + 1));
        return result[0];
    }

    private <T> void attach(Class<T> type, Runnable before) {
        loop.attachment(type, owner -> {
            before.run();
            return type.cast(new All());
        });
    }

    @Test
    void whatCanBeClosedIsClosedOnTheLoopWhenAllFibersHaveEnded() {
        loop.attachment(A.class, owner -> new Closing("a", () -> {}));
        loop.attachment(B.class, owner -> new Closing("b", () -> {}));
        loop.attachment(String.class, owner -> "cannot be closed");
        launch(loop, "fiber", self -> {
            try {
                self.awaitWake();
            } finally {
                self.sleep(ms(10));
                log.add("fiber has unwound");
            }
        });

        loop.close();
        loop.close();

        assertEquals("fiber has unwound", log.getFirst());
        assertEquals(
                List.of("a closed, owner true, fibers 0", "b closed, owner true, fibers 0"),
                log.subList(1, log.size()).stream().sorted().toList());
    }

    @Test
    void anOpenLoopClosesThemOnItselfToo() {
        EventLoop open = EventLoop.open(options);
        open.attachment(AutoCloseable.class, owner -> () -> log.add("closed, owner " + open.isOwner()));
        open.close();
        assertEquals(List.of("closed, owner true"), log);
    }

    @Test
    void oneThatFailsToCloseIsReportedAndTheOthersAreClosed() {
        loop.attachment(
                A.class,
                owner -> new Closing("a", () -> {
                    throw new IllegalStateException("a fails");
                }));
        loop.attachment(B.class, owner -> new Closing("b", () -> {}));
        loop.attachment(
                C.class,
                owner -> new Closing("c", () -> {
                    throw new IllegalStateException("c fails");
                }));

        loop.close();

        assertEquals(
                List.of(
                        "a closed, owner true, fibers 0",
                        "b closed, owner true, fibers 0",
                        "c closed, owner true, fibers 0"),
                log.stream().sorted().toList());
        assertEquals(
                List.of("a fails", "c fails"),
                reports.stream().map(Throwable::getMessage).sorted().toList());
    }

    @Test
    void oneThatFailsWithAnErrorHoldsUpNeitherTheOthersNorTheLoop() {
        loop.attachment(
                A.class,
                owner -> new Closing("a", () -> {
                    throw new AssertionError("a fails");
                }));
        loop.attachment(
                B.class,
                owner -> new Closing("b", () -> {
                    throw new AssertionError("b fails");
                }));

        loop.close();

        assertEquals(
                List.of("a fails", "b fails"),
                reports.stream().map(Throwable::getMessage).sorted().toList());
        assertTrue(loop.isClosed());
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    }

    @Test
    void aCloserIsNotHeldUpByOneThatFailsWithAnError() throws InterruptedException {
        EventLoop open = EventLoop.open(options);
        CountDownLatch running = new CountDownLatch(1);
        open.execute(running::countDown);
        awaitLatch(running);
        open.attachment(AutoCloseable.class, owner -> () -> {
            throw new AssertionError("on purpose");
        });
        Thread closer = Thread.ofPlatform().daemon().start(open::close);

        closer.join(5_000);

        assertTrue(!closer.isAlive(), "close() has not returned");
    }

    @Test
    void oneMayCloseTheLoopOnceMore() {
        EventLoop open = EventLoop.open(options);
        open.attachment(AutoCloseable.class, owner -> () -> {
            open.close();
            log.add("closed");
        });
        open.close();
        assertEquals(List.of("closed"), log);
    }

    private interface A {}

    private interface B {}

    private interface C {}

    private interface D {}

    private interface E {}

    private interface F {}

    private interface G {}

    private interface H {}

    private interface I {}

    private interface J {}

    private interface K {}

    private interface L {}

    private static final class All implements A, B, C, D, E, F, G, H, I, J, K, L {}

    private final class Closing implements A, B, C, AutoCloseable {
        private final String name;
        private final Runnable action;

        Closing(String name, Runnable action) {
            this.name = name;
            this.action = action;
        }

        @Override
        public void close() {
            log.add(name + " closed, owner " + loop.isOwner() + ", fibers "
                    + loop.statistics().fibers());
            action.run();
        }
    }
}
