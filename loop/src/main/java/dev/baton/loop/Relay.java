package dev.baton.loop;

/**
 * The mechanism that hands the baton from one holder to the next. Implementations only move control between threads; who
 * comes next is the {@link Agenda}'s business.
 */
interface Relay {

    /** {@return which hand-over this is; never {@link Handoff#AUTO}} */
    Handoff kind();

    /** {@return the thread that will run a fiber, not yet started} */
    Thread newThread(String name, Fiber fiber);

    /** {@return a thread, not yet started, of the kind that drives a loop fastest; it keeps no JVM alive} */
    Thread newDriverThread(String name, Runnable body);

    /** {@return whether a thread of this kind can drive a loop at all} */
    boolean mayDrive(Thread thread);

    /**
     * Gives the baton to {@code to}, and returns when {@code from}, the calling thread's holder, has it again.
     * Everything before this call happens-before the return of {@code to} from its own.
     *
     * @throws StackOverflowError if {@code from} cannot be suspended where it is: it has the baton again, either because
     *     {@code to} has not taken it, which is the {@linkplain Baton#holder() holder} then, or because it was its turn
     * @throws OutOfMemoryError if there was no memory to start the thread of {@code to}
     */
    void pass(Holder from, Holder to);

    /** Returns when {@code self}, the calling thread's holder, has taken the baton. Called by a thread that begins. */
    void awaitGrant(Holder self);

    /** Gives the baton to {@code to} for good: the calling thread is about to end. */
    void leave(Holder from, Holder to);

    /**
     * Runs threads of fibers that others than their givers have woken, to interrupt them, say. Called by the driver.
     *
     * @return whether there were any
     */
    boolean runStrays(Driver self);

    /** The loop is closed: nobody will drive it any more. May be called from any thread. */
    void close();
}
