package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.Coroutines.tailCall;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.loop.ContextCapture;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Coroutines.tailCall: one body after another, in one coroutine and one frame. */
class TailCallTest {
    private static final ThreadLocal<String> USER = new ThreadLocal<>();

    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private void note(String label) {
        log.add(at(label));
    }

    // ------------------------------------------------------------------------------------------------------- chains

    private static BigInteger factorial(int n, BigInteger product) {
        return n <= 1 ? product : tailCall(() -> factorial(n - 1, product.multiply(BigInteger.valueOf(n))));
    }

    @Test
    @DisplayName("X-16 fact(10,000) is done when spawn returns, and has 118,459 bits (test_deep_recursion)")
    void factorialOfTenThousand() {
        time.run(() -> {
            assertEquals(
                    BigInteger.ONE, spawn(() -> factorial(1, BigInteger.ONE)).resultNow());
            assertEquals(
                    BigInteger.valueOf(3_628_800),
                    spawn(() -> factorial(10, BigInteger.ONE)).resultNow());
            long before = iteration();
            Coroutine<BigInteger> fact = spawn(() -> factorial(10_000, BigInteger.ONE));
            assertEquals(118_459, fact.resultNow().bitLength());
            assertEquals(before, iteration());
        });
    }

    private static Integer countDown(int n, int depth) {
        assertEquals(depth, StackWalker.getInstance().<Long>walk(frames -> frames.count()));
        return n == 0 ? depth : tailCall(() -> countDown(n - 1, depth));
    }

    @Test
    @DisplayName("X-14, X-16 a chain of 1,000,000 takes no iteration, and each body stands on the same stack")
    void chainOfAMillion() {
        time.run(() -> {
            Coroutine<Integer> chain = spawn(() -> loop(1_000_000));
            assertEquals(0, chain.resultNow());
            Coroutine<Integer> shallow = spawn(() -> {
                int depth = StackWalker.getInstance()
                                .<Long>walk(frames -> frames.count())
                                .intValue()
                        + 1; // for countDown's own frame below the lambda
                return tailCall(() -> countDown(1_000, depth));
            });
            assertTrue(shallow.resultNow() > 0);
            assertEquals(0, iteration());
        });
    }

    private static Integer loop(int n) {
        return n == 0 ? 0 : tailCall(() -> loop(n - 1));
    }

    @Test
    @DisplayName("X-14, X-18 the next body begins when the frame is gone: finally first, what follows never"
            + " (test_main, test_noreturn_with_regular_function)")
    void order() {
        time.run(() -> {
            Coroutine<String> body = spawn("body", () -> {
                try {
                    note("head");
                    moment();
                    return tailCall(() -> {
                        note("next in " + Coroutines.current().name());
                        moment();
                        note("next on");
                        return "value";
                    });
                } finally {
                    note("finally");
                }
            });
            Coroutine<String> waiter = spawn(() -> await(body));
            assertEquals("value", await(waiter));
            note("waiter");
            assertEquals("value", body.resultNow());
        });
        assertEquals(List.of("0 head", "1 finally", "1 next in body", "2 next on", "4 waiter"), log);
    }

    @Test
    @DisplayName("X-15, X-22, X-23 tailCall(() -> await(spawn(...))) has the same value as awaiting it, sooner")
    void ofACoroutineOrAFuture() {
        time.run(() -> {
            Coroutine<String> callee = spawn(() -> tailCall(() -> await(spawn(() -> {
                moment();
                return "spawned";
            }))));
            Coroutine<String> future = spawn(() -> tailCall(() -> await(Futures.after(ms(5), "future"))));
            assertEquals("spawned", await(callee));
            assertEquals("future", await(future));
            Coroutine<String> inline = spawn(() -> tailCall(() -> {
                moment();
                return "inline";
            }));
            Coroutine<String> viaChild = spawn(() -> await(spawn(() -> {
                moment();
                return "child";
            })));
            moment();
            assertTrue(inline.isDone());
            assertFalse(viaChild.isDone(), "one iteration more");
            await(viaChild);
        });
    }

