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

    private static final System.Logger LOG = System.getLogger("dev.baton.loop");

    private static final Set<StepWatch> WATCHED =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>())); // loops may be dropped
    private static volatile boolean asleep;
    private static volatile boolean isMore; // since it computed how long to wait: with nobody to watch, that is long

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
        int quiet = 0;
        for (long last = System.nanoTime(); ; ) {
            isMore = false; // first: whoever comes from now on is seen below, or ends the wait
            quiet = isAnyBusy() ? 0 : quiet + 1;
            boolean sleeps = quiet > PATIENCE && fallAsleep();
            long period = shortest(sleeps ? StepWatch::idlePeriodNanos : StepWatch::periodNanos, sleeps);
            for (long left = period;
                    left > 0 && asleep == sleeps && !isMore;
                    left = period - (System.nanoTime() - last)) {
                LockSupport.parkNanos(left);
            }
            asleep = false;
            long now = System.nanoTime();
            lookAtAll(Math.min(now - last, sleeps ? period : 2 * period)); // the rest was a pause of the whole JVM
            last = now;
        }
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

    private static void lookAtAll(long elapsedNanos) {
        for (StepWatch each : WATCHED.toArray(StepWatch[]::new)) {
            try {
                each.look(elapsedNanos);
            } catch (Throwable failure) { // somebody's toString(), say; the other loops are to be watched all the same
                LOG.log(System.Logger.Level.ERROR, "the watchdog failed to look at a loop", failure);
            }
            if (each.isOver()) {
                WATCHED.remove(each);
            }
        }
    }
}
