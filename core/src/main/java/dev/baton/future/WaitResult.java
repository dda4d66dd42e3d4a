package dev.baton.future;

import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Which stages are done and which are not: the very objects that {@link Futures#waitUntil} was given, in that order.
 *
 * @param done those that are done, however they ended; unmodifiable
 * @param pending the others; unmodifiable
 * @param <T> the type of their values
 */
public record WaitResult<T>(Set<CompletionStage<T>> done, Set<CompletionStage<T>> pending) {}