    @Test
    @DisplayName("X-14 a Runnable body, one that starts later, and one after a caught failure"
            + " (test_with_previous_yield_result_not_none)")
    void otherBodies() {
        time.run(() -> {
            Coroutine<Void> runnable = spawn(() -> {
                tailCall(() -> log.add("from a Runnable"));
            });
            assertTrue(runnable.isDone());
            Coroutine<String> later = spawnLater(() -> tailCall(() -> "later"));
            assertEquals("later", await(later));
            Deferred<String> failed = new Deferred<>();
            failed.completeExceptionally(new IOException());
            Coroutine<String> caught = spawn(() -> {
                assertThrows(IOException.class, () -> await(failed));
                return tailCall(() -> await(Futures.after(ms(0), "after the failure")));
            });
            assertEquals("after the failure", await(caught));
        });
        assertEquals(List.of("from a Runnable"), log);
    }

    // -------------------------------------------------------------------------------------------------------- memory

    /** Big enough to be missed; each test makes its own. */
    private static final class Local {
        final byte[] data = new byte[100_000];
    }

    private static void assertCollected(WeakReference<?> reference) {
        for (int i = 0; i < 50 && reference.get() != null; i++) {
            System.gc();
            moment();
        }
        assertNull(reference.get(), "still reachable");
    }

    @Test
    @DisplayName("X-17 what the caller's frame held is free while the coroutine is not done (test_main)")
    void callersFrameIsFree() {
        time.run(() -> {
            Deferred<String> first = new Deferred<>();
            Deferred<String> second = new Deferred<>();
            List<WeakReference<Object>> refs = new ArrayList<>();
            Coroutine<String> body = spawn(() -> {
                Local local = new Local();
                refs.add(new WeakReference<>(local));
                await(first);
                assertEquals(100_000, local.data.length);
                return tailCall(() -> await(second));
            });
            System.gc();
            assertNotNull(refs.getFirst().get());
            first.complete("1");
            moment();
            assertCollected(refs.getFirst());
            assertFalse(body.isDone());
            second.complete("2");
            assertEquals("2", await(body));
        });
    }

    @Test
    @DisplayName("X-17 what the lambda of an earlier body has captured is free, also under a captured context")
    void capturedOfTheLambdaIsFree() {
        for (LoopOptions options : List.of(
                new VirtualTime().options(), new VirtualTime().options().withContext(ContextCapture.of(USER)))) {
            Coroutines.run(options, () -> {
                USER.set("ann");
                capturedIsFree();
                USER.remove();
                return null;
            });
        }
    }

    private static void capturedIsFree() {
        Deferred<String> gate = new Deferred<>();
        List<WeakReference<Object>> refs = new ArrayList<>();
        Coroutine<String> body = spawnHolding(new Local(), refs, gate);
        moment();
        refs.forEach(TailCallTest::assertCollected);
        assertEquals(2, refs.size());
        assertFalse(body.isDone());
        gate.complete("v");
        assertEquals("v", await(body));
    }

    private static Coroutine<String> spawnHolding(
            Local first, List<WeakReference<Object>> refs, Deferred<String> gate) {
        refs.add(new WeakReference<>(first));
        return spawn(() -> {
            assertNotNull(first.data);
            Local second = new Local();
            refs.add(new WeakReference<>(second));
            return tailCall(() -> {
                assertNotNull(second.data);
                return tailCall(() -> await(gate));
            });
        });
    }

    // -------------------------------------------------------------------------------------------------------- errors

    @Nested
    class Failing {
        @Test
        @DisplayName("X-19 what the next body throws goes to the coroutine, past the caller's catch")
        void goesPastTheCallersCatch() {
            time.run(() -> {
                IOException failure = new IOException("callee");
                Coroutine<String> body = spawn(() -> {
                    try {
                        return tailCall(() -> {
                            throw failure;
                        });
                    } catch (Throwable e) {
                        note("never");
                        return "caught";
                    }
                });
                assertSame(failure, assertThrows(IOException.class, () -> await(body)));
            });
            assertEquals(List.of(), log);
        }

        @Test
        @DisplayName("X-14 a body that fails after it has made a tail call fails, and the next one never begins")
        void failureAfterTheTailCall() {
            time.run(() -> {
                Coroutine<String> body = spawn(() -> {
                    try {
                        return tailCall(() -> {
                            note("never");
                            return "never";
                        });
                    } finally {
                        throwUnchecked();
                    }
                });
                assertThrows(ArithmeticException.class, () -> await(body));
            });
            assertEquals(List.of(), log);
        }

        private void throwUnchecked() {
            throw new ArithmeticException("in finally");
        }

