package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.blocking;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.join;
import static dev.baton.VirtualTime.ms;
import static dev.baton.VirtualTime.pass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BlockingTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    // -------------------------------------------------------------------------------------------- blocking(work)

    @Test
    @DisplayName("F-09 blocking work runs on another thread, and others run meanwhile")
    void blockingWorkRunsOnAnotherThreadAndOthersRunMeanwhile() {
        time.run(() -> {
            CountDownLatch release = new CountDownLatch(1);
            EventLoop loop = EventLoop.current();
            Thread own = Thread.currentThread();
            spawn(() -> {
                moment();
                log.add("others run");
                release.countDown();
            });
            String value = blocking(() -> {
                pass(release);
                assertFalse(loop.isOwner());
                assertFalse(Thread.currentThread() == own);
                return "value";
            });
            log.add(value);
            assertSame(own, Thread.currentThread());
            assertTrue(loop.isOwner());
        });
        assertEquals(List.of("others run", "value"), log);
    }

    @Test
    @DisplayName("F-06 what blocking work throws arrives as it is; null is a value")
    void whatBlockingWorkThrowsArrivesAsItIs() {
        time.run(() -> {
            for (Throwable failure : List.of(new IOException(), new IllegalStateException(), new AssertionError())) {
                assertSame(
                        failure,
                        assertThrows(
                                failure.getClass(),
                                () -> blocking(() -> {
                                    throw Runner.<RuntimeException>sneaky(failure);
                                })));
            }
            assertNull(blocking(() -> null));
        });
    }

    @Test
    @DisplayName("L-19 blocking work in flight holds the virtual clock")
    void blockingWorkInFlightHoldsTheVirtualClock() {
        time.run(() -> {
            CountDownLatch woken = new CountDownLatch(1);
            Coroutine<?> sleeper = spawn(() -> {
                sleep(ms(1000));
                woken.countDown();
                log.add(time.when("sleeper"));
            });
            log.add(blocking(() -> {
                boolean early = woken.await(50, TimeUnit.MILLISECONDS);
                return time.when("work, sleeper woken " + early);
            }));
            await(sleeper);
        });
        assertEquals(List.of("0 work, sleeper woken false", "1000 sleeper"), log);
    }

    @Test
    @DisplayName("L-19, F-08 a plain Future in flight holds the virtual clock, too")
    void plainFutureInFlightHoldsTheVirtualClock() {
        time.run(() -> {
            CountDownLatch woken = new CountDownLatch(1);
            spawn(() -> {
                sleep(ms(1000));
                woken.countDown();
            });
            FutureTask<Boolean> task = new FutureTask<>(() -> woken.await(50, TimeUnit.MILLISECONDS));
            Thread.ofVirtual().start(task);
            assertFalse(await(task));
            assertEquals(Duration.ZERO, time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("L-19 the clock goes on when the work has failed, or was given up")
    void clockGoesOnWhenTheWorkHasFailed() {
        time.run(() -> {
            assertThrows(
                    IOException.class,
                    () -> blocking(() -> {
                        throw new IOException();
                    }));
            Coroutine<?> given = spawn(() -> blocking(() -> {
                new CountDownLatch(1).await();
                return null;
            }));
            given.cancel();
            assertThrows(CancellationException.class, () -> await(given));
            sleep(ms(7));
            assertEquals(ms(7), time.clock.elapsed());
        });
    }

    @Test
    @DisplayName("A-12 cancelling one that waits for blocking work interrupts that, and does not wait for it")
    void cancellingInterruptsTheWork() {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Coroutines.run(time.wallClock(), () -> {
            CountDownLatch started = new CountDownLatch(1);
            Coroutine<?> child = spawn(() -> blocking(() -> {
                started.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    pass(release); // does not hurry
                }
                return "too late";
            }));
            pass(started);
            child.cancel("enough");
            CancellationException e = assertThrows(CancellationException.class, () -> await(child));
            assertEquals("enough", e.getMessage());
            assertEquals(1, release.getCount());
            return null;
        });
        pass(interrupted);
        release.countDown();
    }

    @Test
    void blockingAsAFutureTakesPartInCombinators() {
        time.run(() -> {
            Deferred<String> one = Futures.blocking(() -> "one");
            Deferred<String> two = Futures.blocking(() -> "two");
            assertEquals(List.of("one", "two"), await(List.of(one, two)));
        });
        assertThrows(IllegalStateException.class, () -> Futures.blocking(() -> 1));
    }

    // ------------------------------------------------------------------------------- join and get instead of await

    @Nested
    class JoinAndGet {
        @Test
        @DisplayName("F-02 join and get in a coroutine suspend it, as await does")
        void joinAndGetInACoroutineSuspendIt() {
            time.run(() -> {
                for (Waiting waiting :
                        List.<Waiting>of(Deferred::join, Deferred::get, future -> future.get(1, TimeUnit.HOURS))) {
                    Deferred<String> answer = new Deferred<>();
                    EventLoop.current().execute(() -> {
                        log.add("others run");
                        answer.complete("v");
                    });
                    long before = VirtualTime.iteration();
                    assertEquals("v", waiting.on(answer));
                    assertEquals(before + 2, VirtualTime.iteration());
                    assertEquals("v", waiting.on(answer));
                    assertEquals(before + 2, VirtualTime.iteration());
                }
                Coroutine<String> child = spawn(() -> {
                    sleep(ms(5));
                    return "child";
                });
                assertEquals("child", child.join());
                assertEquals(0, EventLoop.current().statistics().timers(), "no timer is left behind");
                return null;
            });
            assertEquals(List.of("others run", "others run", "others run"), log);
        }

        interface Waiting {
            Object on(Deferred<String> future) throws Exception;
        }

        @Test
        @DisplayName("F-06 join and get wrap a failure as CompletableFuture does")
        void joinAndGetWrapAFailure() {
            IOException failure = new IOException();
            time.run(() -> {
                for (boolean done : List.of(false, true)) {
                    Deferred<String> failed = new Deferred<>();
                    Runnable fail = () -> failed.completeExceptionally(failure);
                    if (done) {
                        fail.run();
                    } else {
                        EventLoop.current().execute(fail);
                    }
                    assertSame(
                            failure,
                            assertThrows(CompletionException.class, failed::join)
                                    .getCause());
                    assertSame(
                            failure,
                            assertThrows(ExecutionException.class, failed::get).getCause());
                    assertSame(
                            failure,
                            assertThrows(ExecutionException.class, () -> failed.get(1, TimeUnit.SECONDS))
                                    .getCause());
                }
            });
        }

        @Test
        @DisplayName("F-02 a get with a time limit in a coroutine ends by the loop's clock")
        void getWithATimeLimitEndsByTheLoopsClock() {
            time.run(() -> {
                Deferred<String> never = new Deferred<>();
                spawn(() -> {
                    sleep(ms(500));
                    log.add(time.when("others run"));
                });
                assertThrows(TimeoutException.class, () -> never.get(2, TimeUnit.SECONDS));
                log.add(time.when("timeout"));
                assertFalse(never.isDone());
                assertThrows(TimeoutException.class, () -> never.get(0, TimeUnit.SECONDS));
                never.complete("after all");
                assertEquals("after all", never.get(0, TimeUnit.SECONDS));
                return null;
            });
            assertEquals(List.of("500 others run", "2000 timeout"), log);
        }

        @Test
        @DisplayName("A-13 a coroutine that is cancelled in join, or in get with a limit, hears of it there")
        void coroutineThatIsCancelledInJoinHearsOfItThere() {
            time.run(() -> {
                Coroutine<?> inner = spawn(() -> await(new Deferred<>()));
                Coroutine<?> joining = spawn(() -> inner.join());
                joining.cancel("m");
                assertThrows(CancellationException.class, () -> await(joining));
                assertTrue(inner.isCancelled());
                Coroutine<?> bounded = spawn(() -> new Deferred<>().get(1, TimeUnit.HOURS));
                bounded.cancel("m");
                assertThrows(CancellationException.class, () -> await(bounded));
                assertEquals(0, EventLoop.current().statistics().timers());
            });
        }

        @Test
        @DisplayName("J-06 join and get in a callback are refused, and cost nothing when the future is done")
        void joinAndGetInACallbackAreRefused() {
            time.run(() -> {
                Deferred<String> pending = new Deferred<>();
                Deferred<String> done = new Deferred<>();
                done.complete("v");
                Coroutine<?> coroutine = spawn(() -> sleep(ms(1)));
                EventLoop.current().execute(() -> {
                    String message = assertThrows(IllegalStateException.class, pending::join)
                            .getMessage();
                    assertTrue(message.contains(EventLoop.current().name()) && message.contains("whenDone"), message);
                    assertThrows(IllegalStateException.class, pending::get);
                    assertThrows(IllegalStateException.class, coroutine::join);
                    log.add(done.join());
                });
                moment();
                assertEquals(List.of("v"), log);
            });
        }

        @Test
        void joinOnAForeignThreadBlocksUntilTheEnd() {
            AtomicReference<String> joined = new AtomicReference<>();
            Coroutines.run(time.wallClock(), () -> {
                Deferred<String> answer = new Deferred<>();
                Coroutine<String> child = spawn(() -> await(answer));
                Thread joiner = Thread.ofPlatform().start(() -> joined.set(child.join()));
                answer.complete("v");
                await(child);
                join(joiner);
                return null;
            });
            assertEquals("v", joined.get());
        }

        @Test
        @DisplayName("F-02 resultNow and exceptionNow never wait")
        void resultNowAndExceptionNowNeverWait() {
            time.run(() -> {
                for (CompletableFuture<?> pending : List.of(new Deferred<>(), spawn(() -> sleep(ms(1))))) {
                    assertThrows(IllegalStateException.class, pending::resultNow);
                    assertThrows(IllegalStateException.class, pending::exceptionNow);
                    assertEquals(null, pending.getNow(null));
                }
                assertEquals(0, VirtualTime.iteration());
            });
        }
    }
}
