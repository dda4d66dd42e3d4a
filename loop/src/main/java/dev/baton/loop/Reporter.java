package dev.baton.loop;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Brings each failure that nobody waits for to the listeners, and to the exception handler or the log. */
final class Reporter {
    private static final System.Logger LOG = System.getLogger("dev.baton.loop");

    private final EventLoop loop;
    private final @Nullable Consumer<? super Throwable> handler;

    Reporter(EventLoop loop, @Nullable Consumer<? super Throwable> handler) {
        this.loop = loop;
        this.handler = handler;
    }

    /** Delivers on the loop, as long as there is one. May be called from any thread. */
    void report(FailureReport report, Inbox inbox) {
        if (loop.isOwner() || loop.isClosed() || !inbox.push(new Delivery(report))) {
            deliver(report);
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
        LOG.log(System.Logger.Level.ERROR, message, failure);
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
