package dev.baton.loop;

import org.jspecify.annotations.Nullable;

/** A callback of {@link EventLoop#execute}. */
final class Callback extends Task {
    private final Runnable body;
    private final Object name; // what stands in a report: the callback as the user gave it
    private final @Nullable EventLoop acceptedBy; // and so it runs, or is reported; null: a closed loop ignores it

    /** One that takes no context along. */
    Callback(Runnable body) {
        this(body, body, null);
    }

    Callback(Runnable body, Object name, @Nullable EventLoop acceptedBy) {
        this.body = body;
        this.name = name;
        this.acceptedBy = acceptedBy;
    }

    @Override
    void run() {
        body.run();
    }

    @Override
    void dropped() {
        if (acceptedBy != null) {
            String message = describe() + " was accepted by " + acceptedBy + ", which was closed before it could run";
            acceptedBy.report(FailureReport.Kind.UNFINISHED, message, new IllegalStateException(message));
        }
    }

    @Override
    String describe() {
        return "callback " + Reporter.text(name);
    }
}
