package dev.baton.loop;

import static dev.baton.loop.TestFiber.awaitLatch;
import static dev.baton.loop.TestFiber.driveForAnHour;
import static dev.baton.loop.TestFiber.launch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.baton.loop.testing.VirtualClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** User code may call, take along and replace the uncaught-exception handler of a fiber's thread. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FiberIdentityTest {
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> reports = new CopyOnWriteArrayList<>();
    private final EventLoop loop = EventLoop.create(
            LoopOptions.defaults().withExceptionHandler(reports::add).withClock(new VirtualClock()));

    @Test
    @DisplayName("A fiber that hands a failure to its thread's handler keeps the baton: no two bodies run at once")
    void aFiberThatCallsItsOwnHandlerKeepsTheBaton() {
        IllegalStateException unhandled = new IllegalStateException("of a library");
        launch(loop, "first", self -> {
            launch(loop, "second", other -> log.add("second runs"));
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, unhandled);
            for (int i = 0; i < 1_000; i++) {
                Thread.onSpinWait(); // time for the second one to run beside this one
            }
            log.add("first goes on, owner " + loop.isOwner() + ", ended " + self.hasEnded());
            self.yieldOnce();
            log.add("first ends");
        });

        driveForAnHour(loop);

        assertEquals(List.of("first goes on, owner true, ended false", "second runs", "first ends"), log);
        assertEquals(List.of(unhandled), reports);
    }

    @Test
    @DisplayName("A thread that was given a fiber's handler is no fiber, and ends none")
    void aThreadThatWasGivenTheHandlerOfAFiberIsNoFiber() {
        IllegalStateException unhandled = new IllegalStateException("of another thread");
        AtomicReference<Object> seen = new AtomicReference<>("nothing");
        launch(loop, "fiber", self -> {
            CountDownLatch died = new CountDownLatch(1);
            Thread.UncaughtExceptionHandler handler = Thread.currentThread().getUncaughtExceptionHandler();
            Thread.UncaughtExceptionHandler watched = (thread, failure) -> {
                handler.uncaughtException(thread, failure);
                died.countDown();
            };
            Thread.ofVirtual().uncaughtExceptionHandler(handler).start(() -> {
                seen.set(Fiber.current());
                Thread.currentThread().setUncaughtExceptionHandler(watched);
                throw unhandled;
            });
            awaitLatch(died);
            log.add("owner " + loop.isOwner() + ", ended " + self.hasEnded());
            self.yieldOnce();
            log.add("ends");
        });

        driveForAnHour(loop);

        assertEquals(List.of("owner true, ended false", "ends"), log);
        assertNull(seen.get());
        assertEquals(List.of(unhandled), reports);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("A body that sets a handler of its own, or none, is still a fiber at its next suspension")
    void aBodyThatSetsAHandlerOfItsOwnIsStillAFiber(boolean none) {
        launch(loop, "fiber", self -> {
            Thread.currentThread().setUncaughtExceptionHandler(none ? null : (thread, failure) -> log.add("handled"));
            assertSame(self, Fiber.current());
            assertSame(loop, EventLoop.current());
            launch(loop, "other", other -> log.add("other"));
            self.yieldOnce();
            assertSame(self, Fiber.current());
            log.add("fiber");
        });

        driveForAnHour(loop);

        assertEquals(List.of("other", "fiber"), log);
        assertEquals(List.of(), reports);
    }

    @Test
    @DisplayName("J-02 A fiber with a handler of its own passes the baton on when its body throws")
    void aFiberWithAHandlerOfItsOwnPassesTheBatonOn() {
        Error failure = new Error("of the body");
        launch(loop, "fiber", self -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> log.add("handled"));
            launch(loop, "other", other -> log.add("other"));
            throw failure;
        });

        driveForAnHour(loop);

        assertEquals(List.of("other"), log);
        assertEquals(List.of(failure), reports);
    }

    @Test
    @DisplayName("A virtual thread that is no fiber is told so, also while fibers run")
    void aPlainVirtualThreadIsNoFiber() {
        launch(loop, "fiber", self -> {
            CountDownLatch looked = new CountDownLatch(1);
            Thread.ofVirtual().start(() -> {
                log.add("fiber " + Fiber.current() + ", loop " + EventLoop.currentOrNull());
                assertThrows(IllegalStateException.class, EventLoop::current);
                looked.countDown();
            });
            awaitLatch(looked);
        });

        driveForAnHour(loop);

        assertEquals(List.of("fiber null, loop null"), log);
    }
}
