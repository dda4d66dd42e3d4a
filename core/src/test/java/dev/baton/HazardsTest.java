package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.blocking;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.Handoff;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What can go wrong in Java and nowhere else: semantics.md, section 13. J-06, J-09, J-10, J-11 stand in other classes too. */
class HazardsTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    @Test
    @DisplayName("J-01, R-02 an abandoned coroutine is not lost: the loop holds it, shows it, and unwinds it")
    void abandonedCoroutineIsNotLost() {
        time.run(() -> {
            WeakReference<Coroutine<?>> abandoned = new WeakReference<>(spawn("abandoned", () -> {
                try {
                    await(new Deferred<>());
                } finally {
                    log.add("finally");
                }
            }));
            for (int i = 0; i < 3; i++) {
                System.gc();
                moment();
            }
            assertTrue(Coroutines.dump(EventLoop.current()).contains("abandoned"));
            assertSame(
                    abandoned.get(),
                    List.copyOf(Coroutines.all(EventLoop.current())).getLast());
            assertEquals(List.of(), log);
        });
        assertEquals(List.of("finally"), log);
    }

    @Test
    @DisplayName("R-01 a suspended coroutine survives while only its inner future's completer knows it (test_gc)")
    void suspendedCoroutineSurvivesCollection() {
        time.run(() -> {
            WeakReference<Deferred<String>> inner = new WeakReference<>(new Deferred<>());
            Coroutine<String> outer = spawn(() -> await(inner.get()));
            EventLoop.current().execute(() -> {
                System.gc();
                inner.get().complete("kept");
            });
            assertEquals("kept", await(outer));
        });
    }

    @Test
    @DisplayName("J-02 a body that throws an Error gives the baton back, at once or later")
    void bodyThatThrowsAnErrorGivesTheBatonBack() {
        time.run(() -> {
            for (boolean later : List.of(false, true)) {
                Error failure = new LinkageError("by hand");
                Coroutine<?> child = spawn(() -> {
                    if (later) {
                        moment();
                    }
                    throw failure;
                });
                assertSame(failure, assertThrows(LinkageError.class, () -> await(child)));
                assertTrue(EventLoop.current().isOwner());
            }
            assertEquals(1, Coroutines.all(EventLoop.current()).size());
        });
    }

    @Test
    @DisplayName("C-20 an error of the virtual machine reaches the awaiter and the loop's handler")
    void errorOfTheVirtualMachineReachesTheAwaiterAndTheHandler() {
        for (Error failure : List.of(new OutOfMemoryError("by hand"), new StackOverflowError("by hand"))) {
            time.run(() -> {
                Coroutine<?> child = spawnLater(() -> {
                    throw failure;
                });
                Throwable seen = null;
                try {
                    await(child);
                } catch (Error e) { // assertThrows lets an OutOfMemoryError pass
                    seen = e;
                }
                assertSame(failure, seen);
                assertFalse(child.isCancelled());
                moment();
            });
            assertEquals(List.of(failure), time.reports());
        }
    }

    @Test
    @DisplayName("C-20 a real stack overflow in a body is its failure, and the loop goes on")
    void realStackOverflowInABodyIsItsFailure() {
        time.run(() -> {
            Coroutine<Integer> child = spawn(() -> recurse(0));
            assertThrows(StackOverflowError.class, () -> await(child));
            Coroutine<Integer> awaiting = spawn(() -> recurseAndAwait(0));
            assertThrows(StackOverflowError.class, () -> await(awaiting));
            assertEquals(3, await(spawn(() -> 3)));
            moment();
        });
        assertEquals(2, time.reports().size());
    }

    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    private static int recurseAndAwait(int depth) {
        await(CompletableFuture.completedFuture(depth));
        return recurseAndAwait(depth + 1) + 1;
    }

    @Test
    @DisplayName(
            "J-02 a library that hands an error to the thread's handler does not take the baton from the coroutine")
    void errorHandedToTheThreadsHandlerLeavesTheBatonWhereItIs() {
        Error unhandled = new AssertionError("of a library");
        time.run(() -> {
            Coroutine<String> other = spawnLater(() -> {
                log.add("other");
                return "other";
            });
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, unhandled); // RxJava, Reactor, Kotlin do
            log.add("main, " + EventLoop.current().isOwner());
            thread.setUncaughtExceptionHandler((any, thrown) -> log.add("handled"));
            moment();
            log.add("main again");
            assertEquals("other", await(other));
        });
        assertEquals(List.of("main, true", "other", "main again"), log);
        assertEquals(List.of(unhandled), time.reports());
    }

    @Test
    @DisplayName("J-03 a body that blocks keeps the baton: nobody runs meanwhile")
    void bodyThatBlocksKeepsTheBaton() {
        Coroutines.run(time.wallClock(), () -> {
            CountDownLatch somebodyRan = new CountDownLatch(1);
            EventLoop.current().execute(somebodyRan::countDown);
            spawnLater(somebodyRan::countDown);
            EventLoop.current().schedule(ms(0), somebodyRan::countDown);
            assertFalse(somebodyRan.await(50, TimeUnit.MILLISECONDS));
            moment();
            assertEquals(0, somebodyRan.getCount());
            return null;
        });
    }

    @Test
    @DisplayName(
            "J-04 an await inside synchronized keeps the monitor, and others go on; it is refused where it would stop"
                    + " them")
    void awaitInsideSynchronizedKeepsTheMonitor() {
        boolean refused = time.run(() -> {
            boolean stops = EventLoop.current().handoff() == Handoff.CARRIER
                    && Runtime.version().feature() < 24;
            Object monitor = new Object();
            Coroutine<?> holder = spawn(() -> {
                synchronized (monitor) {
                    log.add("locked");
                    if (stops) {
                        String message = assertThrows(IllegalStateException.class, () -> sleep(ms(10)))
                                .getMessage();
                        assertTrue(message.contains("synchronized"), message);
                    } else {
                        sleep(ms(10));
                    }
                    assertTrue(Thread.holdsLock(monitor));
                    log.add("unlocking");
                }
            });
            Coroutine<?> other = spawn(() -> {
                moment();
                log.add("other");
            });
            await(List.of(holder, other));
            synchronized (monitor) {
                log.add("free");
            }
            return stops;
        });
        assertEquals(
                refused
                        ? List.of("locked", "unlocking", "other", "free")
                        : List.of("locked", "other", "unlocking", "free"),
                log);
    }

    @Test
    @DisplayName("J-05 a lock held across an await belongs to its coroutine alone")
    void lockHeldAcrossAnAwaitBelongsToItsCoroutineAlone() {
        time.run(() -> {
            ReentrantLock lock = new ReentrantLock();
            Coroutine<?> holder = spawn(() -> {
                lock.lock();
                try {
                    sleep(ms(10));
                    assertTrue(lock.isHeldByCurrentThread());
                } finally {
                    lock.unlock();
                }
            });
            assertTrue(lock.isLocked());
            assertFalse(lock.tryLock());
            await(holder);
            assertTrue(lock.tryLock());
            lock.unlock();
        });
    }

    private int plain; // neither volatile nor locked, on purpose

    @Test
    @DisplayName("J-07 what a foreign thread wrote before the completion is visible to the one who goes on")
    void whatAForeignThreadWroteBeforeTheCompletionIsVisible() {
        Coroutines.run(time.wallClock(), () -> {
            for (int round = 1; round <= 2_000; round++) {
                int number = round;
                CompletableFuture<Integer> signal = round % 2 == 0 ? new Deferred<>() : new CompletableFuture<>();
                Thread.ofVirtual().start(() -> {
                    plain = number;
                    signal.complete(number);
                });
                assertEquals(number, await(signal));
                assertEquals(number, plain);
            }
            return null;
        });
    }

    @Test
    @DisplayName("J-07 what one coroutine wrote is visible to the next, without locks")
    void whatOneCoroutineWroteIsVisibleToTheNext() {
        Coroutines.run(time.wallClock(), () -> {
            List<Coroutine<?>> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(spawn(() -> {
                    for (int round = 0; round < 200; round++) {
                        plain++;
                        if (round % 50 == 0) {
                            blocking(() -> null);
                        } else {
                            moment();
                        }
                    }
                }));
            }
            await(all);
            assertEquals(10_000, plain);
            return null;
        });
    }

    @Test
    @DisplayName("J-08 thread-locals are a coroutine's own, and stay with it across awaits")
    void threadLocalsAreACoroutinesOwn() {
        ThreadLocal<String> local = new ThreadLocal<>();
        time.run(() -> {
            local.set("main");
            Callable<String> body = () -> {
                assertNull(local.get());
                local.set(Coroutines.current().name());
                moment();
                sleep(ms(1));
                blocking(() -> null);
                return local.get();
            };
            Coroutine<String> a = spawn("a", body);
            Coroutine<String> b = spawn("b", body);
            assertEquals(List.of("a", "b"), await(List.of(a, b)));
            assertEquals("main", local.get());
        });
    }

    @Test
    @DisplayName("J-08 an inheritable thread-local is copied when the coroutine is made")
    void inheritableThreadLocalIsCopiedWhenTheCoroutineIsMade() {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        time.run(() -> {
            local.set("spawner's");
            Coroutine<String> child = spawnLater(() -> {
                String seen = local.get();
                local.set("child's");
                return seen;
            });
            local.set("later");
            assertEquals("spawner's", await(child));
            assertEquals("later", local.get());
        });
    }

    @Test
    @DisplayName("J-01 a hundred thousand coroutines that end leave nothing behind")
    void aHundredThousandCoroutinesThatEndLeaveNothingBehind() {
        time.run(() -> {
            for (int i = 0; i < 100_000; i++) {
                Coroutine<Integer> child = spawn(() -> {
                    moment();
                    return 1;
                });
                if (i % 100 == 0) {
                    await(child);
                }
            }
            moment();
            assertEquals(1, Coroutines.all(EventLoop.current()).size());
            assertEquals(1, EventLoop.current().statistics().fibers());
            assertEquals(0, EventLoop.current().statistics().suspended());
            assertEquals(100_001, EventLoop.current().statistics().started());
        });
    }
}
