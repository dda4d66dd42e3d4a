package dev.baton.loop;

import org.jspecify.annotations.Nullable;

/** Something that the loop runs when its turn comes. */
abstract class Ready {
    /** {@link #readyNanos} of one that nobody measures. */
    static final long UNMEASURED = Long.MIN_VALUE;

    /** {@link #readyNanos} of a fiber that gives way: when its step ends, for which the clock is read anyway. */
    static final long AT_ONCE = Long.MIN_VALUE + 1;

    @Nullable
    Ready next; // link of the ready queue; owner only

    @Nullable
    Ready below; // link of the inbox, in which a fiber may stand at the same time; so is the next

    int depth; // how many stand in the inbox, up to this one; written when pushed
    long readyNanos = UNMEASURED; // since when it is ready; written only while somebody listens

    /** Takes its place in the agenda. Called by the holder of the baton. */
    void admit(Agenda agenda) {
        agenda.ready.add(this);
    }

    /** It will not run any more, because the loop is closed. */
    void dropped() {}
}
