package dev.baton.examples.linkchecker;

import java.io.PrintStream;
import java.time.Duration;

/** A line now and then. */
final class ProgressInLines implements Progress {
    private final PrintStream out;
    private final long intervalNanos;
    private long nextNanos;

    ProgressInLines(PrintStream out, Duration interval) {
        this.out = out;
        this.intervalNanos = interval.toNanos();
        this.nextNanos = System.nanoTime() + intervalNanos;
    }

    @Override
    public void show(Counts counts) {
        long now = System.nanoTime();
        if (now - nextNanos >= 0) {
            out.println("  " + counts);
            nextNanos = now + intervalNanos;
        }
    }

    @Override
    public void close() {}
}
