package dev.baton.fuzz;

/** What the fuzzer leaves out while an issue says that it is broken. Each can be switched on by a system property. */
final class Known {
    /** Issue 11, point 4: {@code join} and {@code get} block the loop if the future does not obey a cancel. */
    static final boolean JOINS_ANYTHING = Boolean.getBoolean("baton.fuzz.joins");

    /** A cancel waits for a paused future if its canceller completes it, or if a gather has passed the cancel on. */
    static final boolean CLOSES_WITH_PAUSED_FUTURES = Boolean.getBoolean("baton.fuzz.pausedFutures");

    /** Issue 11, point 3: a cancel or an unpause of another thread while the loop closes is lost. */
    static final boolean CLOSES_UNDER_FIRE = Boolean.getBoolean("baton.fuzz.closesUnderFire");

    /**
     * A cancel, also that of {@code close()}, is lost if another thread completes the awaited future at the same moment: the
     * future takes the request and has a value.
     */
    static final boolean CANCELS_RACE = Boolean.getBoolean("baton.fuzz.cancelsRace");

    /** A failure that comes from another thread just when the time of {@code asCompleted} is over is not reported. */
    static final boolean EXPIRIES_RACE = Boolean.getBoolean("baton.fuzz.expiriesRace");

    private Known() {}
}
