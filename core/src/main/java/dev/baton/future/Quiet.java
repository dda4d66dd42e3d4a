package dev.baton.future;

import dev.baton.loop.EventLoop;
import dev.baton.loop.FailureReport;
import dev.baton.loop.Waiter;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** The types of failure that a combinator does not report when they come beside another one, or too late (row U-04). */
record Quiet(List<Class<? extends Throwable>> types) {
    static final Quiet NOTHING = new Quiet(List.of());

    static Quiet of(Class<? extends Throwable>[] types) {
        return new Quiet(List.of(types));
    }

    /** Reports a failure that nobody will see otherwise, unless it is of a quiet type, or a cancellation. */
    void report(@Nullable EventLoop loop, String message, Throwable wrapped) {
        Throwable failure = Waiter.unwrap(wrapped);
        if (failure instanceof CancellationException || types.stream().anyMatch(type -> type.isInstance(failure))) {
            return;
        }
        report(loop, FailureReport.Kind.SURPLUS, message, failure);
    }

    /** Reports a failure that nobody will see otherwise: to the loop, or if there is none, to the log. */
    static void report(@Nullable EventLoop loop, FailureReport.Kind kind, String message, Throwable failure) {
        if (loop != null) {
            loop.report(kind, message, failure);
        } else {
            System.getLogger("dev.baton.future").log(System.Logger.Level.ERROR, message, failure);
        }
    }
}
