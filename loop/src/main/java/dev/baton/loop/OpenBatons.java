package dev.baton.loop;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The batons of all loops that are not closed. Weak, because a loop may be dropped without being closed. */
final class OpenBatons {
    private static final Queue<WeakReference<Baton>> ALL = new ConcurrentLinkedQueue<>();

    private static final ReferenceQueue<Baton> DROPPED = new ReferenceQueue<>();

    private OpenBatons() {}

    static void add(Baton baton) {
        for (Reference<? extends Baton> dropped = DROPPED.poll(); dropped != null; dropped = DROPPED.poll()) {
            ALL.remove(dropped);
        }
        ALL.add(new WeakReference<>(baton, DROPPED));
    }

    static void remove(Baton closed) {
        ALL.removeIf(each -> each.get() == closed);
    }

    /**
     * {@return the fiber that holds a baton on this thread, which is the calling one; or null} As slow as there are many
     * loops, and only for threads that carry no mark.
     */
    static @Nullable Fiber fiberHeldBy(Thread thread) {
        for (WeakReference<Baton> each : ALL) {
            Baton baton = each.get();
            if (baton != null && baton.holder() instanceof Fiber fiber && fiber.thread == thread) {
                return fiber;
            }
        }
        return null;
    }
}
