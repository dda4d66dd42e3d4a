package dev.baton.legacy;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.legacy.Named.addCallback;
import static dev.baton.legacy.Named.callback;
import static dev.baton.legacy.Named.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CallbackWaitTest {
    private final VirtualTime time = new VirtualTime();
    private final List<Object> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    // ---------------------------------------------------------------------------------------------- what is handed
    // over

    @Test
    @DisplayName("Y-04 called before the wait, the callback costs no iteration (GET.test_inline_cb)")
    void calledBeforeTheWaitItCostsNothing() {
        time.run(() -> Engine.engine(() -> {
            callback("k1").run();
            log.add(at("got " + waitFor("k1")));
        }));
        assertEquals(List.of("0 got null"), log);
    }

    @Test
    @DisplayName("Y-02, Y-04 called by the loop, it resumes the coroutine one iteration later (GET.test_ioloop_cb)")
    void calledByTheLoopItResumesOneIterationLater() {
        time.run(() -> {
            addCallback(callback("k1"));
            addCallback(() -> log.add(at("called")));
            log.add(at("waits"));
            waitFor("k1");
            log.add(at("resumed"));
        });
        assertEquals(List.of("0 waits", "1 called", "2 resumed"), log);
    }

    @Test
    @DisplayName("Y-04 one argument is the result (GET.test_with_arg, test_with_arg_tuple)")
    void oneArgumentIsTheResult() {
        time.run(() -> {
            callback("k1").call(42);
            log.add(waitFor("k1"));
            callback(List.of(1, 2)).accept(List.of(3, 4));
            log.add(waitFor(List.of(1, 2)));
            callback("null").accept(null);
            assertNull(waitFor("null"));
        });
        assertEquals(List.of(42, List.of(3, 4)), log);
    }

    @Test
    @DisplayName("Y-04, U-22 no argument is null, and more are Arguments; so are named ones (GET.test_arguments)")
    void otherArgumentsAreArguments() {
        time.run(() -> {
            callback("noargs").call();
            assertNull(waitFor("noargs"));
            callback("kwargs").call(new Arguments(List.of(), Map.of("value", 42)));
            assertEquals(new Arguments(List.of(), Map.of("value", 42)), waitFor("kwargs"));
            callback("2args").call(42, null);
            assertEquals(new Arguments(Arrays.asList(42, null), Map.of()), waitFor("2args"));
        });
    }

    @Test
    @DisplayName("U-22 Arguments are copies")
    void argumentsAreCopies() {
        List<Object> args = new ArrayList<>(List.of(1));
        Arguments arguments = new Arguments(args, Map.of());
        args.add(2);
        assertEquals(List.of(1), arguments.args());
        assertThrows(UnsupportedOperationException.class, () -> arguments.args().add(3));
    }

    @Test
    @DisplayName("Y-04 the callback may be called from any thread")
    void mayBeCalledFromAnyThread() {
        Coroutines.run(time.wallClock(), () -> {
            ResultCallback callback = callback("k1");
            Thread thread = Thread.ofPlatform().start(() -> callback.call("from elsewhere"));
            log.add(waitFor("k1"));
            VirtualTime.join(thread);
            return null;
        });
        assertEquals(List.of("from elsewhere"), log);
    }

    // ---------------------------------------------------------------------------------------------------------- keys

    @Test
    @DisplayName("Y-03 a key that is outstanding cannot be used again (GET.test_key_reuse, test_key_reuse_tuple)")
    void outstandingKeyCannotBeReused() {
        time.run(() -> {
            for (Object key : List.of("k1", List.of(1, 2))) {
                KeyReuseException thrown = assertThrows(
                        KeyReuseException.class,
                        () -> Engine.engine(() -> {
                            callback(key);
                            callback(key);
                        }));
                assertTrue(thrown.getMessage().contains(key.toString()), thrown.getMessage());
            }
        });
    }

    @Test
    @DisplayName("Y-03 nor can one whose callback was called with null, until it is waited for")
    void keyWithNullResultIsOutstanding() {
        time.run(() -> {
            callback("k1").call((Object) null);
            assertThrows(KeyReuseException.class, () -> callback("k1"));
            assertNull(waitFor("k1"));
            callback("k1").call(2);
            assertEquals(2, waitFor("k1"));
        });
    }

    @Test
    @DisplayName("Y-03 the keys of another coroutine, and of another run of the same body, are others (GET.test_reuse)")
    void otherCoroutinesHaveOtherKeys() {
        time.run(() -> {
            for (int i = 0; i < 2; i++) {
                spawn(() -> {
                    addCallback(callback(0));
                    waitFor(0);
                    log.add(at("done"));
                });
            }
            moment();
            moment();
        });
        assertEquals(List.of("2 done", "2 done"), log);
    }

    @Test
    @DisplayName("Y-03, T-23 a key is free after its wait (GWT.test_sequence_handler, test_coroutine_sequence_handler,"
            + " test_coroutine_unfinished_sequence_handler)")
    void keyIsFreeAfterItsWait() {
        time.run(() -> {
            Coroutine<?> handler = spawn(() -> {
                for (String key : List.of("k1", "k2", "k1")) {
                    addCallback(callback(key));
                    waitFor(key);
                    log.add(at(key));
                }
            });
            await(handler);
        });
        assertEquals(List.of("2 k1", "4 k2", "6 k1"), log);
    }

    @Test
    @DisplayName("Y-05 to wait for an unknown key is an error at the call of the engine (GET.test_key_mismatch,"
            + " test_key_mismatch_tuple)")
    void unknownKeyIsAnError() {
        time.run(() -> {
            UnknownKeyException thrown = assertThrows(
                    UnknownKeyException.class,
                    () -> Engine.engine(() -> {
                        callback("k1");
                        waitFor("k2");
                    }));
            assertTrue(thrown.getMessage().contains("k2"), thrown.getMessage());
            assertThrows(
                    UnknownKeyException.class,
                    () -> Engine.engine(() -> {
                        callback(List.of(1, 2));
                        waitFor(List.of(2, 3));
                    }));
        });
    }

    @Test
    @DisplayName("Y-05 the coroutine may catch it and go on (GET.test_exception_in_yield,"
            + " test_resume_after_exception_in_yield)")
    void coroutineGoesOnAfterUnknownKey() {
        time.run(() -> Engine.engine(() -> {
            assertThrows(UnknownKeyException.class, () -> waitFor("k1"));
            callback("k2").call("v2");
            log.add(waitFor("k2"));
        }));
        assertEquals(List.of("v2"), log);
    }

    @Test
    @DisplayName("Y-05 waits may come in any order (GET.test_parallel_callback)")
    void waitsMayComeInAnyOrder() {
        time.run(() -> {
            for (int key = 0; key < 3; key++) {
                addCallback(callback(key));
            }
            waitFor(1);
            log.add(at("1"));
            addCallback(callback(3));
            waitFor(0);
            log.add(at("0"));
            waitFor(3);
            log.add(at("3"));
            waitFor(2);
            log.add(at("2"));
        });
        assertEquals(List.of("2 1", "2 0", "4 3", "4 2"), log);
    }

    // -------------------------------------------------------------------------------------------------------- several

    @Test
    @DisplayName("Y-06 WaitAll gives the results in the order of the keys (GET.test_wait_all)")
    void waitAllGivesResultsInOrder() {
        time.run(() -> {
            callback("k1").call("v1");
            callback("k2").call("v2");
            log.add(await(new WaitAll("k1", "k2")));
            callback("k1").call("v3");
            callback("k2").call("v4");
            log.add(await(new WaitAll(List.of("k2", "k1"))));
        });
        assertEquals(List.of(List.of("v1", "v2"), List.of("v4", "v3")), log);
    }

    @Test
    @DisplayName("Y-06 WaitAll waits for the last one, and resumes one iteration later; an unknown key is an error")
    void waitAllWaitsForTheLastOne() {
        time.run(() -> {
            ResultCallback first = callback("k1");
            ResultCallback second = callback("k2");
            addCallback(() -> {
                second.call("v2");
                addCallback(() -> first.call("v1"));
            });
            log.add(at(await(new WaitAll("k1", "k2")).toString()));
            assertThrows(UnknownKeyException.class, () -> await(new WaitAll("k1")));
            log.add(await(new WaitAll()));
        });
        assertEquals(List.of("3 [v1, v2]", List.of()), log);
    }

    // --------------------------------------------------------------------------------------------------------- leaking

    @Test
    @DisplayName("Y-07 an engine that ends without waiting fails at the call (GET.test_leaked_callback,"
            + " test_leaked_callback_tuple)")
    void leakedCallbackFailsTheEngine() {
        time.run(() -> {
            LeakedCallbackException thrown =
                    assertThrows(LeakedCallbackException.class, () -> Engine.engine(() -> callback("k1")));
            assertTrue(thrown.getMessage().contains("[k1]"), thrown.getMessage());
            assertThrows(LeakedCallbackException.class, () -> Engine.engine(() -> callback(List.of(1, 2))));
        });
    }

    @Test
    @DisplayName("Y-07 to call the callback afterwards is harmless, on the loop, elsewhere, and after the loop"
            + " (GET.test_orphaned_callback)")
    void orphanedCallbackIsHarmless() {
        ResultCallback[] orphan = new ResultCallback[1];
        Coroutines.run(time.wallClock(), () -> {
            assertThrows(LeakedCallbackException.class, () -> Engine.engine(() -> orphan[0] = callback(1)));
            orphan[0].run();
            VirtualTime.join(Thread.ofPlatform().start(orphan[0]));
            moment();
            return null;
        });
        orphan[0].call("too late");
    }

    @Test
    @DisplayName("Y-07 a coroutine fails for whoever awaits it, also with an early return (a deviation: in Tornado they"
            + " wait for ever)")
    void leakedCallbackFailsTheCoroutine() {
        time.run(() -> {
            assertThrows(
                    LeakedCallbackException.class,
                    () -> await(spawn(() -> {
                        callback("k1");
                        return 42;
                    })));
            assertThrows(
                    LeakedCallbackException.class,
                    () -> await(spawn(() -> {
                        callback("k1");
                        moment();
                        throw new Return(42);
                    })));
        });
    }

    @Test
    @DisplayName("Y-07 a callback that was called, but not waited for, has leaked as well")
    void calledCallbackHasLeakedAsWell() {
        time.run(() -> assertThrows(
                LeakedCallbackException.class,
                () -> Engine.engine(() -> callback("k1").call(1))));
    }

    @Test
    @DisplayName("Y-07 no complaint when an await has ever thrown, nor about one that fails by itself")
    void noComplaintAfterAnException() {
        ArithmeticException failure = new ArithmeticException();
        time.run(() -> {
            log.add(await(spawn(() -> {
                callback("k1");
                assertThrows(UnknownKeyException.class, () -> waitFor("k2"));
                return "survived";
            })));
            assertThrows(
                    ArithmeticException.class,
                    () -> await(spawn(() -> {
                        callback("k1");
                        throw failure;
                    })));
            Coroutine<?> cancelled = spawn(() -> {
                callback("k1");
                try {
                    waitFor("k1");
                } finally {
                    log.add("cancelled");
                }
            });
            cancelled.cancel();
            moment();
            assertTrue(cancelled.isCancelled());
        });
        assertEquals(List.of("survived", "cancelled"), log);
    }
}
