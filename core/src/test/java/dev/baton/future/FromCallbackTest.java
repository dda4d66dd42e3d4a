package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FromCallbackTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    @Test
    @DisplayName("U-21 the function runs in the call, and the callback's argument is the value (test_task)")
    void functionRunsInTheCallAndTheCallbacksArgumentIsTheValue() {
        time.run(() -> {
            Deferred<String> future = Futures.fromCallback(callback -> {
                log.add("called");
                EventLoop.current().execute(() -> callback.accept("value"));
            });
            log.add("returned " + future.isDone());
            assertEquals("value", await(future));
            assertEquals(2, iteration());
        });
        assertEquals(List.of("called", "returned false"), log);
    }

    @Test
    @DisplayName("U-21 a callback that is called inside makes a future that is done; null is a value")
    void callbackThatIsCalledInsideMakesAFutureThatIsDone() {
        time.run(() -> {
            assertEquals("now", await(Futures.<String>fromCallback(callback -> callback.accept("now"))));
            assertNull(await(Futures.<String>fromCallback(callback -> callback.accept(null))));
            assertEquals(0, iteration());
        });
    }

    @Test
    @DisplayName("U-21 later calls are ignored")
    void laterCallsAreIgnored() {
        time.run(() -> {
            List<Consumer<? super String>> callbacks = new ArrayList<>();
            Deferred<String> future = Futures.fromCallback(callbacks::add);
            callbacks.getFirst().accept("first");
            callbacks.getFirst().accept("second");
            assertEquals("first", await(future));
            callbacks.getFirst().accept("third");
            assertEquals("first", await(future));
        });
    }

    @Test
    @DisplayName("U-21 what the function throws goes to the future, not to the caller (test_exception_in_task_phase1)")
    void whatTheFunctionThrowsGoesToTheFuture() {
        for (Throwable failure : List.of(new IllegalStateException("x"), new AssertionError("x"))) {
            time.run(() -> {
                Deferred<String> future = Futures.fromCallback(callback -> {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) failure;
                });
                assertSame(failure, assertThrows(Throwable.class, () -> await(future)));
            });
        }
    }

    @Test
    @DisplayName("U-21 what the function throws after it has called back is ignored by the future")
    void whatTheFunctionThrowsAfterItHasCalledBack() {
        time.run(() -> assertEquals("value", await(Futures.<String>fromCallback(callback -> {
            callback.accept("value");
            throw new IllegalStateException("too late");
        }))));
    }

    @Test
    @DisplayName("U-21 a callback that is never called leaves the future pending")
    void callbackThatIsNeverCalledLeavesTheFuturePending() {
        time.run(() -> {
            Deferred<String> future = Futures.fromCallback(callback -> {});
            Coroutine<?> waiter = spawn(() -> await(future));
            for (int i = 0; i < 5; i++) {
                moment();
            }
            assertFalse(future.isDone());
            assertTrue(waiter.cancel());
        });
    }

    @Test
    @DisplayName("U-21, F-08 the callback may be called by any thread")
    void callbackMayBeCalledByAnyThread() {
        Coroutines.run(time.wallClock(), () -> {
            Thread own = Thread.currentThread();
            assertEquals(
                    "foreign",
                    await(Futures.<String>fromCallback(
                            callback -> Thread.ofPlatform().start(() -> callback.accept("foreign")))));
            assertSame(own, Thread.currentThread());
            return null;
        });
    }

    @Test
    @DisplayName("T-15, U-21 a coroutine with a callback is such a function (test_pass_callback)")
    void coroutineWithACallbackIsSuchAFunction() {
        time.run(() -> {
            String value = await(Futures.<String>fromCallback(callback -> spawn(
                    () -> {
                        Coroutines.sleep(ms(1));
                        return "passed";
                    },
                    callback)));
            log.add(at(value));
        });
        // sleep ends at 2, the callback runs at 3
        assertEquals(List.of("4 passed"), log);
    }
}
