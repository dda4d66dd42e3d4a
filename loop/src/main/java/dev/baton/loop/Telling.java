package dev.baton.loop;

import org.jspecify.annotations.Nullable;

/**
 * Tells waiters, one of which may complete the next future, and so on: in the order of nested calls, but from a certain
 * depth on, or near the end of the stack, without nesting them, so that it takes no more stack (row W-30).
 */
final class Telling {
    private static final int DEEPEST = 50;

    /** Of threads that are no fibers. A fiber has a field: a thread-local would cost each a map. */
    private static final ThreadLocal<@Nullable Telling> CURRENT = new ThreadLocal<>();

    /** Waiters that are still to be told of one outcome. */
    private record Rest(
            Waiter<?> first,
            @Nullable Object value,
            @Nullable Throwable failure,
            @Nullable Rest below) {}

    private int depth;
    private @Nullable Rest deferred; // by calls at the deepest level, the last one on top

    /** Tells all, also if one throws; then throws what was thrown first, and the rest suppressed in it. */
    static void tell(@Nullable Waiter<?> oldest, @Nullable Object value, @Nullable Throwable failure) {
        Waiter<?> waiter = oldest;
        Throwable thrown = null;
        while (waiter != null && !waiter.completesOthers()) { // the usual case: coroutines
            Waiter<?> next = waiter.next;
            waiter.next = null;
            try {
                accept(waiter, value, failure);
            } catch (Throwable more) {
                thrown = both(thrown, more);
            }
            waiter = next;
        }
        if (waiter != null) {
            try {
                tellNested(waiter, value, failure);
            } catch (Throwable more) {
                thrown = both(thrown, more);
            }
        }
        if (thrown != null) {
            throw EventLoop.sneaky(thrown);
        }
    }

    private static Throwable both(@Nullable Throwable first, Throwable second) {
        if (first == null) {
            return second;
        }
        if (first != second) {
            first.addSuppressed(second);
        }
        return first;
    }

    private static void tellNested(Waiter<?> oldest, @Nullable Object value, @Nullable Throwable failure) {
        Fiber fiber = Fiber.current();
        Telling outer = fiber == null ? CURRENT.get() : fiber.telling;
        if (outer != null) {
            outer.nest(oldest, value, failure);
            return;
        }
        Telling telling = new Telling();
        set(fiber, telling);
        try {
            telling.nest(oldest, value, failure);
        } finally {
            set(fiber, null);
        }
    }

    private static void set(@Nullable Fiber fiber, @Nullable Telling telling) {
        if (fiber != null) {
            fiber.telling = telling;
        } else if (telling != null) {
            CURRENT.set(telling);
        } else {
            CURRENT.remove();
        }
    }

    /** {@return whether the calling thread is telling, and so has made sure that there is stack for it} */
    static boolean isUnderWay() {
        Fiber fiber = Fiber.current();
        return (fiber == null ? CURRENT.get() : fiber.telling) != null;
    }

    private void nest(Waiter<?> oldest, @Nullable Object value, @Nullable Throwable failure) {
        if (depth > 0 && (depth == DEEPEST || !hasStack())) {
            deferred = new Rest(oldest, value, failure, deferred);
            return;
        }
        depth++;
        try {
            run(new Rest(oldest, value, failure, null));
        } finally {
            depth--;
        }
    }

    private static boolean hasStack() {
        try {
            StackReserve.forTelling();
            return true;
        } catch (StackOverflowError e) { // the level above has more of it
            return false;
        }
    }

    /** What a waiter has deferred comes before the next waiter. */
    private void run(Rest all) {
        Rest rest = all;
        Throwable thrown = null;
        while (rest != null) {
            Waiter<?> told = rest.first;
            Waiter<?> next = told.next;
            told.next = null;
            Rest after = next == null ? rest.below : new Rest(next, rest.value, rest.failure, rest.below);
            try {
                accept(told, rest.value, rest.failure);
            } catch (Throwable more) {
                thrown = both(thrown, more);
            }
            rest = takeDeferred(after);
        }
        if (thrown != null) {
            throw EventLoop.sneaky(thrown);
        }
    }

    private @Nullable Rest takeDeferred(@Nullable Rest after) {
        Rest result = after;
        for (Rest each = deferred;
                each != null;
                each = each.below) { // turned around: the first that was deferred is first
            result = new Rest(each.first, each.value, each.failure, result);
        }
        deferred = null;
        return result;
    }

    @SuppressWarnings("unchecked") // each stands in the queue of a stage of its type
    private static void accept(Waiter<?> told, @Nullable Object value, @Nullable Throwable failure) {
        ((Waiter<Object>) told).accept(value, failure);
    }
}
