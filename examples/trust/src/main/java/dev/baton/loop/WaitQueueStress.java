package dev.baton.loop;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Those that wait are told, each once and in order, whatever others do that come, leave and are swept away. */
final class WaitQueueStress {
    private WaitQueueStress() {}

    static class Waiters {
        final WaitQueue<Integer> queue = new WaitQueue<>();
        int told; // the digits of those that stay, in order
        int leaversTold;

        Waiter<Integer> stayer(int digit) {
            return new Waiter<>() {
                @Override
                public void accept(Integer value, Throwable failure) {
                    told = told * 10 + digit;
                }
            };
        }

        Waiter<Integer> leaver() {
            return new Waiter<>() {
                @Override
                public void accept(Integer value, Throwable failure) {
                    leaversTold++;
                }
            };
        }

        final Waiter<Integer> added(Waiter<Integer> waiter) {
            queue.add(waiter);
            return waiter;
        }
    }

    /** A queue in which one more that leaves makes it sweep: garbage lies between those that stay. */
    abstract static class Littered extends Waiters {
        final Waiter<Integer> last;

        @SuppressWarnings({"unchecked", "this-escape"})
        Littered() {
            Waiter<Integer>[] leavers = new Waiter[16];
            for (int i = 0; i < 16; i++) {
                leavers[i] = added(leaver());
                if (i % 4 == 3) {
                    added(stayer(1 + i / 4));
                }
            }
            last = leavers[7];
            for (int i = 0; i < 16; i++) {
                if (i != 7) {
                    queue.remove(leavers[i]);
                }
            }
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 12", "0, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "told with the others, or refused")
    @Outcome(expect = Expect.FORBIDDEN, desc = "added and not told, or refused and told")
    @State
    public static class AddAgainstTell extends Waiters {
        private int accepted;

        public AddAgainstTell() {
            added(stayer(1));
        }

        @Actor
        public void comer() {
            accepted = queue.add(stayer(2)) ? 1 : 0;
        }

        @Actor
        public void teller() {
            queue.tell(7, null);
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = accepted;
            result.r2 = told;
        }
    }

    @JCStressTest
    @Outcome(
            id = {"123, 0", "123, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "those that stay, and perhaps the one that left")
    @Outcome(expect = Expect.FORBIDDEN, desc = "one was skipped or told twice")
    @State
    public static class LeaveAgainstTell extends Waiters {
        private final Waiter<Integer> leaver;

        public LeaveAgainstTell() {
            added(stayer(1));
            added(stayer(2));
            leaver = added(leaver());
            added(stayer(3));
        }

        @Actor
        public void leave() {
            queue.remove(leaver);
        }

        @Actor
        public void teller() {
            queue.tell(7, null);
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = told;
            result.r2 = leaversTold;
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1234, 0", "1234, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "those that stay, and perhaps the one that left")
    @Outcome(expect = Expect.FORBIDDEN, desc = "one was skipped or told twice")
    @State
    public static class SweepAgainstTell extends Littered {
        @Actor
        public void leave() {
            queue.remove(last);
        }

        @Actor
        public void teller() {
            queue.tell(7, null);
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = told;
            result.r2 = leaversTold;
        }
    }

    @JCStressTest
    @Outcome(id = "123456, 0", expect = Expect.ACCEPTABLE, desc = "those that stay")
    @Outcome(expect = Expect.FORBIDDEN, desc = "one was skipped or told twice")
    @State
    public static class SweepAgainstAdd extends Littered {
        @Actor
        public void leave() {
            queue.remove(last);
        }

        @Actor
        public void comer() {
            queue.add(stayer(5));
            queue.add(stayer(6));
        }

        @Arbiter
        public void after(II_Result result) {
            queue.tell(7, null);
            result.r1 = told;
            result.r2 = leaversTold;
        }
    }

    @JCStressTest
    @Outcome(id = "12, 0", expect = Expect.ACCEPTABLE, desc = "those that stay")
    @Outcome(expect = Expect.FORBIDDEN, desc = "one was skipped or told twice")
    @State
    public static class NewestLeavesAgainstAdd extends Waiters {
        private final Waiter<Integer> newest;

        public NewestLeavesAgainstAdd() {
            added(stayer(1));
            newest = added(leaver());
        }

        @Actor
        public void leave() {
            queue.remove(newest);
        }

        @Actor
        public void comer() {
            queue.add(stayer(2));
        }

        @Arbiter
        public void after(II_Result result) {
            queue.tell(7, null);
            result.r1 = told;
            result.r2 = leaversTold;
        }
    }
}
