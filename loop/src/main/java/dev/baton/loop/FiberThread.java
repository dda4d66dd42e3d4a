package dev.baton.loop;

import org.jspecify.annotations.Nullable;

/**
 * What a fiber's thread runs, and how a thread finds its fiber.
 *
 * <p>The thread carries this object as its uncaught-exception handler, because that is a field of the thread itself: a
 * ThreadLocal would do, at the price of a map for each of a million threads.
 */
class FiberThread implements Runnable, Thread.UncaughtExceptionHandler {
    private final Fiber fiber;

    FiberThread(Fiber fiber) {
        this.fiber = fiber;
    }

    final Fiber fiber() {
        return fiber;
    }

    /** {@return the fiber that the calling thread runs, or null} */
    static @Nullable Fiber current() {
        return Thread.currentThread().getUncaughtExceptionHandler() instanceof FiberThread self ? self.fiber : null;
    }

    @Override
    public void run() {
        fiber.runToItsEnd();
    }

    /** The stack was too short even to end in order: end once more, now that it is unwound. */
    @Override
    public final void uncaughtException(Thread thread, Throwable failure) {
        fiber.loop().report(FailureReport.Kind.FATAL, fiber + " failed to end", failure);
        fiber.end(Fiber.Outcome.FAILURE);
    }
}
