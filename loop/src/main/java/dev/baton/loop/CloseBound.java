package dev.baton.loop;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The bound of a closing, kept by a thread that needs no baton: a driver that has given the baton to a body which blocks
 * cannot keep a bound of its own.
 */
final class CloseBound {
    /** How long it waits beyond the close timeout, which a driver that is not blocked keeps to by itself. */
    private static final long GRACE_NANOS = 200_000_000;

    private final EventLoop loop;
    private final Duration timeout;
    private final Runnable force;

    /**
     * Creates the bound of a loop.
     *
     * @param timeout the close timeout
     * @param force closes the loop without the body that has the baton
     */
    CloseBound(EventLoop loop, Duration timeout, Runnable force) {
        this.loop = loop;
        this.timeout = timeout;
        this.force = force;
    }

    /** Waits on the calling thread until it is over, and closes the loop by force if that takes too long. */
    void await(CountDownLatch over) {
        boolean interrupted = false;
        boolean patient = true; // a driver keeps to its own bound, but perhaps it has begun only now
        long deadline = System.nanoTime() + patience();
        while (over.getCount() > 0) {
            try {
                if (!over.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    if (patient && loop.baton().holder() instanceof Driver) {
                        patient = false;
                    } else {
                        force.run();
                    }
                    deadline = System.nanoTime() + patience();
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets a thread of its own wait: a platform thread, because bodies that block may keep every carrier. */
    void guard(CountDownLatch over) {
        try {
            Thread.ofPlatform()
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .name(loop.name() + "-close-bound")
                    .start(() -> await(over));
        } catch (OutOfMemoryError e) {
            // no thread to spare: then the driver's own bound is the only one
        }
    }

    private long patience() {
        return EventLoop.nanos(timeout) + GRACE_NANOS;
    }
}
