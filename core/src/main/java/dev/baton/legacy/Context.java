package dev.baton.legacy;

import org.jspecify.annotations.Nullable;

/** One {@link StackContext} or {@link ExceptionStackContext} that somebody runs in. */
abstract class Context {
    private volatile boolean active = true; // any thread may deactivate it

    abstract AutoCloseable enter() throws Exception;

    /**
     * Leaves what was entered.
     *
     * @param failure what has come out of it, or null
     * @return what comes out of this one, or null
     */
    abstract @Nullable Throwable leave(AutoCloseable entered, @Nullable Throwable failure);

    final boolean isActive() {
        return active;
    }

    final void deactivate() {
        active = false;
    }
}
