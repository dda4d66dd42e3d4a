package dev.baton.examples.tornado;

import static dev.baton.Coroutines.run;

/**
 * Runs the examples of Tornado's documentation, and prints what happens: the same lines every time. What takes a web
 * server talks to one that the program starts; what is only about time runs on a clock that jumps.
 */
public final class TornadoGuide {
    private TornadoGuide() {}

    public static void main(String[] args) {
        run(TornadoGuide::withAWebServer);
        CallingCoroutines.show();
        new Timers().show();
    }

    private static void withAWebServer() {
        try (LocalSite site = new LocalSite()) {
            new Handlers(site).show();
            new ParallelFetch(site).show();
            new WaitIterators(site).show();
            new TimeLimits(site).show();
            new CallbacksAndWaits(site).show();
            new Patterns(site).show();
        }
    }

    /** Begins a part of the transcript. */
    static void title(String title) {
        System.out.println(title);
    }

    /** Prints a line of the part. */
    static void print(String line) {
        System.out.println("  " + line);
    }
}
