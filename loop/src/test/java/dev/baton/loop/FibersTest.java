package dev.baton.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class FibersTest {
    private final EventLoop loop = EventLoop.create(LoopOptions.defaults());
    private final Fibers fibers = new Fibers();
    private final Fiber oldest = added("oldest");
    private final Fiber middle = added("middle");
    private final Fiber newest = added("newest");

    private Fiber added(String name) {
        TestFiber fiber = new TestFiber(loop, name, self -> {});
        fibers.add(fiber);
        return fiber;
    }

    @Test
    void aFiberThatIsRemovedTwiceTakesNoOtherAlong() {
        fibers.remove(oldest);
        fibers.remove(oldest);
        assertEquals(List.of(middle, newest), fibers.snapshot());

        fibers.remove(newest);
        fibers.remove(newest);
        assertEquals(List.of(middle), fibers.snapshot());
        assertEquals(1, fibers.count());
    }

    @Test
    void aFiberThatWasNeverAddedTakesNoOtherAlong() {
        fibers.remove(new TestFiber(loop, "stranger", self -> {}));

        assertEquals(List.of(oldest, middle, newest), fibers.snapshot());
        assertEquals(3, fibers.count());
    }

    @Test
    void theLastOneLeavesNothing() {
        fibers.remove(middle);
        fibers.remove(newest);
        fibers.remove(oldest);
        fibers.remove(oldest);

        assertEquals(List.of(), fibers.snapshot());
        assertEquals(0, fibers.count());
        assertEquals(3, fibers.total());
    }
}
