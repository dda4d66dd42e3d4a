package dev.baton.loop;

import java.util.Objects;

/**
 * Makes what surrounds a piece of code (thread-locals, a logging context, a trace, a handler of exceptions) surround what
 * that code starts, too.
 *
 * <p>A loop that has one calls it where a coroutine is spawned, and in {@link EventLoop#execute}, {@link EventLoop#schedule}
 * and {@link EventLoop#whenDone}, on the thread that makes the call; what it returns is what runs later. A loop without one
 * pays for a null check.
 *
 * {@snippet :
 * LoopOptions.defaults().withContext(ContextCapture.of(USER)); // a ThreadLocal<String> USER
 * LoopOptions.defaults().withContext(task -> { // SLF4J's
 *     Map<String, String> captured = MDC.getCopyOfContextMap();
 *     return captured == null ? task : () -> {
 *         MDC.setContextMap(captured);
 *         try {
 *             task.run();
 *         } finally {
 *             MDC.clear();
 *         }
 *     };
 * });
 * }
 *
 * <p>A coroutine is one task, on a thread of its own: what is set around it stays set across its awaits, and nobody else
 * sees it. A callback or a timer borrows the loop's thread, so what is set around it must be taken away again.
 *
 * <p>Source: tornado.stack_context.wrap (row S-02), contextvars.copy_context (rows T-24, A-55).
 */
@FunctionalInterface
public interface ContextCapture {

    /**
     * Captures what surrounds the calling thread now, and returns a task that runs the given one in it, once, on the
     * thread on which it is run itself. May be called on any thread.
     *
     * @param task what is to run in the context; may throw, also checked exceptions
     * @return the task to run instead; {@code task} itself if there is nothing to restore
     */
    Runnable wrap(Runnable task);

    /**
     * {@return a capture of a thread-local's value} A value of null counts as not set.
     *
     * @param local the thread-local
     * @param <T> the type of its value
     */
    static <T> ContextCapture of(ThreadLocal<T> local) {
        Objects.requireNonNull(local, "local");
        return task -> {
            T captured = valueOrRemove(local);
            return captured == null
                    ? task
                    : () -> {
                        T before = valueOrRemove(local);
                        local.set(captured);
                        try {
                            task.run();
                        } finally {
                            if (before == null) {
                                local.remove();
                            } else {
                                local.set(before);
                            }
                        }
                    };
        };
    }

    private static <T> T valueOrRemove(ThreadLocal<T> local) {
        T value = local.get();
        if (value == null) {
            local.remove(); // to ask has made an entry
        }
        return value;
    }

    /**
     * {@return a capture of what this one and another capture}
     *
     * @param inner the other one, whose context is set inside that of this one
     */
    default ContextCapture and(ContextCapture inner) {
        Objects.requireNonNull(inner, "inner");
        return task -> wrap(inner.wrap(task));
    }
}
