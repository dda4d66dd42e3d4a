package dev.baton.fuzz;

import dev.baton.future.Outcome;
import dev.baton.future.WaitResult;
import java.util.Collection;
import java.util.Map;

/** What values are called in a trace. */
final class Values {
    private Values() {}

    static Object describe(Object value) {
        return switch (value) {
            case null -> "null";
            case Integer number -> number;
            case String text -> text;
            case Collection<?> all -> all.stream().map(Values::describe).toList();
            case Map<?, ?> map -> describe(map.values());
            case Outcome.Success<?> success -> describe(success.value());
            case Outcome.Failure<?> failure -> World.describe(failure.cause());
            case WaitResult<?> result ->
                result.done().size() + " done, " + result.pending().size() + " not";
            default -> value.getClass().getSimpleName();
        };
    }
}
