package dev.baton.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** One who can hold the baton: a fiber, or the driver of the loop. */
abstract class Holder extends Ready {
    private static final VarHandle GRANTED;

    static {
        try {
            GRANTED = MethodHandles.lookup().findVarHandle(Holder.class, "granted", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    Thread thread; // written before the holder is published
    boolean started; // written by whoever holds the baton
    boolean lends; // whether it waits for a fiber that it has started to give the baton back; its own

    @SuppressWarnings("UnusedVariable") // through GRANTED
    private boolean granted; // the baton is yours; released by the giver, acquired by this holder

    Holder(Thread thread, boolean started) {
        this.thread = thread;
        this.started = started;
    }

    /** The baton is its. What the giver did before happens-before what it does after it has seen that. */
    final void grant() {
        GRANTED.setRelease(this, true);
    }

    final boolean isGranted() {
        return (boolean) GRANTED.getAcquire(this);
    }

    /** It has seen that the baton is its; what is granted from now on is the next turn. */
    final void takeGrant() {
        granted = false;
    }

    /**
     * Takes the baton, if it was granted and is still on its way: the holder does, or the giver that wants it back. One of
     * them succeeds.
     */
    final boolean claimGrant() {
        return isGranted() && GRANTED.compareAndSet(this, true, false);
    }

    /**
     * The thread was interrupted while it waited for the baton, which it does not hold now. The interrupt status is
     * clear.
     */
    abstract void interrupted();
}
