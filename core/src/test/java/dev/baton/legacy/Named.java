package dev.baton.legacy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.Coroutines;
import dev.baton.loop.EventLoop;
import java.util.ArrayList;
import java.util.List;

/** Contexts with names, and the list of those that the calling thread is in, outermost first. */
final class Named {
    private static final ThreadLocal<List<String>> ACTIVE = ThreadLocal.withInitial(ArrayList::new);

    private Named() {}

    static List<String> active() {
        return List.copyOf(ACTIVE.get());
    }

    static StackContext context(String name) {
        return new StackContext(() -> {
            ACTIVE.get().add(name);
            return () -> assertEquals(name, ACTIVE.get().removeLast());
        });
    }

    // What the original tests do with self.io_loop, and a callback by its name.

    static ResultCallback callback(Object key) {
        return (ResultCallback) Coroutines.await(new Callback(key));
    }

    static Object waitFor(Object key) {
        return Coroutines.await(new Wait(key));
    }

    static void addCallback(Runnable callback) {
        EventLoop.current().execute(callback);
    }

    /** Calls back with a value, after a number of iterations. */
    static void delayed(int iterations, ResultCallback callback, Object value) {
        if (iterations == 0) {
            callback.call(value);
        } else {
            addCallback(() -> delayed(iterations - 1, callback, value));
        }
    }
}
