package dev.baton.loop;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The inbox against a list under one lock. */
@Tag("trust")
class InboxLincheckTest {

    /** What the inbox does, one after the other. */
    public static class Model {
        private final List<Integer> items = new ArrayList<>();
        private boolean asleep;
        private boolean closed;

        public boolean push(int value) {
            if (closed) {
                return false;
            }
            asleep = false;
            items.add(value);
            return true;
        }

        public String drain() {
            String all = items.toString();
            items.clear();
            asleep = false;
            return all;
        }

        public boolean sleep() {
            if (closed || asleep || !items.isEmpty()) {
                return false;
            }
            asleep = true;
            return true;
        }

        public boolean isAsleep() {
            return asleep;
        }

        public void wake() {
            asleep = false;
        }

        public String close() {
            String all = items.toString();
            items.clear();
            asleep = false;
            closed = true;
            return all;
        }
    }

    /** The inbox, and what it hands out. */
    public static class Subject {
        private final Agenda agenda = new Agenda(null, null); // it passes on, and asks neither
        private final Inbox inbox = new Inbox();
        private List<Integer> taken = new ArrayList<>(); // the owner's
        private final List<Integer> dropped = new ArrayList<>(); // of the one that closes

        private final class Item extends Ready {
            private final int value;

            Item(int value) {
                this.value = value;
            }

            @Override
            void admit(Agenda agenda) {
                taken.add(value);
            }

            @Override
            void dropped() {
                dropped.add(value);
            }
        }

        @Operation
        public boolean push(@Param(gen = IntGen.class, conf = "1:9") int value) {
            return inbox.push(new Item(value));
        }

        @Operation(nonParallelGroup = "owner")
        public String drain() {
            taken = new ArrayList<>();
            inbox.awake();
            inbox.drainTo(agenda);
            return taken.toString();
        }

        @Operation(nonParallelGroup = "owner")
        public boolean sleep() {
            return inbox.sleep();
        }

        @Operation(nonParallelGroup = "owner")
        public boolean isAsleep() {
            return inbox.isAsleep();
        }

        @Operation
        public void wake() {
            inbox.wake();
        }

        @Operation(runOnce = true)
        public String close() {
            inbox.close();
            return dropped.toString();
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
