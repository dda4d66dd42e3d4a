package dev.baton.loop;

/** One who can hold the baton: a fiber, or the driver of the loop. */
abstract class Holder extends Ready {
    Thread thread; // written before the holder is published
    boolean started; // written by whoever holds the baton
    boolean gave; // whether its last pass came so far that the other one has the baton; its own
    boolean lends; // whether it waits for a fiber that it has started to give the baton back; its own
    boolean granted; // the relay's flag: the baton is yours; released by the giver, acquired by this holder

    Holder(Thread thread, boolean started) {
        this.thread = thread;
        this.started = started;
    }

    /**
     * The thread was interrupted while it waited for the baton, which it does not hold now. The interrupt status is
     * clear.
     */
    abstract void interrupted();
}
