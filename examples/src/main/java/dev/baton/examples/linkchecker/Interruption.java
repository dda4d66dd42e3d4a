package dev.baton.examples.linkchecker;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What happens on Ctrl-C: the run is asked to end, and the JVM stays for as long as it takes to print the report. */
final class Interruption {
    private static final int SECONDS_FOR_THE_REPORT = 10;

    private final CountDownLatch reported = new CountDownLatch(1);
    private final Thread hook;

    private Interruption(Runnable request) {
        hook = new Thread(() -> handle(request), "interruption");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Calls {@code request}, on a thread of its own, if the user interrupts the program before {@link #over}. */
    static Interruption handledBy(Runnable request) {
        return new Interruption(request);
    }

    /** Nothing is left to be waited for. */
    void over() {
        reported.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is shutting down, and has just been told that it may
        }
    }

    private void handle(Runnable request) {
        request.run();
        try {
            reported.await(SECONDS_FOR_THE_REPORT, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
