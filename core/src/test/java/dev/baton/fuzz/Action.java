package dev.baton.fuzz;

import java.util.List;

/** One step of a body, or of a callback. */
sealed interface Action {
    /** How a coroutine is started. */
    enum Start {
        AT_ONCE,
        LATER,
        WITH_CALLBACK
    }

    record Spawn(int body, Start start) implements Action {}

    /** How a body waits. */
    enum How {
        AWAIT,
        AWAIT_OBJECT,
        JOIN,
        GET,
        GET_IN_TIME
    }

    record Await(Source source, How how) implements Action {}

    /** Makes a future and leaves it alone. */
    record Drop(Source source) implements Action {}

    /** Awaits one by one, in the order of completion; with {@code WaitIterator}, or else with {@code asCompleted}. */
    record ForEach(List<Source> sources, boolean iterator) implements Action {}

    record Moment() implements Action {}

    record Sleep(int millis) implements Action {}

    /** Cancels a coroutine; no message if {@code message} is empty. */
    record Cancel(int body, String message) implements Action {}

    record Uncancel(int body) implements Action {}

    record PauseBody(int body) implements Action {}

    record UnpauseBody(int body) implements Action {}

    record PauseSlot(int slot) implements Action {}

    record UnpauseSlot(int slot) implements Action {}

    /** How a future of the program is done. */
    enum Fate {
        VALUE,
        FAILURE,
        CANCEL
    }

    record Settle(int slot, Fate fate, Boom.Kind kind) implements Action {}

    record Throw(Boom.Kind kind) implements Action {}

    record Return() implements Action {}

    record TailCall(List<Action> next) implements Action {}

    record Execute(List<Action> callback) implements Action {}

    record Schedule(int millis, List<Action> callback) implements Action {}

    /** Cancels the timer that was scheduled last. */
    record CancelTimer() implements Action {}

    record WhenDone(Source source, List<Action> callback) implements Action {}

    /** What a {@code catch} does. */
    enum Catch {
        NOTHING,
        SWALLOWS_CANCELS,
        SWALLOWS_ALL,
        THROWS_AGAIN
    }

    record Try(List<Action> body, Catch caught, List<Action> last) implements Action {}
}
