package dev.baton.loop;

/**
 * The mechanism that hands the baton from one holder to the next. Implementations only move control between threads; who
 * comes next is the {@link Agenda}'s business.
 */
interface Relay {

    /** {@return which hand-over this is; never {@link Handoff#AUTO}} */
    Handoff kind();

    /** Makes the thread that will run {@code body}, not yet started, on behalf of a fiber. */
    Thread newThread(String name, FiberThread body);

    /**
     * Gives the baton to {@code to}, and returns when {@code from}, the calling thread's holder, has it again.
     * Everything before this call happens-before the return of {@code to} from its own. If it throws, {@link Holder#gave}
     * tells whether {@code to} has the baton.
     */
    void pass(Holder from, Holder to);

    /** Gives the baton to {@code to} for good: the calling thread is about to end. */
    void leave(Holder from, Holder to);
}
