package dev.baton.fuzz;

/** What the fuzzer leaves out while an issue says that it is broken. Each can be switched on by a system property. */
final class Known {
    /** Issue 11, point 4: {@code join} and {@code get} block the loop if the future does not obey a cancel. */
    static final boolean JOINS_ANYTHING = Boolean.getBoolean("baton.fuzz.joins");

    /** A paused future whose canceller completes it takes a cancel, and keeps who awaits it waiting. */
    static final boolean PAUSES_CANCELLERS = Boolean.getBoolean("baton.fuzz.pausedCancellers");

    private Known() {}
}
