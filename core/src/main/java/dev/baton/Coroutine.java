package dev.baton;

import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.Fiber;
import dev.baton.loop.Waiter;
import java.io.PrintStream;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A body that runs on a loop, and the future of its outcome. Made by {@link Coroutines#spawn}.
 *
 * <p>All methods may be called from any thread. Nobody but the body completes a coroutine: {@code complete} and its kind
 * throw {@link UnsupportedOperationException}.
 *
 * @param <T> the type of the body's value
 */
public final class Coroutine<T> extends Deferred<T> {

    /** What a coroutine is doing. */
    public enum Status {
        /** It waits for its first turn. */
        STARTING,
        /** It holds the baton, or has lent it to a coroutine that it started. */
        RUNNING,
        /** It waits for something, or for its next turn. */
        SUSPENDED,
        /** It would go on, but somebody has paused it. */
        PAUSED,
        /** It has ended. */
        DONE
    }

    @SuppressWarnings("rawtypes") // one updater for every T
    private static final AtomicIntegerFieldUpdater<Coroutine> SUSPECTED =
            AtomicIntegerFieldUpdater.newUpdater(Coroutine.class, "suspected");

    private final long id;
    private final @Nullable String name; // null: by its number, which is made into one when somebody asks
    private volatile @Nullable Runner<T> runner; // null when done, so that the handle retains nothing of the body

    // How many pauses have come down to it since it was last found that none holds it: 0, and it is not paused.
    // Any thread counts up, only the holder of the baton sets it back.
    private volatile int suspected;

    private int requests; // to cancel it, when it ended; written before runner is null

    Coroutine(EventLoop loop, long id, @Nullable String name) {
        super(loop);
        this.id = id;
        this.name = name;
    }

    void bind(Runner<T> body) {
        runner = body;
    }

    @Nullable
    Runner<T> runner() {
        return runner;
    }

    void finish(@Nullable T value, @Nullable Throwable failure) {
        Runner<T> body = runner;
        requests = body == null ? 0 : body.cancelling();
        settle(value, failure);
    }

    /** It is done: the handle retains nothing of the body. */
    void forget() {
        runner = null;
    }

    /** The outcome that was held back, or this one: nobody waits for it in vain. */
    void abandon(Throwable failure) {
        letGo();
        settle(null, failure);
        runner = null;
    }

    /** {@return its name: that of the {@code spawn} call, or "coroutine-" and its id} */
    public String name() {
        return name == null ? "coroutine-" + id : name;
    }

    /** {@return its number, unique in this JVM} */
    public long id() {
        return id;
    }

    /** {@return the loop that it runs on} */
    public EventLoop loop() {
        return Objects.requireNonNull(reportsTo());
    }

    /** {@return what it is doing now} */
    public Status status() {
        if (isDone()) {
            return Status.DONE;
        }
        Runner<T> body = runner;
        return body == null ? Status.DONE : body.status(); // it is done by now
    }

    /** {@return what it waits for now: a future, a coroutine; null if it waits for nothing but its turn} */
    public @Nullable Object awaiting() {
        Runner<T> body = runner;
        return body == null ? null : body.awaiting();
    }

    /** {@return how long it has been suspended, or null if it is not, or nobody has measured it} */
    @Nullable
    Duration waiting() {
        Runner<T> body = runner;
        OptionalLong nanos = body == null ? OptionalLong.empty() : body.waitingNanos();
        return nanos.isEmpty() ? null : Duration.ofNanos(nanos.getAsLong());
    }

    /** {@return where it was made; empty unless the loop's options ask for it} */
    List<StackTraceElement> spawnedAt() {
        Runner<T> body = runner;
        return body == null ? List.of() : body.spawnSite();
    }

    /** {@return who awaits it now, directly or through combinators, each once} May be called from any thread. */
    Set<Coroutine<?>> awaiters() {
        Set<Coroutine<?>> awaiters = new LinkedHashSet<>();
        for (Waiter<?> waiter : finalWaiters()) {
            if (waiter instanceof Await<?> await) {
                Coroutine<?> above = await.coroutine();
                if (above != null) {
                    awaiters.add(above);
                }
            }
        }
        return awaiters;
    }

    /**
     * {@return the coroutine that a fiber runs, or null if it is another front end's} For those who listen to a loop. May be
     * called from any thread.
     *
     * @param fiber the fiber
     */
    public static @Nullable Coroutine<?> of(Fiber fiber) {
        return fiber instanceof Runner<?> body ? body.coroutine() : null;
    }

    /**
     * {@return where the body is, oldest call first, without the frames of the runtime; for one that failed, where the
     * failure came from; empty if it has not started, or has ended otherwise}
     *
     * <p>Source: asyncio's Task.get_stack (row A-50), with the whole stack and not one frame of it.
     */
    public List<StackTraceElement> stack() {
        return stack(Integer.MAX_VALUE);
    }

    /**
     * {@return at most so many frames of the {@linkplain #stack() stack}: the newest ones of a stack, the oldest ones of a
     * failure}
     *
     * <p>Source: asyncio's Task.get_stack (row A-50).
     *
     * @param limit how many
     * @throws IllegalArgumentException if {@code limit} is negative
     */
    public List<StackTraceElement> stack(int limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("a limit of frames cannot be negative: " + limit);
        }
        Runner<T> body = runner;
        if (body != null && !isDone()) {
            List<StackTraceElement> newestFirst = body.stack();
            return newestFirst.subList(0, Math.min(limit, newestFirst.size())).reversed();
        }
        Throwable failure = peekFailure();
        return failure == null
                ? List.of()
                : Runner.withoutRuntime(failure.getStackTrace()).reversed().stream()
                        .limit(limit)
                        .toList();
    }

    /**
     * Prints the {@linkplain #stack() stack}, or where the failure came from and what it was.
     *
     * <p>Source: asyncio's Task.print_stack (row A-51).
     *
     * @param out where to
     */
    public void printStack(PrintStream out) {
        printStack(Integer.MAX_VALUE, out);
    }

    /**
     * Prints at most so many frames of the {@linkplain #stack(int) stack}, or of where the failure came from, and what it
     * was.
     *
     * <p>Source: asyncio's Task.print_stack (row A-51).
     *
     * @param limit how many frames
     * @param out where to
     * @throws IllegalArgumentException if {@code limit} is negative
     */
    public void printStack(int limit, PrintStream out) {
        List<StackTraceElement> frames = stack(limit);
        Throwable failure = peekFailure();
        StringBuilder text = new StringBuilder();
        if (frames.isEmpty()) {
            text.append("No stack for ").append(this).append(System.lineSeparator());
        } else {
            text.append(failure == null ? "Stack for " : "Traceback for ").append(this);
            text.append(" (most recent call last):").append(System.lineSeparator());
            frames.forEach(frame -> text.append("    at ").append(frame).append(System.lineSeparator()));
        }
        if (failure != null) {
            text.append(failure).append(System.lineSeparator());
        }
        out.print(text); // at once, so that no other thread's lines come between
    }

    /**
     * Finds, or makes, the one object of a type that somebody keeps with this coroutine while it runs. For front ends.
     *
     * @param type the type, of which a coroutine has at most one
     * @param factory makes the object
     * @param <A> the type
     * @return the object
     * @throws IllegalStateException if the calling thread does not run this coroutine
     */
    public <A extends CoroutineAttachment> A attachment(Class<A> type, Supplier<? extends A> factory) {
        Runner<T> body = runner;
        if (body == null || Runner.currentOrNull() != body) {
            throw new IllegalStateException("only the coroutine itself can ask for its attachments: " + label());
        }
        return body.attachments().get(type, factory);
    }

    // ------------------------------------------------------------------------------------------------------ cancelling

    /**
     * Asks the coroutine to end. Nothing happens yet: what it awaits is cancelled, and the
     * {@link java.util.concurrent.CancellationException} arrives at its await in a later iteration. One that has not
     * started never does; one that runs is cancelled at its next await. The body may catch the exception and go on.
     *
     * <p>Source: asyncio's Task.cancel (rows A-12 to A-22).
     *
     * @return whether it was not done when asked
     */
    @Override
    public boolean cancel() {
        return cancel(null);
    }

    /**
     * Asks the coroutine to end, as {@link #cancel()} does, and says why.
     *
     * @param message the message of the exceptions that arrive, all down the chain of awaits; or null
     * @return whether it was not done when asked
     */
    @Override
    public boolean cancel(@Nullable String message) {
        Runner<T> body = runner;
        if (body == null || isHeldBack() || isDone()) { // in this order: see Deferred.cancel
            return false;
        }
        body.requestCancel(message);
        return true;
    }

    /** {@return how many requests to cancel it have come, less those taken back by {@link #uncancel}} */
    public int cancelling() {
        Runner<T> body = runner;
        return body == null ? requests : body.cancelling();
    }

    /**
     * Takes one request to cancel it back; the last one that is taken back is not delivered if it has not been yet.
     *
     * <p>Source: asyncio's Task.uncancel (row B-03).
     *
     * @return how many remain
     */
    public int uncancel() {
        Runner<T> body = runner;
        return body == null ? 0 : body.uncancel();
    }

    // --------------------------------------------------------------------------------------------------------- pausing

    /**
     * Keeps the coroutine from going on until the matching {@link #unpause()}, and with it every coroutine that it awaits,
     * now or later. What they wait for goes on, and is remembered. Pauses are counted. One that runs goes on to its next
     * pending await; one that ends is done when it is unpaused.
     *
     * <p>A cancel does not wait for the end of a pause; and a pause has no effect on a coroutine that was asked to end, unless
     * the request is taken back ({@link #uncancel}).
     *
     * <p>Source: txcoroutine's Coroutine.pause (rows X-04 to X-07).
     */
    @Override
    public void pause() {
        super.pause();
        suspect();
    }

    /**
     * Takes back one {@link #pause()}. If it was the last, and nobody who awaits this coroutine is paused either, what was
     * kept from going on does so in the next iteration.
     *
     * <p>Source: txcoroutine's Coroutine.unpause (row X-05). Deviation: the body goes on in the next iteration, and not
     * inside this call (C-02).
     *
     * @throws IllegalStateException if there is no pause to take back
     */
    @Override
    public void unpause() {
        super.unpause();
    }

    /** {@return whether it is not done, and it, or a coroutine that awaits it, is paused} */
    @Override
    public boolean isPaused() {
        int before = suspected;
        if (before == 0 || isDone()) {
            return false;
        }
        if (isPausedFromAbove()) {
            return true;
        }
        if (loop().isOwner()) { // a pause that has come since then stays counted
            SUSPECTED.compareAndSet(this, before, 0);
        }
        return false;
    }

    /** {@return whether it has to climb to know whether it is paused} */
    boolean mayBePaused() {
        return suspected != 0;
    }

    /**
     * This one is paused, or awaited by one that is: all that it awaits, directly, has to look. A coroutine that begins an
     * await meanwhile sees that it is suspected, or is seen to await: each writes, has a fence, and then reads.
     */
    void suspect() {
        Coroutine<?> each = this;
        Coroutine<?> mark = null; // as in a search for cycles, which two loops can close at the same moment
        for (int steps = 1; each != null && each != mark; steps++) {
            SUSPECTED.incrementAndGet(each);
            VarHandle.fullFence();
            if (Integer.bitCount(steps) == 1) {
                mark = each;
            }
            each = each.awaiting() instanceof Coroutine<?> awaited ? awaited : null;
        }
    }

    /** A request to cancel it was taken back, which had made its own pause void. */
    void uncancelled() {
        if (super.isPaused()) {
            suspect();
        }
    }

    /**
     * No counts of pauses are copied down the chain, so none can go stray: one that is suspected climbs. What is not
     * suspected is not paused, and ends the climb.
     */
    private boolean isPausedFromAbove() {
        Coroutine<?> each = this;
        Coroutine<?> mark = null; // as in a search for cycles, which two loops can close at the same moment
        for (int steps = 1; each != null && each != mark; steps++) {
            if (!each.mayBePaused()) {
                return false;
            }
            if (each.isPausedItself()) {
                return true;
            }
            if (Integer.bitCount(steps) == 1) {
                mark = each;
            }
            Coroutine<?> next = null;
            for (Waiter<?> waiter : each.waiters()) {
                Coroutine<?> above = waiter instanceof Await<?> await ? await.coroutine() : null;
                if (above != null) {
                    if (next != null && next.isPausedFromAbove()) {
                        return true;
                    }
                    next = above;
                }
            }
            each = next;
        }
        return false;
    }

    private boolean isPausedItself() {
        return super.isPaused() && cancelling() == 0; // a cancel waits for nobody, nor does what it unwinds (C-18)
    }

    @Override
    protected void unpaused() {
        if (loop().isOwner()) {
            goOn();
            return;
        }
        if (!loop().executeUntilClosed(this::goOn)) { // no body goes on any more, but the outcome may be held back
            release();
        }
    }

    /** Down the chain of awaits, each one goes on that nothing keeps any more; each looks for itself. */
    void goOn() {
        for (Coroutine<?> each = this; each != null; ) {
            if (each.loop() != loop()) {
                each.unpaused();
                return;
            }
            each.release();
            Runner<?> body = each.runner;
            if (body != null) {
                body.goOn();
            }
            each = each.awaiting() instanceof Coroutine<?> awaited ? awaited : null;
        }
    }

    // ------------------------------------------------------------------------------- nobody but the body completes it

    /**
     * Not supported.
     *
     * @throws UnsupportedOperationException always: a coroutine is completed by its body (row A-07)
     */
    @Override
    public boolean complete(@Nullable T value) {
        throw notYours("complete");
    }

    /**
     * Not supported.
     *
     * @throws UnsupportedOperationException always: a coroutine is completed by its body (row A-07)
     */
    @Override
    public boolean completeExceptionally(Throwable failure) {
        throw notYours("completeExceptionally");
    }

    /**
     * Not supported.
     *
     * @throws UnsupportedOperationException always: a coroutine is completed by its body (row A-07)
     */
    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        throw notYours("completeAsync");
    }

    /**
     * Not supported.
     *
     * @throws UnsupportedOperationException always: a coroutine is completed by its body (row A-07)
     */
    @Override
    public CompletableFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
        throw notYours("completeOnTimeout");
    }

    /**
     * Not supported.
     *
     * @throws UnsupportedOperationException always: a coroutine is completed by its body (row A-07); see
     *     {@link dev.baton.future.Futures#withTimeout}
     */
    @Override
    public CompletableFuture<T> orTimeout(long timeout, TimeUnit unit) {
        throw notYours("orTimeout");
    }

    /**
     * Not supported.
     *
     * @throws UnsupportedOperationException always: a coroutine is completed by its body (row A-07)
     */
    @Override
    public void obtrudeValue(T value) {
        throw notYours("obtrudeValue");
    }

    /**
     * Not supported.
     *
     * @throws UnsupportedOperationException always: a coroutine is completed by its body (row A-07)
     */
    @Override
    public void obtrudeException(Throwable failure) {
        throw notYours("obtrudeException");
    }

    private UnsupportedOperationException notYours(String what) {
        return new UnsupportedOperationException(what + " on " + label()
                + ": only its body completes a coroutine; cancel() ends it, Futures.withTimeout bounds the"
                + " wait for it");
    }

    // ---------------------------------------------------------------------------------------------------------- naming

    @Override
    protected String describeFailure() {
        return "coroutine " + label() + " failed, and nobody has retrieved the failure";
    }

    /** What the JDK's thread dumps show. A string for each of a million coroutines would be dear. */
    String threadName() {
        return name == null ? "coroutine" : name;
    }

    /** {@return name and number} */
    String label() {
        return name == null ? name() : "\"" + name + "\" #" + id;
    }

    @Override
    public String toString() {
        Object awaited = awaiting();
        String tail = "";
        if (awaited != null) { // a coroutine by its label, or a chain of them would be written as one
            tail = " awaiting " + (awaited instanceof Coroutine<?> other ? other.label() : awaited);
        } else if (isDone()) {
            tail = isCancelled() ? " cancelled" : isCompletedExceptionally() ? " failed" : "";
        }
        return "Coroutine[" + label() + " " + status() + tail + "]";
    }
}
