package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whether Lincheck sees a race on this JDK at all: or what it passes would mean nothing. */
@Tag("trust")
class PlantedRaceTest {

    /** Loses an increment if two come at once. */
    public static class BrokenCounter {
        private volatile int count;

        @Operation
        public int increment() {
            return ++count;
        }
    }

    /** The same without the fault. */
    public static class Counter {
        private final AtomicInteger count = new AtomicInteger();

        @Operation
        public int increment() {
            return count.incrementAndGet();
        }
    }

    /** A stack as the inbox is one, whose owner takes it in two steps: what comes between them is lost. */
    public static class BrokenStack {
        private record Item(int value, Item below) {}

        private final AtomicReference<Item> head = new AtomicReference<>();
        private final AtomicInteger values = new AtomicInteger();

        @Operation
        public int push() {
            int value = values.incrementAndGet();
            head.updateAndGet(below -> new Item(value, below));
            return value;
        }

        @Operation(nonParallelGroup = "owner")
        public String drain() {
            StringBuilder all = new StringBuilder();
            for (Item item = head.get(); item != null; item = item.below) {
                all.insert(0, item.value + " ");
            }
            head.set(null);
            return all.toString();
        }
    }

    private static void assertRaceIsFound(Runnable check) {
        AssertionError found = assertThrows(AssertionError.class, check::run);
        assertTrue(found.getMessage().contains("Invalid execution results"), found.getMessage());
    }

    @Test
    void stressFindsALostIncrement() {
        // It ends with the first one that it sees; on a busy machine two threads seldom meet.
        assertRaceIsFound(
                () -> Lincheck.stress().invocationsPerIteration(20_000).check(BrokenCounter.class));
    }

    @Test
    void modelCheckingFindsALostIncrement() {
        assertRaceIsFound(() -> Lincheck.modelChecking().check(BrokenCounter.class));
    }

    @Test
    void modelCheckingFindsALostItem() {
        assertRaceIsFound(() -> Lincheck.modelChecking().check(BrokenStack.class));
    }

    @Test
    void bothPassACounterWithoutFault() {
        Lincheck.stress().check(Counter.class);
        Lincheck.modelChecking().check(Counter.class);
    }
}
