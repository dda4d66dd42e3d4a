package dev.baton.loop;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Something that is told once when a stage is done: what awaits, callbacks on a loop and combinators of futures are made
 * of.
 *
 * <p>{@link #accept} runs on the thread that completes the stage, or on the one that subscribes if the stage is done
 * already; so it must be short, must not block and must not throw.
 *
 * @param <T> the type of the stage's value
 */
public abstract class Waiter<T> implements BiConsumer<T, Throwable> {
    @Nullable
    Waiter<?> next; // the link of the WaitQueue that it stands in

    volatile boolean left; // it stands there no more, whatever the links say

    /** {@return whether {@link #accept} may complete another stage on the same stack} */
    protected boolean completesOthers() {
        return true;
    }

    /** Creates a waiter that waits for nothing yet. */
    protected Waiter() {}

    /**
     * Asks to be told when {@code stage} is done: in the order of subscription if the stage keeps one
     * ({@link Awaitable}), else in an order of the stage's own; {@link EventLoop#subscribe} keeps one for every stage. May
     * be called from any thread, and once in the life of a waiter.
     *
     * @param stage what to wait for
     */
    public final void subscribe(CompletionStage<? extends T> stage) {
        if (stage instanceof Awaitable<? extends T> awaitable) {
            awaitable.subscribe(this);
        } else {
            stage.whenComplete(this);
        }
    }

    /**
     * Asks not to be told any more, if the stage can do that ({@link Awaitable}); it may still be told if the stage is done
     * just now. May be called from any thread.
     *
     * @param stage what it waited for
     */
    public final void unsubscribe(CompletionStage<? extends T> stage) {
        if (stage instanceof Awaitable<? extends T> awaitable) {
            awaitable.unsubscribe(this);
        }
    }

    /**
     * Tells that the stage is done.
     *
     * @param value the result, or null if there is a failure
     * @param failure what the stage failed with, perhaps wrapped (see {@link #unwrap}), or null
     */
    @Override
    public abstract void accept(@Nullable T value, @Nullable Throwable failure);

    /**
     * {@return the stage that is done, or may be, because of what this waiter is told: that of a combinator; null if there
     * is none} For dumps: who waits for that stage waits for this one's, too. May be called from any thread.
     */
    public @Nullable CompletionStage<?> leadsTo() {
        return null;
    }

    /**
     * Takes off the wrappers that futures put around a failure.
     *
     * @param failure a failure
     * @return what a {@link CompletionException} or {@link ExecutionException} was wrapped around, else the failure
     */
    public static Throwable unwrap(Throwable failure) {
        Throwable inner = failure;
        while (inner instanceof CompletionException || inner instanceof ExecutionException) {
            Throwable cause = inner.getCause();
            if (cause == null) {
                break;
            }
            inner = cause;
        }
        return inner;
    }
}
