package dev.baton.loop;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Looks from time to time whether a step of a loop lasts too long, and whether a loop that somebody waits for is stuck.
 * One daemon thread does it for all loops of this JVM, a platform thread, because blocked loops may keep every carrier of
 * virtual threads. It sleeps while every loop is idle: a driver that begins, or that comes back from its park, wakes it.
 *
 * <p>A loop pays nothing for it but two plain writes for each callback, and a look at a flag when it has been idle.
 */
final class Watchdog implements Runnable {
    static final long PERIOD_NANOS = 20_000_000;
    static final long SHORTEST_NANOS = 1_000_000;
    private static final long LONGEST_NANOS = 1_000_000_000; // between looks at a step that blocks for very long
    private static final int PATIENCE = 50; // idle looks before it sleeps, or a busy loop would wake it all the time

    private static final Set<StepWatch> WATCHED =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>())); // loops may be dropped
    private static volatile boolean asleep;
    private static volatile boolean isMore; // since it computed how long to wait: with nobody to watch, that is long

    private int quiet; // looks since a loop was busy
    private long last = System.nanoTime(); // look
    private long ownNanos; // that it took

    private Watchdog() {}

    /** Starts the thread when the first loop is to be watched. */
    private static final class Dog {
        static final Thread THREAD = Thread.ofPlatform()
                .daemon()
                .inheritInheritableThreadLocals(false)
                .name("baton-watchdog")
                .unstarted(new Watchdog());

        static {
            THREAD.start();
        }

        private Dog() {}
    }

    static void watch(StepWatch watch) {
        WATCHED.add(watch);
        isMore = true;
        LockSupport.unpark(Dog.THREAD);
    }

    /** A loop is not idle any more. Called after it has said so itself. */
    static void wake() {
        if (asleep) {
            asleep = false;
            LockSupport.unpark(Dog.THREAD);
        }
    }

    @Override
    @SuppressWarnings("InfiniteLoopStatement") // a daemon
    public void run() {
        for (; ; ) {
            try {
                lookNext();
            } catch (Throwable failure) { // no memory, say: every loop needs the next look
                asleep = false;
                Reporter.write(System.Logger.Level.ERROR, "the watchdog failed to look", failure);
                LockSupport.parkNanos(PERIOD_NANOS); // the next one may fail at once as well
            }
        }
    }

    private void lookNext() {
        isMore = false; // first: whoever comes from now on is seen below, or ends the wait
        quiet = isAnyBusy() ? 0 : quiet + 1;
        boolean sleeps = quiet > PATIENCE && fallAsleep();
        long period = shortest(sleeps ? StepWatch::idlePeriodNanos : StepWatch::periodNanos, sleeps);
        for (long left = period; left > 0 && asleep == sleeps && !isMore; left = period - (System.nanoTime() - last)) {
            LockSupport.parkNanos(left);
        }
        asleep = false;
        long now = System.nanoTime();
        lookAtAll(elapsed(now - last, ownNanos, sleeps ? period : 2 * period));
        last = now;
        ownNanos = System.nanoTime() - now;
    }

    /**
     * {@return what counts of the time since the last look} What is longer than it should have waited was a pause of the
     * whole JVM; but not what the last look itself took, a first log line perhaps.
     */
    static long elapsed(long sinceLastNanos, long lastLookNanos, long mostNanos) {
        return Math.min(sinceLastNanos, lastLookNanos + mostNanos);
    }

    /** {@return whether all loops are idle, so that it may sleep; then whoever stops being so wakes it} */
    private static boolean fallAsleep() {
        asleep = true;
        if (isAnyBusy()) { // it has begun to run before it could see the flag
            asleep = false;
        }
        return asleep;
    }

    private static boolean isAnyBusy() {
        return Stream.of(WATCHED.toArray(StepWatch[]::new)).anyMatch(each -> !each.isIdle());
    }

    private static long shortest(ToLongFunction<StepWatch> period, boolean sleeps) {
        return Stream.of(WATCHED.toArray(StepWatch[]::new))
                .mapToLong(period)
                .reduce(sleeps ? Long.MAX_VALUE : LONGEST_NANOS, Math::min);
    }

    private void lookAtAll(long elapsedNanos) {
        StepWatch[] watches = WATCHED.toArray(StepWatch[]::new);
        for (StepWatch each : watches) {
            try {
                each.look(elapsedNanos);
            } catch (Throwable failure) { // somebody's toString(), say; the other loops are to be watched all the same
                Reporter.write(System.Logger.Level.ERROR, "the watchdog failed to look at a loop", failure);
            }
            if (each.isOver()) {
                WATCHED.remove(each);
            }
        }
    }
}