        @Test
        @DisplayName("X-20 outside a coroutine, in a callback too, a tail call is an IllegalStateException")
        void outsideACoroutine() {
            IllegalStateException outside =
                    assertThrows(IllegalStateException.class, () -> Coroutines.<String>tailCall(() -> "never"));
            assertTrue(outside.getMessage().contains("tailCall()"), outside.getMessage());
            time.run(() -> {
                Deferred<Void> over = new Deferred<>();
                EventLoop.current().execute(() -> {
                    assertThrows(IllegalStateException.class, () -> Coroutines.<String>tailCall(() -> "never"));
                    over.complete(null);
                });
                await(over);
                assertThrows(NullPointerException.class, () -> Coroutines.<String>tailCall(null));
            });
        }

        @Test
        @DisplayName("X-14, X-20 after a tail call nothing may wait: await, moment, sleep, join and another tail call"
                + " are refused, and the tail call stands")
        void nothingMayWaitAfterIt() {
            time.run(() -> {
                Deferred<String> pending = new Deferred<>();
                Deferred<String> done = new Deferred<>();
                done.complete("v");
                Coroutine<String> body = spawn(() -> {
                    String none = tailCall(() -> "tail");
                    List<Runnable> waits = List.of(
                            () -> await(pending),
                            () -> await(done),
                            Coroutines::moment,
                            () -> Coroutines.sleep(ms(1)),
                            () -> Coroutines.blocking(() -> 1),
                            () -> await((Object) null),
                            () -> await(List.of(done)),
                            () -> Coroutines.<String>tailCall(() -> "second"));
                    for (Runnable wait : waits) {
                        IllegalStateException refused = assertThrows(IllegalStateException.class, wait::run);
                        assertTrue(refused.getMessage().contains("after tailCall()"), refused.getMessage());
                    }
                    note("refused " + waits.size());
                    return none;
                });
                assertEquals("tail", await(body));
            });
            assertEquals(List.of("0 refused 8"), log);
        }

        @Test
        @DisplayName("X-14 join and get of a pending future after a tail call are refused as an await is")
        void joinAfterIt() {
            time.run(() -> {
                Deferred<String> pending = new Deferred<>();
                Coroutine<String> body = spawn(() -> {
                    String none = tailCall(() -> "tail");
                    try {
                        pending.join();
                        note("joined");
                    } catch (IllegalStateException e) {
                        note("refused");
                    }
                    return none;
                });
                pending.complete("v");
                assertEquals("tail", await(body));
            });
            assertEquals(List.of("0 refused"), log);
        }

        @Test
        @DisplayName(
                "X-14 a forgotten return loses no value: another value than tailCall's is an IllegalStateException")
        void forgottenReturn() {
            time.run(() -> {
                Coroutine<String> body = spawn(() -> {
                    tailCall(() -> {
                        note("never");
                        return "tail";
                    });
                    return "own";
                });
                IllegalStateException refused = assertThrows(IllegalStateException.class, () -> await(body));
                assertTrue(refused.getMessage().contains("own"), refused.getMessage());
            });
            assertEquals(List.of(), log);
        }

        @Test
        @DisplayName("X-14, T-04 an early return after a tail call wins, and one in the next body ends the coroutine")
        void earlyReturn() {
            time.run(() -> {
                Coroutine<String> after = spawn(() -> {
                    tailCall(() -> {
                        note("never");
                        return "tail";
                    });
                    throw new Early("early");
                });
                assertEquals("early", await(after));
                Coroutine<String> inNext = spawn(() -> tailCall(() -> {
                    throw new Early("early in next");
                }));
                assertEquals("early in next", await(inNext));
            });
            assertEquals(List.of(), log);
        }

        private static final class Early extends EarlyReturn {
            private static final long serialVersionUID = 1L;

            Early(Object value) {
                super(value);
            }
        }
    }

    // ---------------------------------------------------------------------------------------------- cancel and pause

