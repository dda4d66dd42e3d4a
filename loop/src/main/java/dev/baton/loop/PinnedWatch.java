package dev.baton.loop;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Looks for fibers that wait while they are pinned to the thread that carries them, from a native frame or, before JDK 24,
 * from a {@code synchronized} block: they stop the thread that would have to run everybody else. A daemon thread looks
 * from time to time, because to ask the JDK at each switch would cost more than the switch. It sleeps when no loop runs.
 */
final class PinnedWatch implements Runnable {
    private static final long PERIOD_NANOS = 20_000_000;
    private static final int PATIENCE = 50; // periods without a turn of anybody, after which it sleeps

    private static final Set<Baton> WATCHED =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>())); // loops may be dropped
    private static final Thread THREAD = newThread();
    private static volatile boolean asleep;

    static {
        THREAD.start();
    }

    private int quiet; // periods without a turn

    private PinnedWatch() {}

    /** {@return the thread, not started} It inherits nothing of the one that opens the first loop: it outlives that. */
    static Thread newThread() {
        return Thread.ofPlatform()
                .daemon()
                .inheritInheritableThreadLocals(false)
                .name("baton-pinned-watch")
                .unstarted(new PinnedWatch());
    }

    static void watch(Baton baton) {
        WATCHED.add(baton);
    }

    /** Somebody gives a baton away. */
    static void wake() {
        if (asleep) {
            asleep = false;
            LockSupport.unpark(THREAD);
        }
    }

    @Override
    @SuppressWarnings("InfiniteLoopStatement") // a daemon
    public void run() {
        for (; ; ) {
            LockSupport.parkNanos(PERIOD_NANOS);
            try {
                lookAtAll();
            } catch (Throwable failure) { // no memory, say: every loop needs the next look
                Reporter.write(System.Logger.Level.ERROR, "the watch over pinned threads failed to look", failure);
            }
        }
    }

    private void lookAtAll() {
        boolean turned = false;
        for (Baton baton : WATCHED.toArray(Baton[]::new)) {
            turned |= baton.watchPinned();
        }
        quiet = turned ? 0 : quiet + 1;
        if (quiet >= PATIENCE) {
            asleep = true;
            while (asleep) {
                LockSupport.park(this);
            }
            quiet = 0;
        }
    }

    /** {@return whether a virtual thread with this stack is parked on its carrier, which no other can use meanwhile} */
    static boolean isParkedOnCarrier(StackTraceElement[] stack) {
        return Stream.of(stack).anyMatch(frame -> frame.getMethodName().equals("parkOnCarrierThread"));
    }
}
