package dev.baton.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * {@link Handoff#CARRIER}: the thread that drives the loop carries its fibers, so that a switch is one continuation less
 * and one more on the same thread, without a queue of the JDK's or another thread.
 *
 * <p>Who is carried is not who has the baton. A fiber that blocks in the JDK unmounts, and keeps the baton; the driver then
 * waits for it and for nobody else. A fiber that is woken by others than its giver finds that it was not granted anything,
 * and parks again. So whatever stands in the queue may be run at any time.
 */
final class CarrierRelay implements Relay {
    private static final int STRAYS = 63; // so often, less one, the queue is looked at although somebody has the baton

    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>(); // what other threads have made ready
    private final EventLoop loop;
    private volatile @Nullable Driver driver; // whose thread carries; null: none does
    private volatile boolean sleeping; // whether the carrier waits for the queue
    private volatile boolean closed; // nobody will carry any more

    private @Nullable Runnable next; // who was granted the baton; carrier only
    private @Nullable Thread giver; // who is just waking another; others may read an old one, but never themselves

    @Nullable
    Holder parking; // who went to park last; for the watch over pinned threads, which may read an old one

    long turns; // the same

    CarrierRelay(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public Handoff kind() {
        return Handoff.CARRIER;
    }

    @Override
    public Thread newThread(String name, Fiber fiber) {
        Carried body = new Carried(this, fiber);
        fiber.carried = body;
        return VirtualThreads.builder(body)
                .name(name)
                .uncaughtExceptionHandler(body)
                .unstarted(body);
    }

    @Override
    public Thread newDriverThread(String name, Runnable body) {
        return new CarrierThread(name, body);
    }

    @Override
    public boolean mayDrive(Thread thread) {
        return !thread.isVirtual(); // which cannot carry another
    }

    @Override
    public void pass(Holder from, Holder to) {
        grant(to);
        if (from instanceof Driver self) {
            carry(self);
            from.takeGrant();
            return;
        }
        try {
            awaitGrant(from);
        } catch (StackOverflowError e) { // from unmounting: see DirectRelay
            if (!closed) {
                to.takeGrant(); // whose thread has not run, because the carrier runs this one; it may run, and
                // will park
            }
            throw e;
        }
    }

    @Override
    public void leave(Holder from, Holder to) {
        grant(to);
    }

    private void grant(Holder to) {
        to.grant();
        if (to instanceof Driver) {
            if (closed) {
                LockSupport.unpark(to.thread); // the giver is not carried by it any more
            }
            return; // it looks when the giver has unmounted
        }
        Runnable unmounted = ((Fiber) to).carried.takeReady();
        if (unmounted != null) {
            if (next == null && !closed) {
                next = unmounted;
            } else {
                submit(unmounted);
            }
            return;
        }
        giver = Thread.currentThread();
        try {
            if (to.started) {
                LockSupport.unpark(to.thread);
            } else {
                to.started = true;
                to.thread.start();
            }
        } finally {
            giver = null;
        }
    }

    @Override
    public void awaitGrant(Holder self) {
        boolean mayUnmount = self instanceof Fiber fiber && fiber.isBusy();
        while (!self.isGranted()) {
            if (!mayUnmount || !((Fiber) self).carried.unmount()) {
                parking = self;
                PinnedWatch.wake();
                LockSupport.park();
                mayUnmount = false;
            }
            if (Thread.interrupted()) { // or park would return at once from now on
                self.interrupted();
            }
        }
        self.takeGrant();
    }

    boolean isCarrier(Thread thread) {
        Driver carrier = driver;
        return carrier != null && carrier.thread == thread;
    }

    /** Runs fibers on the calling thread, until one gives the baton back to its driver. */
    private void carry(Driver self) {
        InterruptBell bell = self.armBell();
        try {
            runFibers(self);
        } finally {
            bell.disarm();
        }
    }

    private void runFibers(Driver self) {
        driver = self;
        while (!self.isGranted()) {
            if ((turns++ & STRAYS) == 0 || next == null) {
                runStrays(self);
            }
            Runnable task = next;
            next = null;
            if (task != null) {
                task.run();
            } else if (!self.isGranted()) {
                awaitTask(self);
            }
        }
    }

    @Override
    public boolean runStrays(Driver self) {
        driver = self;
        boolean any = false;
        for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
            task.run();
            any = true;
        }
        return any;
    }

    /** The one who has the baton blocks. */
    private void awaitTask(Driver self) {
        sleeping = true;
        if (queue.isEmpty() && !self.isGranted()) {
            LockSupport.park(this);
        }
        sleeping = false;
        if (Thread.interrupted()) {
            self.interrupted();
        }
    }

    /** A fiber's thread is ready to go on. Called on any thread. */
    void submit(Runnable task) {
        if (giver == Thread.currentThread() && next == null) {
            next = task;
            return;
        }
        if (closed) {
            VirtualThreads.defaultScheduler().execute(task);
            return;
        }
        queue.add(task);
        Driver carrier = driver;
        if (sleeping && carrier != null) {
            LockSupport.unpark(carrier.thread);
        } else {
            loop.wakeUp(); // if it is idle
        }
        if (closed) {
            abandonQueue();
        }
    }

    @Override
    public void close() {
        closed = true;
        abandonQueue();
    }

    /** The loop is closed; what still runs unwinds beside it, as anybody's virtual thread. */
    private void abandonQueue() {
        for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
            VirtualThreads.defaultScheduler().execute(task);
        }
    }
}
