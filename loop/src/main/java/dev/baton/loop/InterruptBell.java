package dev.baton.loop;

import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/**
 * Tells a driver at once that its thread was interrupted, while that thread carries fibers.
 *
 * <p>The JDK clears the interrupt status of a carrier whenever a virtual thread is mounted or unmounted, so an interrupt
 * of the thread could be lost at each switch, and to look at the status more often does not help. But a thread that is
 * inside an operation of an interruptible channel has its channel closed by the interrupt, on the thread that interrupts.
 * This is such a channel, whose only operation is to carry.
 */
final class InterruptBell extends AbstractInterruptibleChannel {
    private final Driver driver;

    InterruptBell(Driver driver) {
        this.driver = driver;
    }

    /** From now on an interrupt of the calling thread rings; one that is pending rings at once. */
    void arm() {
        begin();
    }

    /** Ends what {@link #arm} began. A bell that has rung is {@linkplain #isOpen() not open} any more. */
    void disarm() {
        try {
            end(true);
        } catch (AsynchronousCloseException e) { // it has rung, and the driver knows
            assert !isOpen();
        }
    }

    @Override
    protected void implCloseChannel() {
        driver.interrupted();
    }
}
