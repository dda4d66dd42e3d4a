package dev.baton.loop;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings each failure that nobody waits for to the listeners, and to the exception handler or the log. Names and logs are
 * user code, and they may fail, also for want of memory; that must not end the thread that reports, a driver perhaps.
 */
final class Reporter {
    private final EventLoop loop;
    private final @Nullable Consumer<? super Throwable> handler;

    Reporter(EventLoop loop, @Nullable Consumer<? super Throwable> handler) {
        this.loop = loop;
        this.handler = handler;
    }

    /** Delivers on the loop, as long as there is one. May be called from any thread. */
    void report(FailureReport.Kind kind, String message, Throwable failure, Inbox inbox) {
        try {
            FailureReport report = new FailureReport(kind, message, failure);
            if (loop.isOwner() || loop.isClosed() || !inbox.push(new Delivery(report))) {
                deliver(report);
            }
        } catch (OutOfMemoryError noMemory) {
            write(System.Logger.Level.ERROR, message, failure);
        }
    }

    private void deliver(FailureReport report) {
        Listeners listeners = loop.listeners();
        if (listeners != null) {
            listeners.failureReported(report);
        }
        if (handler == null) {
            log(report.message(), report.failure());
            return;
        }
        try {
            handler.accept(report.failure());
        } catch (Throwable failure) {
            log(report.message(), report.failure());
            log("the exception handler of " + loop + " failed", failure);
        }
    }

    /** For what happens where nothing can be reported any more. */
    void log(String message, Throwable failure) {
        write(System.Logger.Level.ERROR, message, failure);
    }

    /** Writes to the log; what the log does not take, to the error stream. Does not throw, unless the stack is too short. */
    static void write(System.Logger.Level level, String message, @Nullable Throwable failure) {
        try {
            Log.LOG.log(level, message, failure);
        } catch (Throwable ofTheLog) {
            try {
                System.err.println(message);
                printStack(failure);
                printStack(ofTheLog);
            } catch (StackOverflowError tooDeep) { // the caller unwinds, and may try again
                throw tooDeep;
            } catch (Throwable ofTheErrorStream) {
                // there is no place left to say it
            }
        }
    }

    private static void printStack(@Nullable Throwable failure) {
        if (failure == null) {
            return;
        }
        try {
            failure.printStackTrace();
        } catch (Throwable ofItsMessage) { // which is user code, and perhaps the reason why the log failed
            System.err.println(failure.getClass().getName());
        }
    }

    /** {@return what somebody's toString() says, or that it fails} Does not throw. */
    static String text(@Nullable Object named) {
        try {
            return String.valueOf(named);
        } catch (Throwable failure) {
            return nameless(named, failure);
        }
    }

    private static String nameless(@Nullable Object named, Throwable failure) {
        try {
            String name = named instanceof Fiber fiber
                    ? "Fiber[" + fiber.name() + "]"
                    : Objects.requireNonNull(named).getClass().getName();
            return name + ", whose toString() failed with " + failure.getClass().getName();
        } catch (Throwable noMemory) {
            return "something whose toString() failed";
        }
    }

    /** Apart, because to look for a log may fail as well. */
    private static final class Log {
        static final System.Logger LOG = System.getLogger("dev.baton.loop");

        private Log() {}
    }

    /** A report of another thread on its way to the loop. It arrives even if the loop closes meanwhile. */
    private final class Delivery extends Task {
        private final FailureReport report;

        Delivery(FailureReport report) {
            this.report = report;
        }

        @Override
        void run() {
            deliver(report);
        }

        @Override
        void dropped() {
            deliver(report);
        }

        @Override
        String describe() {
            return "delivery of " + report;
        }
    }
}
