package dev.baton.legacy;

import java.util.List;
import java.util.Objects;

/**
 * No context at all: for what outlives the code that starts it, as a shared connection does.
 *
 * <p>Source: tornado.stack_context.NullContext (row S-08); IOLoop.spawn_callback is {@code NullContext.run(() ->
 * loop.execute(callback))} (row L-11).
 */
public final class NullContext {
    private NullContext() {}

    /**
     * Runs the body, so that nothing which it starts takes the current contexts along. What the caller has entered
     * stays entered, and handles what the body throws.
     *
     * @param body what to run
     */
    public static void run(Runnable body) {
        Contexts.runIn(List.of(), Objects.requireNonNull(body, "body"));
    }
}
