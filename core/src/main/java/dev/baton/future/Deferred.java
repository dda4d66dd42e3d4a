package dev.baton.future;

import dev.baton.loop.Awaitable;
import dev.baton.loop.EventLoop;
import dev.baton.loop.FailureReport;
import dev.baton.loop.Fiber;
import dev.baton.loop.WaitQueue;
import dev.baton.loop.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A future that somebody completes by hand, and that knows how to give up the work behind it.
 *
 * {@snippet :
 * Deferred<String> answer = new Deferred<>(self -> connection.abort());
 * connection.onAnswer(answer::complete);
 * String text = Coroutines.await(answer);
 * }
 *
 * <p>All methods may be called from any thread.
 *
 * <h2>Who is told, and when</h2>
 *
 * Dependent stages ({@code thenApply} and its kind) run as those of every {@link CompletableFuture}: on the thread that
 * completes it. Coroutines that await it, callbacks of {@link EventLoop#whenDone} and combinators are told in the order in
 * which they asked; the first two go on in the next iteration of their loops.
 *
 * <h2>Waiting without a coroutine</h2>
 *
 * {@code join} and {@code get} block the calling thread. In a coroutine they suspend it as an await does. In a callback
 * of a loop, where they could wait for ever for something that only this loop can do, they throw
 * {@link IllegalStateException}.
 *
 * <p>Source: twisted.internet.defer.Deferred. Deviations: a second completion returns false and never throws (row W-29); a
 * result can be read again and again (C-13).
 *
 * @param <T> the type of the value
 */
public class Deferred<T> extends CompletableFuture<T> implements Awaitable<T> {
    @SuppressWarnings("rawtypes") // one updater for every T
    private static final AtomicReferenceFieldUpdater<Deferred, Consumer> CANCELLER =
            AtomicReferenceFieldUpdater.newUpdater(Deferred.class, Consumer.class, "canceller");

    @SuppressWarnings("rawtypes") // one updater for every T
    private static final AtomicReferenceFieldUpdater<Deferred, Hold> HOLD =
            AtomicReferenceFieldUpdater.newUpdater(Deferred.class, Hold.class, "hold");

    private static final VarHandle RETRIEVED;

    static {
        try {
            RETRIEVED = MethodHandles.lookup().findVarHandle(Deferred.class, "retrieved", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable EventLoop loop; // whose exception handler hears of a failure that nobody retrieves
    private final WaitQueue<T> waiters = new WaitQueue<>();

    @SuppressWarnings("UnusedVariable") // through CANCELLER: null when it has run
    private volatile @Nullable Consumer<? super Deferred<T>> canceller;

    private volatile @Nullable Hold<T> hold; // null or Hold.claimed(): it was never paused
    private volatile boolean retrieved;
    private volatile @Nullable Unretrieved unretrieved; // written when a failure comes and nobody is there

    /** Creates a future that is not done. Cancelling it does nothing beyond completing it. */
    public Deferred() {
        this(EventLoop.currentOrNull(), null);
    }

    /**
     * Creates a future that is not done, and knows what to do when it is cancelled.
     *
     * @param canceller gets this future when it is cancelled, and stops the work behind it. It may complete it, with a
     *     value or a failure; if it does not, {@link #cancel()} completes it with a {@link CancellationException}. It runs
     *     at most once. If it throws, this future fails with what it threw.
     */
    public Deferred(Consumer<? super Deferred<T>> canceller) {
        this(EventLoop.currentOrNull(), Objects.requireNonNull(canceller, "canceller"));
    }

    /**
     * For subclasses.
     *
     * @param loop the loop that is told of a failure that nobody retrieves, or null
     */
    protected Deferred(@Nullable EventLoop loop) {
        this(loop, null);
    }

    private Deferred(@Nullable EventLoop loop, @Nullable Consumer<? super Deferred<T>> canceller) {
        this.loop = loop;
        if (canceller != null) { // or each future would pay for a fence
            this.canceller = canceller;
        }
    }

    /** {@return the loop that is told of a failure that nobody retrieves, or null} */
    protected final @Nullable EventLoop reportsTo() {
        return loop;
    }

    // ------------------------------------------------------------------------------------------------------ completing

    @Override
    public boolean complete(@Nullable T value) {
        return settle(value, null);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return settle(null, Objects.requireNonNull(failure, "failure"));
    }

    /**
     * Completes this future: every completion comes through here.
     *
     * @param value the value, if {@code failure} is null
     * @param failure the failure, or null
     * @return whether this completion was the first
     */
    protected final boolean settle(@Nullable T value, @Nullable Throwable failure) {
        if (isDone()) {
            return false;
        }
        WaitQueue.reserveStack();
        boolean expected = failure != null && isExpected(); // asks a subclass, so before the claim
        if (isPaused() && !(failure instanceof CancellationException)) { // a cancel never waits (C-18)
            boolean first = hold().keep(value, failure);
            release(); // if it was unpaused meanwhile
            return first || lost();
        }
        if (!claim()) {
            return lost();
        }
        try {
            return settleNow(value, failure, expected);
        } finally {
            if (!isDone()) { // the stack has overflown
                disclaim();
            }
        }
    }

    /*
     * The first completion is the one that claims. CompletableFuture's own instruction cannot be the claim: an outcome
     * that a pause holds back must win, and leave that field as it is.
     */
    private boolean claim() {
        for (; ; ) {
            Hold<T> holding = hold;
            if (holding != null) {
                return holding != Hold.claimed() && holding.claim();
            }
            if (HOLD.compareAndSet(this, null, Hold.claimed())) {
                return true;
            }
        }
    }

    private void disclaim() {
        if (!HOLD.compareAndSet(this, Hold.claimed(), null)) {
            hold().disclaim();
        }
    }

    /** Always false: another completion has claimed this future. Then it is done, but for a few instructions. */
    private boolean lost() {
        while (!isDone() && isClaimed()) {
            Thread.onSpinWait(); // the other thread runs no code of a user in between
        }
        return false;
    }

    private boolean isClaimed() {
        Hold<T> holding = hold;
        return holding != null && (holding == Hold.claimed() || holding.isClaimed());
    }

    private boolean isExpected() {
        return retrieved || getNumberOfDependents() > 0;
    }

    private boolean settleNow(@Nullable T value, @Nullable Throwable failure, boolean expected) {
        if (failure == null) {
            return super.complete(value) && tell(value, null);
        }
        if (!super.completeExceptionally(failure)) {
            return false;
        }
        if (!expected && !(failure instanceof CancellationException)) {
            unretrieved = Unretrieved.watch(this, loop, describeFailure(), failure);
            if (retrieved) { // meanwhile
                unretrieved.retrieved();
            }
        }
        return tell(value, failure);
    }

    /** Always true. */
    private boolean tell(@Nullable T value, @Nullable Throwable failure) {
        try {
            waiters.tell(value, failure);
        } catch (Throwable thrown) {
            reportThrown(thrown);
        }
        return true;
    }

    @Override
    public final void subscribe(Waiter<? super T> waiter) {
        RETRIEVED.setOpaque(this, true); // one fence is enough, and the queue has it
        observe(waiter);
        forgetUnretrieved();
    }

    @Override
    public final void unsubscribe(Waiter<?> waiter) {
        waiters.remove(waiter);
    }

    /** Lets a waiter be told as the others are, but takes no responsibility for a failure. */
    final void observe(Waiter<? super T> waiter) {
        if (!waiters.add(waiter)) {
            whenComplete((value, failure) -> tellLate(waiter, value, failure));
        }
    }

    private void tellLate(Waiter<? super T> waiter, @Nullable T value, @Nullable Throwable failure) {
        try {
            waiter.accept(value, failure);
        } catch (Throwable thrown) {
            reportThrown(thrown);
        }
    }

    /** A waiter has thrown, and that is not the failure of the one who completes this future, which is done. */
    private void reportThrown(Throwable thrown) {
        EventLoop reporting = loop == null ? EventLoop.currentOrNull() : loop;
        Quiet.report(reporting, FailureReport.Kind.CALLBACK, "a waiter failed when it was told of " + this, thrown);
    }

    /** {@return who waits for this future now, newest first} */
    protected final List<Waiter<?>> waiters() {
        return waiters.toList();
    }

    /**
     * {@return who waits for this future now, directly or through combinators; for the latter, who waits for their outcome}
     * May be called from any thread; while somebody completes them, perhaps not all of them.
     */
    protected final List<Waiter<?>> finalWaiters() {
        List<Waiter<?>> found = new ArrayList<>();
        Set<Deferred<?>> seen =
                Collections.newSetFromMap(new IdentityHashMap<>()); // or a graph would be walked as a tree
        Deque<Deferred<?>> open = new ArrayDeque<>(List.of(this));
        while (!open.isEmpty()) {
            for (Waiter<?> waiter : open.removeFirst().waiters.toList()) {
                CompletionStage<?> next = waiter.leadsTo();
                if (next == null) {
                    found.add(waiter);
                } else if (next instanceof Deferred<?> further && seen.add(further)) {
                    open.addLast(further);
                }
            }
        }
        return found;
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        Objects.requireNonNull(supplier, "supplier");
        executor.execute(
                () -> { // CompletableFuture's own completes behind our back
                    try {
                        complete(supplier.get());
                    } catch (Throwable failure) {
                        completeExceptionally(failure);
                    }
                });
        return this;
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier) {
        return completeAsync(supplier, defaultExecutor());
    }

    @Override
    public void obtrudeValue(T value) {
        super.obtrudeValue(value);
        tell(value, null);
    }

    @Override
    public void obtrudeException(Throwable failure) {
        super.obtrudeException(failure);
        tell(null, failure);
    }

    // ------------------------------------------------------------------------------------------------------ cancelling

    /**
     * Cancels this future: runs the canceller, and if that does not complete it, completes it with a
     * {@link CancellationException}, paused or not.
     *
     * <p>Source: Deferred.cancel (rows W-25, W-26).
     *
     * @return whether it was not done when asked
     */
    public boolean cancel() {
        return cancel(null);
    }

    /**
     * Cancels this future, as {@link #cancel()} does, and says why.
     *
     * @param message the message of the {@link CancellationException}, or null
     * @return whether it was not done when asked, nor is its outcome held back by a {@linkplain #pause() pause}
     */
    public boolean cancel(@Nullable String message) {
        if (isHeldBack() || isDone()) { // in this order: what was held back a moment ago is done now
            return false;
        }
        @SuppressWarnings("unchecked")
        Consumer<? super Deferred<T>> once = CANCELLER.getAndSet(this, null);
        boolean gaveUp = once != null && !isDone();
        if (gaveUp) {
            try {
                once.accept(this);
            } catch (Throwable failure) {
                completeExceptionally(failure);
            }
        }
        // If another thread has completed it meanwhile, the request has had no effect: a coroutine that awaits this and
        // was asked to end is still to be told.
        return settle(null, new CancellationException(message)) || gaveUp;
    }

    /**
     * The same as {@link #cancel()}.
     *
     * @param mayInterruptIfRunning not used: what is interrupted is the canceller's business
     */
    @Override
    public final boolean cancel(boolean mayInterruptIfRunning) {
        return cancel();
    }

    /**
     * Cancels this future if it is not done in time: the same as {@link Futures#waitFor}.
     *
     * <p>Source: Deferred.addTimeout (row W-33). Deviation: the timeout is the outcome of the future that is returned, and
     * not of this one, which is cancelled.
     *
     * @param timeout how long to wait
     * @return the outcome of this future, or a failure with {@link AwaitTimeoutException}
     * @throws IllegalStateException if the calling thread does not hold the baton of a loop
     */
    public Deferred<T> addTimeout(Duration timeout) {
        return Futures.waitFor(timeout, this);
    }

    /**
     * Cancels this future if it is not done in time, and lets a function say what that comes to.
     *
     * <p>Source: Deferred.addTimeout with {@code onTimeoutCancel} (row W-33).
     *
     * @param timeout how long to wait
     * @param onTimeoutCancel if the time was up, gets what this future came to after the cancel, the value or else the
     *     failure, and makes the result of it, or throws
     * @return the outcome of this future, or what the function has made
     * @throws IllegalStateException if the calling thread does not hold the baton of a loop
     */
    public Deferred<T> addTimeout(
            Duration timeout, BiFunction<? super T, ? super @Nullable Throwable, ? extends T> onTimeoutCancel) {
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(onTimeoutCancel, "onTimeoutCancel");
        return new WaitFor<T>(EventLoop.current(), timeout, this, onTimeoutCancel).start();
    }

    // --------------------------------------------------------------------------------------------------------- pausing

    /**
     * Holds back what comes until the matching {@link #unpause()}: a completion is accepted, but this future is not done,
     * and nobody is told. Pauses are counted. A cancellation is not held back. Has no effect on a future that is done.
     *
     * <p>Source: Deferred.pause (row W-28).
     */
    public void pause() {
        hold().pause();
    }

    /**
     * Takes back one {@link #pause()}; the last one lets go what was held back.
     *
     * <p>Source: Deferred.unpause (row W-28).
     *
     * @throws IllegalStateException if there is no pause to take back
     */
    public void unpause() {
        hold().unpause(this);
        unpaused();
    }

    /** One pause was taken back. */
    protected void unpaused() {
        release();
    }

    /** {@return whether a completion would be held back now} */
    public boolean isPaused() {
        Hold<T> holding = hold;
        return holding != null && !isDone() && holding.isPaused();
    }

    /** Lets go what was held back, if there is something, and this future is not paused any more. */
    protected final void release() {
        if (!isPaused()) {
            letGo();
        }
    }

    /** {@return whether there is an outcome that a pause holds back} */
    protected final boolean isHeldBack() {
        Hold<T> holding = hold;
        return holding != null && !isDone() && holding.isHeld();
    }

    /** Lets go what was held back, paused or not. */
    protected final void letGo() {
        Hold<T> holding = hold;
        if (holding != null && !isDone() && holding.isHeld()) {
            Throwable failure = holding.failure();
            settleNow(holding.value(), failure, failure != null && isExpected());
        }
    }

    private Hold<T> hold() {
        for (; ; ) {
            Hold<T> holding = hold;
            if (holding != null && holding != Hold.claimed()) {
                return holding;
            }
            HOLD.compareAndSet(this, holding, new Hold<T>(holding != null));
        }
    }

    /** {@return whether a completion takes the lock of a {@link Hold}} */
    boolean hasLock() {
        Hold<T> holding = hold;
        return holding != null && holding != Hold.claimed();
    }

    // --------------------------------------------------------------------------------------------------------- reading

    /** Sees to it that a failure of this future is not reported when nobody retrieves it. */
    public void ignoreFailure() {
        markRetrieved();
    }

    private void markRetrieved() {
        if (!retrieved) {
            retrieved = true;
            forgetUnretrieved();
        }
    }

    /** The failure has come before somebody asked for it, perhaps: it does not wait for that any more. */
    private void forgetUnretrieved() {
        Unretrieved waiting = unretrieved;
        if (waiting != null) {
            waiting.retrieved();
        }
    }

    /** {@return what a report calls this future when its failure was never retrieved} */
    protected String describeFailure() {
        return "the failure of a future was never retrieved: " + this;
    }

    /** A dependent stage takes over the care for the outcome; it is a plain one, for CompletableFuture completes it. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        markRetrieved();
        return new CompletableFuture<>();
    }

    @Override
    public CompletionStage<T> minimalCompletionStage() {
        markRetrieved();
        return super.minimalCompletionStage();
    }

    @Override
    public CompletableFuture<T> toCompletableFuture() {
        markRetrieved();
        return this;
    }

    @Override
    public T join() {
        suspendOrRefuse("join()");
        markIfFailed();
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        suspendOrRefuse("get()");
        markIfFailed();
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        Fiber fiber = isDone() ? null : Fiber.current();
        if (fiber == null) {
            markIfFailed();
            return super.get(timeout, unit);
        }
        Deferred<T> bounded = Futures.withTimeout(Duration.ofNanos(unit.toNanos(timeout)), this, Throwable.class);
        bounded.ignoreFailure();
        fiber.awaitDone(bounded);
        if (bounded.isCancelled() && !isCancelled()) { // the wait was cancelled, not this: even if this is done by now
            bounded.join();
        }
        return super.get(0, unit);
    }

    private void suspendOrRefuse(String what) {
        if (isDone()) {
            return;
        }
        Fiber fiber = Fiber.current();
        if (fiber != null) {
            fiber.awaitDone(this);
        } else if (EventLoop.currentOrNull() != null) {
            throw new IllegalStateException(what + " in a callback would block " + EventLoop.current()
                    + "; await it in a coroutine, or use EventLoop.whenDone");
        }
    }

    @Override
    public T getNow(T valueIfAbsent) {
        markIfFailed();
        return super.getNow(valueIfAbsent);
    }

    @Override
    public T resultNow() {
        markIfFailed();
        return super.resultNow();
    }

    @Override
    public Throwable exceptionNow() {
        markIfFailed();
        return super.exceptionNow();
    }

    /** {@return what this future failed with, if it did and was not cancelled, else null} That is not to retrieve it. */
    protected final @Nullable Throwable peekFailure() {
        return isCompletedExceptionally() && !isCancelled() ? super.exceptionNow() : null;
    }

    private void markIfFailed() {
        if (!retrieved && (!isDone() || isCompletedExceptionally())) {
            markRetrieved();
        }
    }
}
