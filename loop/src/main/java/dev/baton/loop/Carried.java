package dev.baton.loop;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a fiber that the loop's own thread carries, and its scheduler: one for each, because virtual threads that
 * the fiber's code makes inherit it, and these must not end up on the loop's thread.
 */
final class Carried extends FiberThread implements Executor {
    private final CarrierRelay relay;
    private @Nullable Runnable continuation; // of the fiber's own thread; written before that runs
    private boolean yielding; // it is about to unmount of its own accord; carrier only, and so is the next
    private boolean unmounted; // and takes no more to go on than to be run

    Carried(CarrierRelay relay, Fiber fiber) {
        super(fiber);
        this.relay = relay;
    }

    /** The JDK has made a thread ready to go on. Called on any thread. */
    @Override
    public void execute(Runnable task) {
        if (continuation == null) {
            continuation = task; // the first one is the start of the fiber's own thread
        }
        if (task == continuation) {
            if (yielding && relay.isCarrier(Thread.currentThread())) {
                yielding = false;
                unmounted = true;
            } else {
                relay.submit(task);
            }
        } else {
            VirtualThreads.defaultScheduler().execute(task);
        }
    }

    /**
     * Unmounts the calling thread, which is this one, until its continuation is run again. That takes less than to park and
     * to be unparked, and tells at once if it cannot be; but nobody can wake it, not even with an interrupt.
     *
     * @return false if it is pinned to its carrier
     */
    @SuppressWarnings("ThreadPriorityCheck") // no scheduler takes part
    boolean unmount() {
        unmounted = false;
        yielding = true;
        try {
            Thread.yield();
            return !yielding;
        } finally {
            yielding = false;
        }
    }

    /** {@return what runs this thread if it has unmounted itself, else null} It will not be given twice. */
    @Nullable
    Runnable takeReady() {
        if (!unmounted) {
            return null;
        }
        unmounted = false;
        return continuation;
    }
}
