package dev.baton.legacy;

import dev.baton.Coroutines;
import org.jspecify.annotations.Nullable;

/**
 * Something that a coroutine can wait for, and that decides itself when it is ready: the protocol that futures have
 * replaced. Awaited with {@link dev.baton.Coroutines#await(Object)}.
 *
 * <p>Each time it is awaited, {@link #start} is called first, once; then {@link #isReady}, at once and after each
 * {@link Run#setResult} of the coroutine, until it returns true; then {@link #getResult}, once. What one of them throws
 * is thrown at the await. {@code start} is called on the coroutine's own thread, the others also on the thread of
 * whoever sets the result; always with the loop's baton.
 *
 * <p>Source: tornado.gen.YieldPoint (row Y-01).
 *
 * @param <T> the type of the result
 */
public interface YieldPoint<T extends @Nullable Object> {

    /**
     * Begins what is to be waited for.
     *
     * @param run the callbacks of the coroutine that waits
     * @throws Exception if that cannot be
     */
    void start(Run run) throws Exception;

    /**
     * {@return whether the coroutine can go on}
     *
     * @throws Exception what the coroutine is to get instead of a result
     */
    boolean isReady() throws Exception;

    /**
     * {@return what the coroutine gets}
     *
     * @throws Exception what it gets instead
     */
    T getResult() throws Exception;

    /**
     * Waits for this in the calling coroutine: {@code Coroutines.await(Object)}, with the type of the result.
     *
     * @return the result
     * @throws IllegalStateException if the caller is not a coroutine
     */
    @SuppressWarnings({"unchecked", "NullAway"}) // what getResult returns; null is a value if T says so
    default T await() {
        return (T) Coroutines.await((Object) this);
    }
}
