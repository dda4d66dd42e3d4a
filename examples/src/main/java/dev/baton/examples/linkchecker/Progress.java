package dev.baton.examples.linkchecker;

import java.io.Console;
import java.time.Duration;
import java.util.Locale;

/** Shows how far a run has come. */
interface Progress extends AutoCloseable {

    /**
     * How far a run has come.
     *
     * @param read addresses that have been read
     * @param known addresses that are known so far, those included
     * @param links different links that are known so far
     * @param broken how many of them were found broken
     */
    record Counts(int read, int known, int links, int broken) {
        String linksAndBroken() {
            return String.format(Locale.ROOT, "%,d links, %,d broken", links, broken);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%,d of %,d URLs, ", read, known) + linksAndBroken();
        }
    }

    /** Shows the newest counts, or keeps them until it is time to show something. */
    void show(Counts counts);

    @Override
    void close();

    /** {@return a bar that moves where a person watches, else a line now and then} */
    static Progress onStandardError() {
        return isTerminal() ? new ProgressInPlace() : new ProgressInLines(System.err, Duration.ofSeconds(2));
    }

    /** {@return something that shows nothing} */
    static Progress none() {
        return new Progress() {
            @Override
            public void show(Counts counts) {}

            @Override
            public void close() {}
        };
    }

    @SuppressWarnings("SystemConsoleNull") // it is null before Java 22, and later on when the JVM is told so
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            // Since Java 22 there may be a console without a terminal, and a method to ask.
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
