package dev.baton.loop;

import java.util.concurrent.CompletionStage;

/**
 * A stage that tells its waiters in the order in which they subscribed. A plain
 * {@link java.util.concurrent.CompletableFuture} does it the other way round.
 *
 * @param <T> the type of the value
 */
public interface Awaitable<T> extends CompletionStage<T> {

    /**
     * Asks for {@code waiter} to be told when this stage is done, behind all that have asked before; at once, on the
     * calling thread, if it is done. May be called from any thread.
     *
     * @param waiter whom to tell
     */
    void subscribe(Waiter<? super T> waiter);

    /**
     * Lets a waiter go that has asked, before it was told. May be called from any thread.
     *
     * @param waiter whom not to tell
     */
    void unsubscribe(Waiter<?> waiter);
}
