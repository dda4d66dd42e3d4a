package dev.baton.loop;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

/** A fiber whose {@link #toString()} fails. */
final class Unnamable extends Fiber {
    private final Callable<Outcome> body;
    private final Error naming;
    private volatile boolean cancelled;

    Unnamable(EventLoop loop, Error naming, Callable<Outcome> body) {
        super(loop, "unnamable");
        this.body = body;
        this.naming = naming;
    }

    /** Waits for ever, and refuses to be cancelled; called in its body. */
    static void waitForEver() {
        Unnamable self = (Unnamable) current();
        while (!self.cancelled || !self.loop().isClosed()) {
            self.suspend();
        }
    }

    @Override
    protected Outcome run() throws Exception {
        return body.call();
    }

    @Override
    protected void cancel(String reason) {
        cancelled = true;
    }

    @Override
    protected void abandoned(Throwable reason) {
        throw new IllegalStateException("cannot be abandoned");
    }

    @Override
    public void awaitDone(CompletionStage<?> stage) {
        throw new AssertionError("it awaits nothing");
    }

    @Override
    public String toString() {
        throw naming;
    }
}
