package dev.baton;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where a failure went after it was thrown: the frames of each coroutine that it came out of an await in, from the one that
 * failed to the outermost. The failure carries it as a suppressed one, and it grows in place (rows W-14, T-20).
 *
 * <p>A failure goes through a stage once, and through a coroutine once; so neither throwing it again nor a second
 * coroutine that awaits the same stage makes the path longer, and what is thrown again and again from a constant starts a
 * new path each time.
 */
final class AwaitPath extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 100; // coroutines; a recursion of awaits repeats itself anyway

    private final ArrayList<String> names = new ArrayList<>(); // by class: it travels with the failure
    private final LinkedHashSet<Long> coroutines = new LinkedHashSet<>();
    private final LinkedHashSet<Integer> stages = new LinkedHashSet<>(); // identity hashes, or it would retain them
    private long last = -1;

    private AwaitPath() {
        super(null, null, false, true);
        setStackTrace(new StackTraceElement[0]);
    }

    @Override
    public Throwable fillInStackTrace() {
        return this; // its frames are those of others
    }

    /** The failure is about to come out of the await of {@code stage} in {@code coroutine}, on the calling thread. */
    static void extend(Throwable failure, Coroutine<?> coroutine, CompletionStage<?> stage) {
        AwaitPath path = of(failure);
        if (path == null) {
            path = new AwaitPath();
            failure.addSuppressed(path); // does nothing if the failure does not want any
        }
        path.extend(coroutine, stage);
    }

    private static @Nullable AwaitPath of(Throwable failure) {
        for (Throwable suppressed : failure.getSuppressed()) {
            if (suppressed instanceof AwaitPath path) {
                return path;
            }
        }
        return null;
    }

    private synchronized void extend(Coroutine<?> coroutine, CompletionStage<?> stage) {
        if (stages.contains(System.identityHashCode(stage))) {
            return; // another one awaits the same stage
        }
        if (stage instanceof Coroutine<?> inner && last >= 0 && inner.id() != last) {
            begin(); // it did not come this way
        }
        if (coroutines.contains(coroutine.id())) {
            return;
        }
        last = coroutine.id();
        if (names.size() == LONGEST) {
            return;
        }
        coroutines.add(coroutine.id());
        stages.add(System.identityHashCode(stage));
        names.add(coroutine.label());
        List<StackTraceElement> frames = new ArrayList<>(List.of(getStackTrace()));
        frames.addAll(Runner.withoutRuntime(new Throwable().getStackTrace()));
        setStackTrace(frames.toArray(StackTraceElement[]::new));
    }

    private void begin() {
        names.clear();
        coroutines.clear();
        stages.clear();
        setStackTrace(new StackTraceElement[0]);
    }

    @Override
    public synchronized String getMessage() {
        return "came out of awaits in " + String.join(", then in ", names);
    }
}
