package dev.baton.loop;

/** A callback of {@link EventLoop#execute}. */
final class Callback extends Task {
    private final Runnable body;
    private final Object name; // what stands in a report: the callback as the user gave it

    /** One that takes no context along. */
    Callback(Runnable body) {
        this(body, body);
    }

    Callback(Runnable body, Object name) {
        this.body = body;
        this.name = name;
    }

    @Override
    void run() {
        body.run();
    }

    @Override
    String describe() {
        return "callback " + name;
    }
}
