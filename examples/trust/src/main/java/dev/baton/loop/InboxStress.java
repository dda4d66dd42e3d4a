package dev.baton.loop;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The door for other threads: it wakes the driver that sleeps, and each item is admitted or dropped, once. */
final class InboxStress {
    /** Lends its relay and its options to drivers of agendas that are not its own; nothing runs on it. */
    static final EventLoop LENDER = EventLoop.create(LoopOptions.defaults().withHandoff(Handoff.PORTABLE));

    private InboxStress() {}

    /** A driver with nothing to do, which another thread wakes. */
    abstract static class Sleeper {
        final Agenda agenda = new Agenda(LENDER, LoopClock.system());

        /** Returns 1 when the signal has stopped it, or 0 if that took far too long. */
        final int driveUntilStopped() {
            long begin = System.nanoTime();
            long patience = Rescue.patienceNanos();
            agenda.timers.add(new TimerHandle(LENDER, begin + patience, 0, () -> agenda.signal(Agenda.STOP)));
            new Driver(LENDER, agenda, LoopClock.system(), Thread.currentThread(), false).iterate(true);
            if (System.nanoTime() - begin < patience) {
                return 1;
            }
            Rescue.needed();
            return 0;
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "the driver has run what came")
    @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "the driver slept on")
    @State
    public static class PushAgainstSleep extends Sleeper {
        @Actor
        public void driver(I_Result result) {
            result.r1 = driveUntilStopped();
        }

        @Actor
        public void pusher() {
            Rescue.stagger();
            agenda.inbox.push(new Callback(() -> agenda.signal(Agenda.STOP)));
        }
    }

    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "the driver has heeded the signal")
    @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "the driver slept on")
    @State
    public static class SignalAgainstSleep extends Sleeper {
        @Actor
        public void driver(I_Result result) {
            result.r1 = driveUntilStopped();
        }

        @Actor
        public void other() {
            Rescue.stagger();
            agenda.signal(Agenda.STOP);
        }
    }

    /** Writes its digit behind those that came before, when it is admitted. Dropped, it counts a hundred. */
    static final class Digit extends Ready {
        private final Digits all;
        private final int digit;

        Digit(Digits all, int digit) {
            this.all = all;
            this.digit = digit;
        }

        @Override
        void admit(Agenda agenda) {
            all.admitted = all.admitted * 10 + digit;
        }

        @Override
        void dropped() {
            all.dropped = all.dropped * 10 + digit;
        }
    }

    abstract static class Digits {
        final Agenda agenda = new Agenda(LENDER, LoopClock.system());
        final Inbox inbox = agenda.inbox;
        int admitted;
        int dropped;

        final int push(int digit) {
            return inbox.push(new Digit(this, digit)) ? 1 : 0;
        }
    }

    @JCStressTest
    @Outcome(
            id = {"123, 0", "132, 0", "312, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "each once, each thread's in order")
    @Outcome(expect = Expect.FORBIDDEN, desc = "one was lost, doubled or overtaken")
    @State
    public static class PushAgainstPush extends Digits {
        @Actor
        public void first() {
            push(1);
            push(2);
        }

        @Actor
        public void second() {
            push(3);
        }

        @Arbiter
        public void after(II_Result result) {
            inbox.drainTo(agenda);
            result.r1 = admitted;
            result.r2 = inbox.size();
        }
    }

    @JCStressTest
    @Outcome(id = "123, 0", expect = Expect.ACCEPTABLE, desc = "each once, in order")
    @Outcome(expect = Expect.FORBIDDEN, desc = "one was lost, doubled or overtaken")
    @State
    public static class PushAgainstDrain extends Digits {
        @Actor
        public void pusher() {
            push(1);
            push(2);
            push(3);
        }

        @Actor
        public void owner() {
            inbox.drainTo(agenda);
            inbox.drainTo(agenda);
        }

        @Arbiter
        public void after(II_Result result) {
            inbox.drainTo(agenda);
            result.r1 = admitted;
            result.r2 = inbox.size();
        }
    }

    @JCStressTest
    @Outcome(
            id = {"11, 12", "10, 1", "0, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "what was accepted is dropped, once")
    @Outcome(expect = Expect.FORBIDDEN, desc = "accepted and lost, or refused and dropped")
    @State
    public static class PushAgainstClose extends Digits {
        private int accepted;

        @Actor
        public void pusher() {
            accepted = push(1) * 10 + push(2);
        }

        @Actor
        public void closer() {
            inbox.close();
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = accepted;
            result.r2 = dropped;
        }
    }
}
