package dev.baton.legacy;

import dev.baton.loop.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The contexts of the code that runs, outermost first; and how a callback gets those of the code it comes from. */
final class Contexts {
    private static final ThreadLocal<@Nullable Here> HERE = new ThreadLocal<>();

    /** They are those of one loop only: a thread may enter some, and then drive a loop that has no part in them. */
    private record Here(@Nullable EventLoop loop, List<Context> all) {}

    private Contexts() {}

    /** {@return those that are current and active} */
    static List<Context> current() {
        Here here = HERE.get();
        return here != null && here.loop == EventLoop.currentOrNull() ? active(here.all) : List.of();
    }

    private static List<Context> active(List<Context> all) {
        return all.isEmpty() ? all : all.stream().filter(Context::isActive).toList();
    }

    // ------------------------------------------------------------------------------------------------------- capturing

    /** Marks a loop that takes contexts along. */
    private static final class Taken {
        Taken(EventLoop loop) {
            loop.addContext(Contexts::capture);
        }
    }

    /**
     * A loop's callback finds no contexts when it starts, so there may be nothing to do. A thread that holds no baton takes
     * nothing along: a loop that has entered no context yet does not ask here, and it must not make a difference.
     */
    private static Runnable capture(Runnable task) {
        return task instanceof Wrapped
                        || EventLoop.currentOrNull() == null
                        || current().isEmpty()
                ? task
                : new Wrapped(current(), task, true);
    }

    static Runnable wrap(Runnable task) {
        return task instanceof Wrapped ? task : new Wrapped(current(), task, false);
    }

    /** @param loopOnly whether no context is entered on a thread that holds no baton, as that of blocking work */
    private record Wrapped(List<Context> captured, Runnable task, boolean loopOnly) implements Runnable {
        @Override
        public void run() {
            boolean none = loopOnly && EventLoop.currentOrNull() == null;
            runIn(none ? List.of() : captured, task);
        }

        @Override
        public String toString() {
            return task.toString();
        }
    }

    // --------------------------------------------------------------------------------------------------------- running

    /** Runs the task in these contexts, and in no others. */
    static void runIn(List<Context> captured, Runnable task) {
        List<Context> all = active(captured);
        run(all, all, task);
    }

    /**
     * {@return the task, to be run later by any holder of the loop's baton, in all that surrounds the caller and in no other
     * contexts} Called with the baton.
     */
    static Runnable surround(EventLoop loop, Runnable task) {
        Runnable surrounded = loop.capture(task);
        return current().isEmpty() ? wrap(surrounded) : surrounded;
    }

    /** Runs the task as it is, but what it starts is in these contexts. */
    static void startingFrom(List<Context> captured, Runnable task) {
        run(active(captured), List.of(), task);
    }

    /** Runs the task in one more. */
    static void enter(Context one, Runnable task) {
        run(Stream.concat(current().stream(), Stream.of(one)).toList(), List.of(one), task);
    }

    private static void run(List<Context> all, List<Context> entering, Runnable task) {
        EventLoop loop = EventLoop.currentOrNull();
        if (loop != null && !entering.isEmpty()) {
            loop.attachment(Taken.class, Taken::new);
        }
        Here before = HERE.get();
        HERE.set(new Here(loop, all));
        Throwable failure = null;
        try {
            List<AutoCloseable> entered = new ArrayList<>(entering.size());
            try {
                for (Context each : entering) {
                    entered.add(each.enter());
                }
                task.run();
            } catch (Throwable thrown) {
                failure = thrown;
            }
            for (int i = entered.size() - 1; i >= 0; i--) {
                failure = entering.get(i).leave(entered.get(i), failure);
            }
        } finally {
            if (before == null) {
                HERE.remove();
            } else {
                HERE.set(before);
            }
        }
        if (failure != null) {
            throw sneaky(failure);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> RuntimeException sneaky(Throwable failure) throws X {
        throw (X) failure;
    }
}
