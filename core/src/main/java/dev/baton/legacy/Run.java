package dev.baton.legacy;

import dev.baton.Coroutine;
import dev.baton.CoroutineAttachment;
import dev.baton.Coroutines;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The callbacks of one coroutine, by key, and the {@link YieldPoint}s that it waits for. The methods are for the holder
 * of the baton of the coroutine's loop; {@link #setResult} and what {@link #resultCallback} returns may be called from
 * any thread.
 *
 * <p>Source: tornado.gen.Runner, the part that YieldPoints see (rows Y-01 to Y-07).
 */
public final class Run implements CoroutineAttachment {
    private static final Object PENDING = new Object();
    private static final Object NULL = new Object();

    private final Coroutine<?> coroutine;
    private final Map<Object, Object> outstanding = new LinkedHashMap<>(); // the results, or PENDING, or NULL
    private final List<Waiting<?>> waiting = new ArrayList<>();
    private boolean hadException;
    private boolean ended;

    private Run(Coroutine<?> coroutine) {
        this.coroutine = coroutine;
    }

    /**
     * {@return that of the coroutine that calls}
     *
     * @throws IllegalStateException if the caller is not a coroutine
     */
    public static Run current() {
        Coroutine<?> coroutine;
        try {
            coroutine = Coroutines.current();
        } catch (IllegalStateException outside) {
            throw new IllegalStateException(
                    "a YieldPoint, and a Run, belong to a coroutine: " + outside.getMessage(), outside);
        }
        return coroutine.attachment(Run.class, () -> new Run(coroutine));
    }

    // ---------------------------------------------------------------------------------------------------------- by key

    /**
     * Makes a key outstanding.
     *
     * @param key the key; equal ones are the same
     * @throws KeyReuseException if it is outstanding already
     */
    public void registerCallback(Object key) {
        if (outstanding.containsKey(Objects.requireNonNull(key, "key"))) {
            throw new KeyReuseException("the key " + key + " is outstanding already, in " + coroutine);
        }
        outstanding.put(key, PENDING);
    }

    /**
     * {@return whether there is a result for a key}
     *
     * @param key the key
     * @throws UnknownKeyException if it is not outstanding
     */
    public boolean isReady(Object key) {
        if (!outstanding.containsKey(key)) {
            throw new UnknownKeyException("no callback is outstanding for the key " + key + ", in " + coroutine);
        }
        return outstanding.get(key) != PENDING;
    }

    /**
     * Sets the result for a key, if that is outstanding, and asks all YieldPoints that the coroutine waits for whether
     * they are ready now. The coroutine goes on in the next iteration. Called off the loop, this happens in a later
     * iteration; when the coroutine has ended, nothing happens.
     *
     * @param key the key
     * @param result the result
     */
    public void setResult(Object key, @Nullable Object result) {
        onLoop(() -> {
            outstanding.computeIfPresent(key, (same, before) -> result == null ? NULL : result);
            ask();
        });
    }

    /**
     * Takes the result for a key away, which may then be registered again.
     *
     * @param key the key
     * @return the result
     * @throws UnknownKeyException if it is not outstanding
     * @throws IllegalStateException if there is no result yet
     */
    public @Nullable Object popResult(Object key) {
        if (!isReady(key)) {
            throw new IllegalStateException("there is no result yet for the key " + key + ", in " + coroutine);
        }
        Object result = outstanding.remove(key);
        return result == NULL ? null : result;
    }

    /**
     * {@return a callback whose call is the result for a key}
     *
     * @param key the key
     */
    public ResultCallback resultCallback(Object key) {
        List<Context> here = Contexts.current();
        return args -> {
            Object result = Arguments.result(args);
            onLoop(() -> Contexts.startingFrom(here, () -> setResult(key, result)));
        };
    }

    // ------------------------------------------------------------------------------------------------------ waiting

    /** Starts a YieldPoint, and returns the future of its result. */
    <T> Deferred<T> start(YieldPoint<T> yieldPoint) {
        Waiting<T> result = new Waiting<>(yieldPoint);
        waiting.removeIf(Deferred::isDone); // those that were cancelled
        waiting.add(result);
        result.start(this);
        return result;
    }

    /** Asks the YieldPoints that wait whether they are ready. */
    void ask() {
        for (Waiting<?> each : List.copyOf(waiting)) {
            each.ask();
        }
        waiting.removeIf(Deferred::isDone);
    }

    /** Runs the task on the coroutine's loop; not at all, if the coroutine has ended. */
    void onLoop(Runnable task) {
        EventLoop loop = coroutine.loop();
        if (!loop.isOwner()) {
            try {
                Contexts.runIn(List.of(), () -> loop.execute(() -> onLoop(task))); // the caller's are not entered there
            } catch (RejectedExecutionException e) {
                // the loop is closed, so the coroutine has ended
            }
        } else if (!ended) {
            task.run();
        }
    }

    private static final class Waiting<T> extends Deferred<T> {
        private final YieldPoint<T> yieldPoint;
        private boolean open; // started, and without a result

        Waiting(YieldPoint<T> yieldPoint) {
            this.yieldPoint = yieldPoint;
        }

        void start(Run run) {
            try {
                yieldPoint.start(run);
                open = true;
            } catch (Throwable failure) {
                completeExceptionally(failure);
            }
            ask();
        }

        /** A YieldPoint may set results in any of its methods, and so be asked while it answers. */
        void ask() {
            try {
                if (open && !isDone() && yieldPoint.isReady() && open) {
                    open = false;
                    complete(yieldPoint.getResult());
                }
            } catch (Throwable failure) {
                completeExceptionally(failure);
            }
        }

        @Override
        public String toString() {
            return "Waiting[" + yieldPoint + "]";
        }
    }

    // ------------------------------------------------------------------------------------------------- the coroutine

    @Override
    public void awaitFailed(Throwable failure) {
        hadException = true;
    }

    @Override
    public void ended(@Nullable Throwable failure) {
        ended = true;
        waiting.clear();
        if (failure == null && !hadException && !outstanding.isEmpty()) {
            throw new LeakedCallbackException("ended without waiting for the callbacks " + outstanding.keySet());
        }
        outstanding.clear();
    }

    @Override
    public String toString() {
        return "Run[" + coroutine + ", outstanding " + outstanding.keySet() + "]";
    }
}
