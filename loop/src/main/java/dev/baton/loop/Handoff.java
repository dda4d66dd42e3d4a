package dev.baton.loop;

import java.util.Locale;

/** How the baton of a loop changes hands. The order of events is the same in each. */
public enum Handoff {
    /**
     * The fastest one that this JDK allows; or the one that the system property {@code baton.handoff} names, so that a
     * program can be tried on each without a change.
     */
    AUTO,

    /** A suspending fiber wakes the next one itself. Needs nothing but public API. */
    PORTABLE,

    /** The loop's own thread carries its fibers. Not available yet: a loop that asks for it is refused. */
    CARRIER;

    Relay open() {
        return switch (this) {
            case AUTO -> preferred().open();
            case PORTABLE -> new DirectRelay();
            case CARRIER ->
                throw new UnsupportedOperationException(
                        "Handoff.CARRIER is not available in this version; use Handoff.AUTO or Handoff.PORTABLE");
        };
    }

    private static Handoff preferred() {
        String wish = System.getProperty("baton.handoff", "portable").toUpperCase(Locale.ROOT);
        return switch (wish) {
            case "AUTO", "PORTABLE" -> PORTABLE;
            case "CARRIER" -> CARRIER;
            default ->
                throw new IllegalArgumentException(
                        "system property baton.handoff is " + wish + "; it can be auto, portable or carrier");
        };
    }
}
