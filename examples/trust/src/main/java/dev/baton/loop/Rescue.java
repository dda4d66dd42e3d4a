package dev.baton.loop;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends a wait that has lasted far too long, so that a lost wake-up is a forbidden outcome and not a run that hangs. After
 * the first one in a JVM, which fails the test, it is impatient: thousands of samples would take their time otherwise.
 */
final class Rescue {
    private static final int POLLS = 250;
    private static final long POLL_NANOS = 40_000_000;
    private static final long IMPATIENT_NANOS = 2_000_000;

    private static volatile Pair waiting;
    private static volatile boolean needed;

    private Rescue() {}

    /** A holder that is no fiber and no driver. */
    static class Party extends Holder {
        volatile boolean arrived;
        volatile boolean rescued;
        volatile boolean left;

        Party() {
            super(Thread.currentThread(), true);
        }

        /** The calling thread is the one that waits for this party's turns. */
        void arrive() {
            thread = Thread.currentThread();
            arrived = true;
        }

        void awaitArrival() {
            while (!arrived) {
                Thread.onSpinWait();
            }
        }

        @Override
        void interrupted() {}
    }

    static {
        Thread.ofPlatform().daemon().name("rescue").start(Rescue::patrol);
    }

    /** Ends the waits of two parties that hand the baton to each other, if both are there for too long. */
    static void watch(Party first, Party second) {
        waiting = new Pair(first, second);
    }

    private record Pair(Party first, Party second) {
        void rescue() {
            free(first);
            free(second);
        }

        private static void free(Party party) {
            if (!party.left) {
                party.rescued = true;
                party.grant();
                LockSupport.unpark(party.thread);
            }
        }

        boolean isOver() {
            return first.left && second.left;
        }
    }

    /** {@return how long to wait for what must come} */
    static long patienceNanos() {
        return needed ? IMPATIENT_NANOS : POLLS * POLL_NANOS;
    }

    static void needed() {
        needed = true;
    }

    /** Takes a time that is different at each call, mostly a short one: so that it meets what the other actor is at. */
    static void stagger() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int left = random.nextInt(1 << random.nextInt(12)); left > 0; left--) {
            Thread.onSpinWait();
        }
    }

    private static void patrol() {
        Pair last = null;
        int polls = 0;
        for (; ; ) {
            LockSupport.parkNanos(needed ? IMPATIENT_NANOS : POLL_NANOS);
            Pair now = waiting;
            polls = now == last ? polls + 1 : 0;
            last = now;
            if (now != null && !now.isOver() && polls >= (needed ? 2 : POLLS)) {
                needed = true;
                now.rescue(); // again and again, until both have left
            }
        }
    }
}
