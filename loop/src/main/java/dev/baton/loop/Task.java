package dev.baton.loop;

/** A {@link Ready} that runs on the driver, from its beginning to its end. */
abstract class Task extends Ready {

    abstract void run() throws Exception;

    /** {@return what a report calls it} Asked once, after a {@link #run} that threw. */
    abstract String describe();

    /** {@return what the watchdog calls it while it runs} Called on another thread. */
    String describeRunning() {
        return describe();
    }
}
