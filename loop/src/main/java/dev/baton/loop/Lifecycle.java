package dev.baton.loop;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who drives a loop, and how it ends.
 *
 * <pre>
 *                 close()                    every fiber has ended, or the bound has passed
 *     OPEN ────────────────────▶ CLOSING ─────────────────────────────────────────────────────▶ CLOSED
 *      │ driven or not             the driver cancels and unwinds the fibers; one who closes a loop
 *      ▼                           that nobody drives is its driver
 *     stop() only ends the driving
 * </pre>
 */
final class Lifecycle {
    private enum Phase {
        OPEN,
        CLOSING,
        CLOSED
    }

    private final EventLoop loop;
    private final Agenda agenda;
    private final LoopClock clock;
    private final Duration closeTimeout;
    private final CloseBound bound;
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean guarded; // whether a thread keeps the bound for the driver; owner only

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);
    private final AtomicReference<@Nullable Driver> driver = new AtomicReference<>(); // null: nobody drives

    Lifecycle(EventLoop loop, Agenda agenda, LoopClock clock, Duration closeTimeout) {
        this.loop = loop;
        this.agenda = agenda;
        this.clock = clock;
        this.closeTimeout = closeTimeout;
        this.bound = new CloseBound(loop, closeTimeout, this::closeBlocked);
    }

    boolean isClosing() {
        return phase.get() != Phase.OPEN;
    }

    boolean isClosed() {
        return phase.get() == Phase.CLOSED;
    }

    @Nullable
    Driver driverOrNull() {
        return driver.get();
    }

    /** The driver; whoever asks holds the baton, so there is one. */
    Driver driver() {
        return Objects.requireNonNull(driver.get());
    }

    // --------------------------------------------------------------------------------------------------------- driving

    /** Nobody else can be the driver from now on, though the thread has yet to run. */
    void startOwnDriver() {
        Thread thread = loop.newDriverThread(this::driveForItself);
        driver.set(new Driver(loop, agenda, clock, thread, true));
        thread.start();
    }

    private void driveForItself() {
        try {
            Driver self = driver();
            begin(self);
            drive(self);
        } catch (Throwable failure) { // no memory, say; nobody else would drive it, and nobody would know
            loop.reporter().log("the driver of " + loop + " has died, and the loop with it", failure);
            finish();
        }
    }

    void run() {
        driving(() -> {
            drive(enter());
            return null;
        });
    }

    /** Not every thread can drive every loop; one that cannot waits for one that can. */
    private <T extends @Nullable Object> T driving(Supplier<T> driving) {
        if (Fiber.current() != null || loop.baton().relay().mayDrive(Thread.currentThread())) {
            return driving.get();
        }
        FutureTask<T> task = new FutureTask<>(driving::get);
        Thread thread = loop.newDriverThread(task);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                    thread.interrupt();
                } catch (ExecutionException e) {
                    throw EventLoop.sneaky(Waiter.unwrap(e));
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void drive(Driver self) {
        try {
            while (!heedSignals(self)) {
                if (!self.iterate(true)) {
                    throw stuck(self);
                }
            }
        } finally {
            exit(self);
        }
    }

    /** Returns whether the driving is over. */
    private boolean heedSignals(Driver self) {
        agenda.takeSignal(Agenda.SATISFIED); // of a runUntil that has given up before
        if (agenda.takeSignal(Agenda.CLOSE)) {
            shutDown(self);
        }
        return agenda.takeSignal(Agenda.STOP) || phase.get() == Phase.CLOSED;
    }

    boolean runOnce() {
        return driving(this::runOneIteration);
    }

    private boolean runOneIteration() {
        Driver self = enter();
        try {
            long before = agenda.iteration();
            if (agenda.takeSignal(Agenda.CLOSE)) {
                shutDown(self);
            } else if (!agenda.takeSignal(Agenda.STOP)) {
                agenda.takeSignal(Agenda.SATISFIED);
                agenda.allow(1);
                self.iterate(false);
                agenda.allow(-1);
                agenda.takeSignal(Agenda.STOP);
            }
            return agenda.iteration() != before;
        } finally {
            exit(self);
        }
    }

    <T> T runUntil(Supplier<? extends CompletionStage<T>> start) {
        return driving(() -> driveUntil(start));
    }

    private <T> T driveUntil(Supplier<? extends CompletionStage<T>> start) {
        Driver self = enter();
        self.setAwaited();
        Target<T> target = new Target<>(agenda);
        try {
            target.subscribe(start.get());
            while (!target.done) {
                if (!self.iterate(true)) {
                    throw stuck(self);
                }
                agenda.takeSignal(Agenda.SATISFIED);
                if (agenda.takeSignal(Agenda.CLOSE)) {
                    shutDown(self);
                }
                if (!target.done && (agenda.takeSignal(Agenda.STOP) || phase.get() == Phase.CLOSED)) {
                    throw new IllegalStateException(
                            loop + (isClosed() ? " was closed" : " was stopped") + " before the stage was done");
                }
            }
            agenda.takeSignal(Agenda.STOP); // in the same iteration: it has what it wanted
            return target.outcome();
        } finally {
            target.givenUp = true;
            exit(self);
        }
    }

    void stop() {
        if (phase.get() == Phase.OPEN) {
            agenda.signal(Agenda.STOP);
        }
    }

    private Driver enter() {
        if (Fiber.current() != null) {
            throw new IllegalStateException("a coroutine cannot drive " + loop
                    + ", because it would hold up its own loop; await what you need instead");
        }
        if (isClosed()) {
            throw new IllegalStateException(loop + " is closed");
        }
        Driver self = new Driver(loop, agenda, clock, Thread.currentThread(), false);
        Driver other = driver.compareAndExchange(null, self);
        if (other != null) {
            throw new IllegalStateException(loop + " is running already, on thread \"" + other.thread.getName() + "\"");
        }
        begin(self);
        return self;
    }

    private void begin(Driver self) {
        self.begin();
        loop.baton().setHolder(self);
        self.tellIdle(false);
    }

    private void exit(Driver self) {
        self.tellIdle(true);
        loop.baton().setHolder(null);
        self.end();
        driver.set(null);
        if (phase.get() == Phase.CLOSING) { // somebody counts on the driver that has just gone
            closeAsDriver();
        }
    }

    /** Under virtual time nothing can ever happen any more: ends the fibers, and says what they were waiting for. */
    private IllegalStateException stuck(Driver self) {
        String dump = loop.dump();
        CountDownLatch unwound = new CountDownLatch(1);
        bound.guard(unwound);
        try {
            self.unwind("its loop can never go on", closeTimeout);
        } finally {
            unwound.countDown();
        }
        return new IllegalStateException("nothing is ready, there is no timer, and these wait for ever: " + dump);
    }

    // --------------------------------------------------------------------------------------------------------- closing

    void close() {
        if (!phase.compareAndSet(Phase.OPEN, Phase.CLOSING) && isClosed()) {
            return;
        }
        agenda.signal(Agenda.CLOSE);
        if (loop.isOwner()) {
            guard(); // the driver sees the signal when this iteration is over, if it ever is
            return;
        }
        if (!closeAsDriver()) {
            awaitClosed();
        }
    }

    /** Drives the closing if nobody else drives the loop. Returns false if somebody does. */
    private boolean closeAsDriver() {
        if (Fiber.current() != null) { // of another loop: a driver must not be a fiber
            return false;
        }
        return driving(this::closeOnThisThread);
    }

    private boolean closeOnThisThread() {
        Driver self = new Driver(loop, agenda, clock, Thread.currentThread(), false);
        if (!driver.compareAndSet(null, self)) {
            return false;
        }
        begin(self);
        try {
            agenda.takeSignal(Agenda.CLOSE);
            if (!isBare()) {
                guard();
            }
            shutDown(self);
        } finally {
            exit(self);
        }
        return true;
    }

    /** {@return whether there is no body that could block while the loop closes} Owner only. */
    private boolean isBare() {
        return loop.fibers().count() == 0
                && agenda.ready.isEmpty()
                && agenda.timers.size() == 0
                && agenda.inbox.isEmpty();
    }

    private void guard() {
        if (!guarded) {
            guarded = true;
            bound.guard(closed);
        }
    }

    private void awaitClosed() {
        if (Fiber.current() != null) {
            loop.newDriverThread(this::closeOnThisThread).start();
        }
        bound.await(closed);
    }

    /** The last act of the driver. It may be closed by force at any moment, and has nothing to do any more then. */
    private void shutDown(Driver self) {
        agenda.heedNoSignals();
        try {
            runOneMoreIteration(self); // what was submitted before the loop was closed
            if (!isClosed()) {
                agenda.beginUnwinding();
                self.unwind("its loop is closed", closeTimeout);
            }
            if (!isClosed()) {
                agenda.inbox.closeInto(agenda);
                agenda.beginLastIteration();
                // What came in at the last moment, or was left behind: a callback on an outcome.
                runOneMoreIteration(self);
            }
        } finally {
            finish();
        }
    }

    private void runOneMoreIteration(Driver self) {
        agenda.allow(1);
        self.iterate(false);
        agenda.allow(-1);
    }

    /** A body has held the baton for longer than the bound: closes without it. */
    private void closeBlocked() {
        Holder holder = loop.baton().holder();
        StackTraceElement[] stack = holder == null ? new StackTraceElement[0] : holder.thread.getStackTrace();
        if (finish() && holder != null) {
            Throwable where = new IllegalStateException(Reporter.text(holder) + " has kept the baton of " + loop
                    + " for longer than " + closeTimeout + "; see its stack");
            where.setStackTrace(stack);
            loop.reporter().log("a closing loop is blocked", where);
        }
    }

    /** {@return whether it was this call that has closed the loop} */
    private boolean finish() {
        if (phase.getAndSet(Phase.CLOSED) == Phase.CLOSED) {
            return false;
        }
        for (Fiber fiber : loop.fibers().snapshot()) {
            String message = Reporter.text(fiber) + " did not end within " + closeTimeout
                    + " after its loop was closed; see its stack";
            Throwable refusal = new IllegalStateException(message);
            refusal.setStackTrace(fiber.stack().toArray(StackTraceElement[]::new));
            loop.report(FailureReport.Kind.UNFINISHED, message, refusal);
            fiber.abandon(refusal);
        }
        for (AutoCloseable attachment : loop.closeableAttachments()) {
            try {
                attachment.close();
            } catch (Throwable failure) {
                loop.report(FailureReport.Kind.CALLBACK, Reporter.text(attachment) + " failed to close", failure);
            }
        }
        clock.detach(loop);
        loop.baton().close();
        agenda.dropReady();
        agenda.inbox.close();
        loop.baton().letGo(driver.get());
        closed.countDown();
        return true;
    }

    /** The stage that {@link #runUntil} waits for. */
    private static final class Target<T> extends Waiter<T> {
        private final Agenda agenda;
        private @Nullable T value;
        private @Nullable Throwable failure;
        volatile boolean done;
        volatile boolean givenUp; // whatever comes now must not disturb the next one who drives

        Target(Agenda agenda) {
            this.agenda = agenda;
        }

        @Override
        public void accept(@Nullable T value, @Nullable Throwable failure) {
            this.value = value;
            this.failure = failure;
            done = true;
            if (!givenUp) {
                agenda.signal(Agenda.SATISFIED);
            }
        }

        @SuppressWarnings("NullAway") // null is a value if T says so
        T outcome() {
            if (failure != null) {
                throw EventLoop.sneaky(unwrap(failure));
            }
            return value;
        }
    }
}
