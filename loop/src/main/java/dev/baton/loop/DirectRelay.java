package dev.baton.loop;

import java.util.concurrent.locks.LockSupport;

/**
 * {@link Handoff#PORTABLE}: the holder wakes the next one itself, with one unpark and one park, and no thread between
 * them. A park may return for no reason, so the flag {@code granted} and not the permit is the baton.
 */
final class DirectRelay implements Relay {
    @Override
    public Handoff kind() {
        return Handoff.PORTABLE;
    }

    @Override
    public Thread newThread(String name, Fiber fiber) {
        FiberThread body = new FiberThread(fiber);
        return Thread.ofVirtual().name(name).uncaughtExceptionHandler(body).unstarted(body);
    }

    @Override
    public Thread newDriverThread(String name, Runnable body) {
        return Thread.ofVirtual().name(name).unstarted(body);
    }

    @Override
    public boolean mayDrive(Thread thread) {
        return true;
    }

    @Override
    public void pass(Holder from, Holder to) {
        from.takeGrant(); // of a turn that a stack overflow ended, perhaps
        grant(from, to);
        while (!from.isGranted()) {
            // A park that runs out of stack throws, and the body unwinds beside the next holder. It is tempting to wait
            // awake instead; but that keeps a carrier from all other virtual threads, perhaps from the very one that
            // has the baton.
            LockSupport.park();
            if (Thread.interrupted()) { // or park would return at once from now on
                from.interrupted();
            }
        }
        from.takeGrant();
    }

    @Override
    public void leave(Holder from, Holder to) {
        grant(from, to);
    }

    @Override
    public boolean runStrays(Driver self) {
        return false; // the JDK's scheduler does
    }

    @Override
    public void close() {}

    private static void grant(Holder from, Holder to) {
        to.grant();
        from.gave = true;
        if (to.started) {
            LockSupport.unpark(to.thread);
        } else {
            to.started = true;
            to.thread.start();
        }
    }
}
