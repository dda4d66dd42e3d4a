package dev.baton.future;

import java.util.concurrent.CompletionStage;

/**
 * Makes objects of a type awaitable with {@code Coroutines.await(Object)}. Registered with {@link YieldConverters}, or
 * found by {@link java.util.ServiceLoader}.
 *
 * <p>Source: the registry of tornado.gen.convert_yielded (row U-23).
 *
 * @param <A> the type
 */
public interface YieldConverter<A> {

    /** {@return the type whose objects, and those of its subtypes, this one converts} */
    Class<A> type();

    /**
     * Converts an object that a coroutine awaits. Called on the loop, so it must not block.
     *
     * @param value the object, never null
     * @return a stage that is done when the object is
     */
    CompletionStage<?> convert(A value);
}
