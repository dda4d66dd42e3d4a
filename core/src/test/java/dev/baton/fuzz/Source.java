package dev.baton.fuzz;

import dev.baton.future.ReturnWhen;
import java.util.List;

/** Something to wait for: a future of the program, a coroutine, or what a combinator makes of others. */
sealed interface Source {
    /** A future of the program, by its number. */
    record Slot(int number) implements Source {}

    /** A coroutine, by the number of its body; done with a value if it has not been spawned. */
    record Child(int body) implements Source {}

    /** Which function takes a collection. */
    enum Combinator {
        MULTI,
        MULTI_MAP,
        GATHER,
        OUTCOMES,
        YIELDABLES
    }

    record Combined(Combinator combinator, List<Source> parts) implements Source {}

    /** Which function adds a bound to a source. */
    enum Bound {
        WITH_TIMEOUT,
        WAIT_FOR,
        ADD_TIMEOUT,
        ADD_TIMEOUT_WITH_FUNCTION
    }

    record Bounded(Bound bound, int millis, Source part) implements Source {}

    /** {@code waitUntil}; without a timeout if {@code millis} is negative. */
    record Until(ReturnWhen when, List<Source> parts, int millis) implements Source {}

    /** One future of {@code asCompleted}; without a timeout if {@code millis} is negative. */
    record Completed(List<Source> parts, int position, int millis) implements Source {}

    /** What {@code WaitIterator.next()} returns first. */
    record Next(List<Source> parts) implements Source {}

    record Shielded(Source part) implements Source {}

    /** A plain stage that depends on another. */
    record Dependent(Source part) implements Source {}

    record After(int millis) implements Source {}

    /** How a function calls back. */
    enum Calls {
        AT_ONCE,
        IN_A_CALLBACK,
        IN_A_TIMER,
        NEVER,
        AND_THROWS
    }

    record FromCallback(Calls calls) implements Source {}

    /** Blocking work on a thread of its own. Only on the wall clock: when it ends depends on that thread. */
    record Blocking(boolean fails) implements Source {}
}
