package dev.baton.loop;

import org.jspecify.annotations.Nullable;

/**
 * What a fiber's thread runs, and how a thread finds its fiber.
 *
 * <p>The thread carries this object as its uncaught-exception handler, because that is a field of the thread itself: a
 * ThreadLocal would do, at the price of a map for each of a million threads. But the handler is only a mark. User code may
 * replace it, call it, or give it to another thread. So a mark counts on the fiber's own thread alone; a virtual thread
 * without one is looked up among the holders of the batons ({@link OpenBatons}); and a call of the handler ends nothing.
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
        Thread thread = Thread.currentThread();
        if (thread.getUncaughtExceptionHandler() instanceof FiberThread mark && mark.fiber.thread == thread) {
            return mark.fiber;
        }
        return thread.isVirtual() ? OpenBatons.fiberHeldBy(thread) : null;
    }

    @Override
    public void run() {
        try {
            fiber.awaitGrant(); // the giver may have taken the baton back meanwhile
            fiber.runToItsEnd();
        } catch (Throwable failure) { // the stack was too short even to end in order: it is unwound now
            fiber.loop().report(FailureReport.Kind.FATAL, Reporter.text(fiber) + " failed to end", failure);
            fiber.end(Fiber.Outcome.FAILURE);
        }
    }

    /** A library has a failure that nothing handles, and hands it over here; the thread goes on. */
    @Override
    public final void uncaughtException(Thread thread, Throwable failure) {
        fiber.loop()
                .report(
                        FailureReport.Kind.CALLBACK,
                        "a failure that nothing handled, in thread \"" + thread.getName() + "\"",
                        failure);
    }
}
