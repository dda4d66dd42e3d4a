package dev.baton.loop;

/**
 * A failure that nobody waits for.
 *
 * @param kind what sort of thing went wrong
 * @param message what failed, by name
 * @param failure the failure itself, not wrapped
 */
public record FailureReport(Kind kind, String message, Throwable failure) {

    /** What sort of thing went wrong. */
    public enum Kind {
        /** A callback, a timer, a listener or an exception handler threw. */
        CALLBACK,
        /** A future or coroutine failed, and nobody ever asked for its outcome. */
        UNRETRIEVED,
        /** A failure came beside another one, or too late, and the one who waited has gone on. */
        SURPLUS,
        /** A fiber had not ended, or a callback that the loop had accepted had not run, when the loop closed. */
        UNFINISHED,
        /** An error of the virtual machine, which somebody may have caught as well. */
        FATAL
    }
}
