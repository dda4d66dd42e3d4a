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
            relay.submit(task);
        } else {
            VirtualThreads.defaultScheduler().execute(task);
        }
    }

    @Override
    public void run() {
        relay.awaitGrant(fiber()); // a pinned giver may have taken the baton back meanwhile
        super.run();
    }
}
