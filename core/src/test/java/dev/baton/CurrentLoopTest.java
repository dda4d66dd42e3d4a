package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.blocking;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.join;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CurrentLoopTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static void assertNone() {
        IllegalStateException refused = assertThrows(IllegalStateException.class, EventLoop::current);
        assertTrue(refused.getMessage().contains(Thread.currentThread().getName()), refused.getMessage());
        assertNull(EventLoop.currentOrNull());
    }

    @Test
    @DisplayName("L-18 there is none before a loop runs, after it has run, nor by making one"
            + " (TestIOLoopCurrent.test_non_current)")
    void thereIsNoneOutside() {
        assertNone();
        time.run(EventLoop::current);
        assertNone();
        EventLoop loop = EventLoop.create(time.wallClock());
        assertNone();
        try (EventLoop open = EventLoop.open(time.wallClock())) {
            assertFalse(open.isOwner());
            assertNone();
        }
        loop.close();
        assertNone();
    }

    @Test
    @DisplayName("L-18 on the loop it is that loop: in callbacks, timers, whenDone, coroutines, across each await"
            + " (TestIOLoopRunSync.test_current)")
    void onTheLoopItIsThatLoop() {
        time.run(() -> {
            EventLoop loop = EventLoop.current();
            Deferred<String> callback = new Deferred<>();
            Deferred<String> timer = new Deferred<>();
            Deferred<String> whenDone = new Deferred<>();
            loop.execute(() -> callback.complete("callback " + (EventLoop.current() == loop)));
            loop.schedule(ms(1), () -> timer.complete("timer " + (EventLoop.current() == loop)));
            loop.whenDone(callback, (value, failure) -> whenDone.complete("whenDone " + (EventLoop.current() == loop)));
            log.addAll(await(List.of(callback, timer, whenDone)));
            assertSame(loop, EventLoop.current());
            assertSame(loop, Coroutines.current().loop());
            await(spawn(() -> {
                assertSame(loop, EventLoop.current());
                moment();
                assertSame(loop, EventLoop.current());
                assertEquals(1, blocking(() -> 1));
                assertSame(loop, EventLoop.current());
            }));
            assertTrue(loop.isOwner());
        });
        assertEquals(List.of("callback true", "timer true", "whenDone true"), log);
    }

    @Test
    @DisplayName("L-18 off the loop there is none: in blocking work, on threads that a coroutine starts, in a foreign"
            + " completion")
    void offTheLoopThereIsNone() {
        Coroutines.run(time.wallClock(), () -> {
            blocking(() -> {
                assertNone();
                return null;
            });
            CompletableFuture<String> started = new CompletableFuture<>();
            Deferred<String> foreign = new Deferred<>();
            CompletableFuture<String> dependent = foreign.thenApply(value -> {
                assertNone();
                return value + ", and its dependent";
            });
            Thread thread = Thread.startVirtualThread(() -> started.completeAsync(
                    () -> {
                        assertNone();
                        foreign.complete("completed");
                        return "started";
                    },
                    Runnable::run));
            assertEquals(List.of("started", "completed, and its dependent"), await(List.of(started, dependent)));
            join(thread);
            return null;
        });
    }

    @Test
    @DisplayName("L-18 of two loops each coroutine has its own, whichever waits for the other (test_force_current)")
    void ofTwoLoopsEachCoroutineHasItsOwn() {
        try (EventLoop other = EventLoop.open(time.wallClock())) {
            Coroutines.run(time.wallClock(), () -> {
                EventLoop own = EventLoop.current();
                assertNotSame(other, own);
                Coroutine<EventLoop> there = spawn(other, () -> {
                    assertSame(own, await(spawn(own, EventLoop::current)));
                    return EventLoop.current();
                });
                assertSame(other, there.loop());
                assertSame(other, await(there));
                assertSame(own, EventLoop.current());
                return null;
            });
        }
    }

    @Test
    @DisplayName(
            "L-18 a loop that is driven by hand is current while it is driven, and only then (test_default_current)")
    void loopThatIsDrivenByHand() {
        try (EventLoop loop = EventLoop.create(time.options())) {
            loop.execute(() -> log.add("in runOnce " + (EventLoop.current() == loop)));
            assertTrue(loop.runOnce());
            assertNone();
            loop.execute(() -> {
                log.add("in run " + (EventLoop.current() == loop));
                loop.stop();
            });
            loop.run();
            assertNone();
            Coroutine<Boolean> coroutine = spawn(loop, () -> {
                moment();
                return EventLoop.current() == loop;
            });
            log.add("in runUntil " + loop.runUntil(coroutine));
            assertNone();
        }
        assertEquals(List.of("in runOnce true", "in run true", "in runUntil true"), log);
    }
}
