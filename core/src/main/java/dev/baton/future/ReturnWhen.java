package dev.baton.future;

/** What {@link Futures#waitUntil} waits for. Source: the constants of asyncio.wait (row A-39). */
public enum ReturnWhen {
    /** Until a stage is done, however it ended. */
    FIRST_COMPLETED,
    /** Until a stage has failed, or all are done; a cancelled one has not failed. */
    FIRST_EXCEPTION,
    /** Until all are done. */
    ALL_COMPLETED
}
