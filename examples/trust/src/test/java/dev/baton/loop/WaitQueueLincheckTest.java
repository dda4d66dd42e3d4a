package dev.baton.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The queue against a list under one lock. Only those that stay are compared: one that leaves while the others are told may
 * be told, or not.
 */
@Tag("trust")
class WaitQueueLincheckTest {

    /** What the queue does, one after the other. */
    public static class Model {
        private final List<Integer> staying = new ArrayList<>(List.of(100, 101, 102));
        private boolean told;

        public boolean add(int value) {
            if (!told) {
                staying.add(value);
            }
            return !told;
        }

        public void remove(int index) {}

        public String tell() {
            told = true;
            String all = staying.toString();
            staying.clear();
            return all;
        }
    }

    /** A queue with so much garbage that one more that leaves makes it sweep. */
    public static class Subject {
        private static final int LEAVERS = 4;

        private final WaitQueue<Integer> queue = new WaitQueue<>();
        private final List<Waiter<Integer>> leavers = new ArrayList<>();
        private final AtomicIntegerArray left = new AtomicIntegerArray(LEAVERS);
        private final ThreadLocal<List<Integer>> told = ThreadLocal.withInitial(ArrayList::new);

        private final class Stayer extends Waiter<Integer> {
            private final int value;

            Stayer(int value) {
                this.value = value;
            }

            @Override
            protected boolean completesOthers() {
                return false;
            }

            @Override
            public void accept(Integer ignored, Throwable failure) {
                told.get().add(value);
            }
        }

        private static final class Leaver extends Waiter<Integer> {
            @Override
            protected boolean completesOthers() {
                return false;
            }

            @Override
            public void accept(Integer ignored, Throwable failure) {}
        }

        public Subject() {
            List<Waiter<Integer>> garbage = new ArrayList<>();
            for (int i = 0; i < 15; i++) {
                garbage.add(new Leaver());
                queue.add(garbage.get(i));
                if (i < LEAVERS) {
                    leavers.add(new Leaver());
                    queue.add(leavers.get(i));
                }
                if (i % 5 == 2) {
                    queue.add(new Stayer(100 + i / 5));
                }
            }
            queue.add(new Leaver()); // on top, or those below it would fall off one by one
            garbage.forEach(queue::remove);
        }

        @Operation
        public boolean add(@Param(gen = IntGen.class, conf = "1:9") int value) {
            return queue.add(new Stayer(value));
        }

        @Operation
        public void remove(@Param(gen = IntGen.class, conf = "0:3") int index) {
            if (left.compareAndSet(index, 0, 1)) {
                queue.remove(leavers.get(index));
            }
        }

        @Operation
        public String tell() {
            told.get().clear();
            queue.tell(7, null);
            return told.get().toString();
        }
    }

    @Test
    void stress() {
        Lincheck.stress().sequentialSpecification(Model.class).check(Subject.class);
    }

    @Test
    void modelChecking() {
        Lincheck.modelChecking().sequentialSpecification(Model.class).check(Subject.class);
    }
}
