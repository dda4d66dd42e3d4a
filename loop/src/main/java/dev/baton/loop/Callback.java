package dev.baton.loop;

/** A callback of {@link EventLoop#execute}. */
final class Callback extends Task {
    private final Runnable body;

    Callback(Runnable body) {
        this.body = body;
    }

    @Override
    void run() {
        body.run();
    }

    @Override
    String describe() {
        return "callback " + body;
    }
}
