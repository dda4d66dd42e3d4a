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
        grant(to);
        while (!from.claimGrant()) {
            try {
                LockSupport.park();
            } catch (StackOverflowError e) {
                comeBack(from, to, e);
                return;
            }
            if (Thread.interrupted()) { // or park would return at once from now on
                from.interrupted();
            }
        }
    }

    @Override
    public void awaitGrant(Holder self) {
        while (!self.claimGrant()) {
            LockSupport.park();
        }
    }

    /**
     * The JDK cannot set aside the stack of {@code from}: it does that frame by frame, and each frame takes more of the
     * native stack than it had itself, so a body that is some thousand calls deep cannot park. Such a body must not go on
     * without the baton. Either {@code to} has not taken it yet, and so does not get it; or it is running, and the baton
     * comes back in its turn. It is tempting to wait for that awake, but the JVM may have no other carrier for {@code to};
     * Object.wait makes room for one where it can.
     */
    private static void comeBack(Holder from, Holder to, StackOverflowError failure) {
        if (to.claimGrant()) {
            throw failure;
        }
        boolean recalled = from instanceof Fiber fiber && fiber.recall();
        while (!from.claimGrant()) {
            if (from instanceof Fiber fiber && fiber.loop().isClosed()) {
                throw failure;
            }
            waitPinned(from);
        }
        if (recalled) {
            throw failure;
        }
    }

    private static void waitPinned(Holder self) {
        synchronized (self) { // a monitor of its own: nothing else waits there, and nothing notifies it
            try {
                self.wait(1);
            } catch (InterruptedException e) {
                self.interrupted();
            }
        }
    }

    @Override
    public void leave(Holder from, Holder to) {
        grant(to);
    }

    @Override
    public boolean runStrays(Driver self) {
        return false; // the JDK's scheduler does
    }

    @Override
    public void close() {}

    private static void grant(Holder to) {
        to.grant();
        if (to.started) {
            LockSupport.unpark(to.thread);
        } else {
            to.started = true;
            to.thread.start();
        }
    }
}
