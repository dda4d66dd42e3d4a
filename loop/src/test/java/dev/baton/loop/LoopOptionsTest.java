package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.testing.VirtualClock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoopOptionsTest {
    private final LoopOptions defaults = LoopOptions.defaults();

    @Test
    void theDefaults() {
        assertNull(defaults.name());
        assertSame(LoopClock.system(), defaults.clock());
        assertEquals(Handoff.AUTO, defaults.handoff());
        assertNull(defaults.exceptionHandler());
        assertEquals(Duration.ofSeconds(5), defaults.closeTimeout());
    }

    @Test
    void eachChangeKeepsTheRestAndLeavesTheOriginalAlone() {
        VirtualClock clock = new VirtualClock();
        Consumer<Throwable> handler = failure -> {};
        LoopOptions all = defaults.withName("orders")
                .withClock(clock)
                .withExceptionHandler(handler)
                .withCloseTimeout(Duration.ofSeconds(1))
                .withHandoff(Handoff.PORTABLE); // a value here; no loop is opened with it
        assertEquals("orders", all.name());
        assertSame(clock, all.clock());
        assertSame(handler, all.exceptionHandler());
        assertEquals(Duration.ofSeconds(1), all.closeTimeout());
        assertEquals(Handoff.PORTABLE, all.handoff());

        LoopOptions renamed = all.withName("other");
        assertEquals("other", renamed.name());
        assertSame(clock, renamed.clock());
        assertSame(handler, renamed.exceptionHandler());
        assertEquals(Duration.ofSeconds(1), renamed.closeTimeout());
        assertEquals(Handoff.PORTABLE, renamed.handoff());
        assertEquals("orders", all.name());
        theDefaults();
    }

    @Test
    void nullIsRefused() {
        assertThrows(NullPointerException.class, () -> defaults.withName(null));
        assertThrows(NullPointerException.class, () -> defaults.withClock(null));
        assertThrows(NullPointerException.class, () -> defaults.withHandoff(null));
        assertThrows(NullPointerException.class, () -> defaults.withExceptionHandler(null));
        assertThrows(NullPointerException.class, () -> defaults.withCloseTimeout(null));
        assertThrows(NullPointerException.class, () -> EventLoop.create(null));
        assertThrows(NullPointerException.class, () -> EventLoop.open(null));
    }

    @Test
    void aNegativeCloseTimeoutIsRefused() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> defaults.withCloseTimeout(Duration.ofNanos(-1)));
        assertTrue(e.getMessage().contains("PT-0.000000001S"), e.getMessage());
        assertEquals(Duration.ZERO, defaults.withCloseTimeout(Duration.ZERO).closeTimeout());
    }

    @Test
    void aLoopBearsItsName() {
        EventLoop loop = EventLoop.create(defaults.withName("orders"));
        try (loop) {
            assertEquals("orders", loop.name());
            assertTrue(loop.toString().contains("orders"), loop.toString());
        }
        assertTrue(loop.toString().contains("closed"), loop.toString());
    }

    @Test
    void loopsWithoutANameAreNumbered() {
        try (EventLoop one = EventLoop.create(defaults);
                EventLoop two = EventLoop.create(defaults)) {
            assertTrue(one.name().matches("loop-\\d+"), one.name());
            assertTrue(two.name().matches("loop-\\d+"), two.name());
            assertNotEquals(one.name(), two.name());
        }
    }

    @Test
    void aLoopTellsItsHandoff() {
        try (EventLoop loop = EventLoop.create(defaults)) {
            assertNotEquals(Handoff.AUTO, loop.handoff());
            assertTrue(loop.toString().contains(loop.handoff().toString()), loop.toString());
        }
    }

    @Test
    void aLoopReadsItsClock() {
        VirtualClock clock = new VirtualClock();
        try (EventLoop loop = EventLoop.create(defaults.withClock(clock))) {
            clock.advanceBy(Duration.ofNanos(42));
            assertEquals(42, loop.nanoTime());
        }
        try (EventLoop loop = EventLoop.create(defaults)) {
            long before = System.nanoTime();
            long now = loop.nanoTime();
            long after = System.nanoTime();
            assertTrue(before - now <= 0 && now - after <= 0, before + " " + now + " " + after);
        }
    }

    @Test
    void theSystemClockCannotBeMoved() {
        assertFalse(LoopClock.system().isVirtual());
        assertThrows(
                UnsupportedOperationException.class, () -> LoopClock.system().advanceTo(1));
    }

    @Test
    void oneSystemClockServesManyLoops() {
        List<String> log = new ArrayList<>();
        try (EventLoop one = EventLoop.create(defaults);
                EventLoop two = EventLoop.create(defaults)) {
            one.execute(() -> log.add("one"));
            two.execute(() -> log.add("two"));
            assertTrue(two.runOnce());
            assertTrue(one.runOnce());
        }
        assertEquals(List.of("two", "one"), log);
    }

    @Test
    void aCloseTimeoutOfZeroStillRunsWhatWasSubmitted() {
        List<String> log = new ArrayList<>();
        EventLoop loop = EventLoop.create(defaults.withCloseTimeout(Duration.ZERO));
        loop.execute(() -> log.add("ran"));
        loop.close();
        assertTrue(loop.isClosed());
        assertEquals(List.of("ran"), log);
    }

    @Test
    void aCloseTimeoutMayBeForEver() {
        EventLoop loop = EventLoop.create(defaults.withCloseTimeout(ChronoUnit.FOREVER.getDuration()));
        loop.close();
        assertTrue(loop.isClosed());
    }

    @Test
    void theyTellWhatTheyAre() {
        assertEquals(
                "LoopOptions[name=orders, clock=VirtualClock[PT0S], handoff=AUTO, closeTimeout=PT5S]",
                defaults.withName("orders").withClock(new VirtualClock()).toString());
    }
}