    @Nested
    class Controlling {
        @Test
        @DisplayName("X-21, X-07 a cancel reaches the body that runs now, and its canceller, after two tail calls")
        void cancelReachesTheCurrentBody() {
            time.run(() -> {
                Coroutine<String> body = spawn(() -> {
                    try {
                        return tailCall(() -> tailCall(() -> {
                            try {
                                return await(new Deferred<String>(self -> note("canceller")));
                            } finally {
                                note("finally of the third");
                            }
                        }));
                    } finally {
                        note("finally of the first");
                    }
                });
                assertTrue(body.cancel("why"));
                CancellationException arrived = assertThrows(CancellationException.class, () -> await(body));
                assertEquals("why", arrived.getMessage());
            });
            assertEquals(List.of("0 finally of the first", "0 canceller", "1 finally of the third"), log);
        }

        @Test
        @DisplayName("X-21 cancelled by itself before the tail call, it ends, and the next body never begins")
        void cancelledBeforeTheNextBody() {
            time.run(() -> {
                Coroutine<String> body = spawn(() -> {
                    Coroutines.current().cancel("self");
                    return tailCall(() -> {
                        note("never");
                        return "never";
                    });
                });
                assertTrue(body.isCancelled());
                assertEquals("self", VirtualTime.failure(body).getMessage());
            });
            assertEquals(List.of(), log);
        }

        @Test
        @DisplayName("X-07 a pause reaches the body that runs now, and one between two bodies holds the next")
        void pauseReachesTheCurrentBody() {
            time.run(() -> {
                Deferred<String> gate = new Deferred<>();
                Coroutine<String> awaiting = spawn(() -> tailCall(() -> {
                    String value = await(gate);
                    note("awaited");
                    return value;
                }));
                awaiting.pause();
                Coroutine<String> between = spawn(() -> {
                    Coroutines.current().pause();
                    return tailCall(() -> {
                        note("between");
                        return "v";
                    });
                });
                gate.complete("v");
                moment();
                moment();
                note(awaiting.status() + " " + between.status() + " " + between.awaiting());
                awaiting.unpause();
                between.unpause();
                await(List.of(awaiting, between));
            });
            assertEquals(List.of("2 PAUSED PAUSED null", "3 awaited", "3 between"), log);
        }

        @Test
        @DisplayName("X-21 one paused between two bodies and cancelled ends, and the next never begins")
        void cancelledWhilePausedBetweenTwoBodies() {
            time.run(() -> {
                Coroutine<String> body = spawn(() -> {
                    Coroutines.current().pause();
                    return tailCall(() -> {
                        note("never");
                        return "v";
                    });
                });
                moment();
                body.cancel();
                assertThrows(CancellationException.class, () -> await(body));
            });
            assertEquals(List.of(), log);
        }

        @Test
        @DisplayName("X-21, J-11 an endless chain of tail calls with awaits is unwound when its loop closes")
        void endlessChainIsUnwound() {
            time.run(() -> {
                spawn(() -> forever());
                Coroutines.sleep(ms(3));
            });
            assertEquals(List.of("0 state", "2 state", "4 state", "6 state", "7 over"), log);
        }

        private Void forever() {
            note("state");
            try {
                Coroutines.sleep(ms(1));
            } catch (CancellationException e) {
                note("over");
                throw e;
            }
            return tailCall(this::forever);
        }
    }

    @Test
    @DisplayName("X-14, T-24 the context is carried along a chain of any length, as it is at each tail call")
    void contextIsCarriedAlong() {
        Coroutines.run(time.options().withContext(ContextCapture.of(USER)), () -> {
            USER.set("ann");
            Coroutine<String> body = spawn(() -> {
                String before = USER.get();
                USER.set("bob");
                return tailCall(() -> {
                    String then = USER.get();
                    moment();
                    return tailCall(() -> before + " " + then + " " + USER.get());
                });
            });
            Coroutine<Integer> chain = spawn(() -> loop(100_000));
            USER.set("eve");
            assertEquals(0, chain.resultNow());
            assertEquals("ann bob bob", await(body));
            assertEquals("eve", USER.get());
            USER.remove();
            return null;
        });
    }

    @Test
    @DisplayName("X-14 the name, the id, thread-locals and the stack of a tail-called body are its coroutine's")
    void identityIsTheCoroutines() {
        ThreadLocal<String> local = new ThreadLocal<>();
        time.run(() -> {
            Callable<String> next = () -> {
                moment();
                return local.get() + " " + Coroutines.current().name();
            };
            Coroutine<String> body = spawn("named", () -> {
                local.set("kept");
                return tailCall(next);
            });
            assertEquals(1, body.stack().size(), body.stack().toString());
            assertEquals("kept named", await(body));
        });
    }
}
