package dev.baton;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import dev.baton.loop.FailureReport;
import dev.baton.loop.Fiber;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What drives the body of one coroutine: runs it, suspends it at its awaits, delivers cancellation, and brings its
 * outcome to the {@link Coroutine}, which forgets the runner then.
 */
final class Runner<T> extends Fiber {
    private static final AtomicLong IDS = new AtomicLong();

    @SuppressWarnings("rawtypes") // one updater for every T
    private static final AtomicIntegerFieldUpdater<Runner> CANCELLING =
            AtomicIntegerFieldUpdater.newUpdater(Runner.class, "cancelling");

    private final Coroutine<T> coroutine;
    private @Nullable Callable<? extends T>
            body; // what runs next; null while it runs, so that only its own frame holds it

    private @Nullable Await<?> await; // written by the coroutine's own thread; others may read an old value
    private boolean suspended; // the same
    private boolean heldBack; // by a pause; owner only
    private boolean delivered; // whether a request has been; owner only
    private volatile int cancelling; // any thread
    private volatile boolean mustCancel; // a request that no await has taken over yet; set by any thread
    private volatile @Nullable String cancelMessage; // written before mustCancel
    private @Nullable Attachments attachments; // the coroutine's own

    private Runner(EventLoop loop, Coroutine<T> coroutine, Callable<? extends T> body) {
        super(loop, coroutine.threadName());
        this.coroutine = coroutine;
        this.body = body;
    }

    static <T> Runner<T> create(EventLoop loop, @Nullable String name, Callable<? extends T> body) {
        long id = IDS.incrementAndGet();
        Coroutine<T> coroutine = new Coroutine<>(loop, id, name);
        Runner<T> runner = new Runner<>(loop, coroutine, InContext.of(loop, body));
        coroutine.bind(runner);
        return runner;
    }

    /** {@return the one that the calling thread runs, or null outside a coroutine} */
    static @Nullable Runner<?> currentOrNull() {
        return Fiber.current() instanceof Runner<?> runner ? runner : null;
    }

    /** {@return the one that the calling thread runs, which may still suspend} */
    static Runner<?> current(String what) {
        Runner<?> runner = running(what);
        if (runner.body != null) {
            throw new IllegalStateException(
                    what + " called after tailCall(), which ends the body; return its result at once" + " (coroutine "
                            + runner.coroutine.label() + ")");
        }
        return runner;
    }

    /** {@return the one that the calling thread runs} */
    static Runner<?> running(String what) {
        Runner<?> runner = currentOrNull();
        if (runner == null) {
            throw new IllegalStateException(what + " called outside a coroutine (thread \""
                    + Thread.currentThread().getName() + "\"); start one with Coroutines.run or Coroutines.spawn");
        }
        return runner;
    }

    Coroutine<T> coroutine() {
        return coroutine;
    }

    // ------------------------------------------------------------------------------------------------------ the body

    @Override
    protected Outcome run() {
        T value = null;
        Throwable failure = null;
        try {
            stayWhilePaused();
            while (body != null) {
                if (mustCancel) { // before the first step (row A-15), or the next body's
                    throw new CancellationException(cancelMessage);
                }
                value = takeBody().call(); // and no local variable, which would hold it while it runs
                if (body != null) {
                    stayWhilePaused();
                    refuse(value);
                }
            }
        } catch (EarlyReturn early) {
            value = valueOf(early);
        } catch (Throwable thrown) {
            failure = thrown;
        }
        body = null; // of a tail call that was made, and then failed
        if (attachments != null) {
            failure = attachments.ended(loop(), failure);
        }
        if (failure != null) {
            if (failure instanceof VirtualMachineError) { // the awaiter may well miss what it means
                loop().report(FailureReport.Kind.FATAL, "coroutine " + coroutine.label() + " failed", failure);
            }
            return end(failure);
        }
        if (mustCancel) { // cancelled itself, and did not await anything since (row A-18)
            return end(new CancellationException(cancelMessage));
        }
        finish(value, null);
        return Outcome.SUCCESS;
    }

    /** While a pause holds the outcome back, the loop keeps the coroutine among those that live. */
    private void finish(@Nullable T value, @Nullable Throwable failure) {
        coroutine.finish(value, failure);
        while (!coroutine.isDone()) {
            heldBack = true;
            try {
                suspend();
            } finally {
                heldBack = false;
            }
        }
        coroutine.forget();
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // whoever throws one knows what its coroutine returns
    private T valueOf(EarlyReturn early) {
        return (T) early.value();
    }

    private Callable<? extends T> takeBody() {
        Callable<? extends T> next = Objects.requireNonNull(body);
        body = null;
        return next;
    }

    @SuppressWarnings("unchecked") // a wrong type shows where the value is used, as with every generic method
    void tailCall(Callable<?> next) {
        body = InContext.of(loop(), (Callable<? extends T>) next);
    }

    /** Somebody has forgotten to return what tailCall returned, and would lose a value. */
    private void refuse(@Nullable Object value) {
        if (value != null) {
            throw new IllegalStateException(
                    "the body of " + coroutine.label() + " has made a tail call, and then returned " + value
                            + "; it must return what tailCall() returned");
        }
    }

    private Outcome end(Throwable failure) {
        finish(null, failure);
        return failure instanceof CancellationException ? Outcome.CANCELLED : Outcome.FAILURE;
    }

    @Override
    protected void abandoned(Throwable reason) {
        body = null;
        coroutine.abandon(reason instanceof CancellationException ? reason : cancellationBecauseOf(reason));
    }

    /** The one who waits is not to blame, so he gets a cancellation; the reason itself has been reported. */
    private static CancellationException cancellationBecauseOf(Throwable reason) {
        CancellationException cancelled = new CancellationException(reason.getMessage());
        cancelled.initCause(reason);
        return cancelled;
    }

    // ------------------------------------------------------------------------------------------------------ suspending

    <V> V await(CompletionStage<V> stage) {
        // Of a stage that is a future only by its class, as a minimal one is, not even isDone() may be asked.
        if (stage instanceof Deferred<V> || stage.getClass() == CompletableFuture.class) {
            CompletableFuture<V> future = (CompletableFuture<V>) stage;
            if (future.isDone()) {
                return outcome(future);
            }
        }
        Await<V> wait = suspendUntilDone(stage);
        Throwable failure = wait.failure();
        if (failure != null) {
            if (failure instanceof CancellationException) { // two requests, one exception (row A-17)
                takeRequest();
            }
        }
        deliverCancel();
        if (failure != null) {
            throw thrownIn(failure, stage);
        }
        return wait.value();
    }

    @Override
    public void awaitDone(CompletionStage<?> stage) {
        current("join() or get()");
        Await<?> wait = suspendUntilDone(stage);
        Throwable failure = wait.failure();
        if (failure != null && wait.isGivenUp()) { // the stage may not be done, so the caller cannot ask it
            takeRequest();
            throw thrownIn(failure, stage);
        }
        deliverCancel();
    }

    private <V> Await<V> suspendUntilDone(CompletionStage<V> stage) {
        ensureHolding(); // or what the loop knows of stages would be changed without the baton
        ensureNoCycle(stage);
        Await<V> wait = new Await<>(this, stage);
        loop().subscribe(stage, wait);
        await = wait; // before the fence of park(), see Coroutine.suspect
        if (!wait.park()) {
            await = null;
            return wait;
        }
        if (coroutine.mayBePaused() && stage instanceof Coroutine<?> awaited && coroutine.isPaused()) {
            awaited.suspect();
        }
        boolean elsewhere = stage instanceof Coroutine<?> other && other.loop() != loop();
        if (elsewhere) { // what happens there takes no virtual time here
            loop().beginExternal();
        }
        try {
            if (mustCancel && wait.cancel(cancelMessage, null)) {
                takeRequest();
            }
            suspended = true;
            do {
                suspend();
            } while (wait.isPending());
            if (!wait.isCancelled()) {
                stayWhilePaused();
            }
        } finally {
            suspended = false;
            await = null;
            loop().forget(stage);
            if (elsewhere) {
                loop().endExternal();
            }
        }
        return wait;
    }

    /** The outcome of a future that is done, without an allocation if it is a value. */
    private <V> V outcome(CompletableFuture<V> future) {
        if (!future.isCompletedExceptionally()) {
            return future.resultNow();
        }
        Throwable[] failure = new Throwable[1]; // as it is; join() and its kind wrap it, each JDK in its own way
        future.whenComplete((value, thrown) -> failure[0] = thrown);
        throw thrownIn(Await.unwrap(failure[0]), future);
    }

    /** Waits for whatever can be waited for (rows T-12 to T-14). */
    @Nullable
    Object awaitAny(@Nullable Object yieldable) {
        if (yieldable == null) {
            moment();
            return null;
        }
        if (yieldable instanceof CompletionStage<?> stage) {
            return await(stage);
        }
        CompletableFuture<?> future;
        try {
            future = Futures.convert(yieldable);
        } catch (RuntimeException unusable) {
            throw thrownIn(unusable, null);
        }
        return await(future);
    }

    /** Throws the failure in the body, out of its await of the stage; of its own if there is none. */
    private RuntimeException thrownIn(Throwable failure, @Nullable CompletionStage<?> stage) {
        if (stage != null) {
            AwaitPath.extend(failure, coroutine, stage);
        }
        if (attachments != null) {
            attachments.awaitFailed(failure);
        }
        throw sneaky(failure);
    }

    Attachments attachments() {
        if (attachments == null) {
            attachments = new Attachments();
        }
        return attachments;
    }

    /** Goes to the end of the queue: exactly one iteration. */
    void moment() {
        if (coroutine.isPaused() || !goesOnAlone()) {
            suspended = true;
            try {
                giveWay();
                stayWhilePaused();
            } finally {
                suspended = false;
            }
        }
        deliverCancel();
    }

    /** What comes for a paused coroutine is remembered: it comes this far, and waits here. A cancel does not wait. */
    private void stayWhilePaused() {
        while (!mustCancel && coroutine.isPaused()) {
            heldBack = true;
            try {
                suspend();
            } finally {
                heldBack = false;
            }
        }
    }

    /** It may have been unpaused. */
    void goOn() {
        if (heldBack) {
            resume();
        }
    }

    private void deliverCancel() {
        if (mustCancel) {
            takeRequest();
            throw thrownIn(new CancellationException(cancelMessage), null);
        }
    }

    /** Each coroutine on the path waits for the next; if that comes back here, nobody on it will ever go on. */
    private void ensureNoCycle(Object stage) {
        if (!(stage instanceof Coroutine<?>)) {
            return;
        }
        StringBuilder path = null;
        for (int pass = 0; pass < 2; pass++) { // look first, and write the path only if there is something to say
            Object next = stage;
            Object mark = null; // moves up to where we are at each power of two steps, and so into any cycle
            int steps = 0;
            while (next instanceof Coroutine<?> other && other != coroutine) {
                if (other == mark) {
                    return; // a cycle of others, who have closed it from two loops at the same moment
                }
                if (Integer.bitCount(++steps) == 1) {
                    mark = other;
                }
                Runner<?> runner = other.runner();
                next = runner == null ? null : runner.awaiting();
                if (path != null) {
                    path.append(other.label()).append(" awaits ");
                }
            }
            if (next == null || next != coroutine) {
                return;
            }
            if (path != null) {
                throw new IllegalStateException("a cycle of awaits, which would never end: " + coroutine.label()
                        + " awaits " + path + coroutine.label());
            }
            path = new StringBuilder();
        }
    }

    // ------------------------------------------------------------------------------------------------------ cancelling

    void requestCancel(@Nullable String message) {
        CANCELLING.incrementAndGet(this);
        if (loop().isOwner()) {
            heed(message, null);
            return;
        }
        Await.Route route = Await.Route.current();
        boolean early = !hasStarted();
        if (early) { // its first step may come before the request that is on its way
            cancelMessage = message;
            mustCancel = true;
        }
        loop().executeUntilClosed(
                        () -> { // it unwinds while the loop closes, and may be asked again
                            if (cancelling > 0 && !(early && delivered)) { // or it was taken back, or has come before
                                heed(message, route);
                            }
                        });
    }

    private void heed(@Nullable String message, Await.@Nullable Route route) {
        if (coroutine.isDone()) {
            return;
        }
        Await<?> wait = await;
        if (wait == null || !wait.cancel(message, route)) {
            cancelMessage = message;
            mustCancel = true;
        }
        coroutine.goOn(); // nothing that it awaits is paused for its sake any more
    }

    private void takeRequest() {
        mustCancel = false;
        delivered = true;
    }

    /** The loop closes, or somebody has interrupted the thread (C-22). */
    @Override
    protected void cancel(String reason) {
        CANCELLING.incrementAndGet(this);
        heed(reason, null);
    }

    int cancelling() {
        return cancelling;
    }

    int uncancel() {
        int before = CANCELLING.getAndUpdate(this, count -> Math.max(0, count - 1));
        if (before == 1) {
            mustCancel = false;
            coroutine.uncancelled();
        }
        return Math.max(0, before - 1);
    }

    // --------------------------------------------------------------------------------------------------------- looking

    @Nullable
    Object awaiting() {
        Await<?> wait = await;
        return wait == null ? null : wait.stage();
    }

    Coroutine.Status status() {
        if (!hasStarted()) {
            return Coroutine.Status.STARTING;
        }
        if (!suspended && !heldBack) {
            return Coroutine.Status.RUNNING;
        }
        return coroutine.isPaused() ? Coroutine.Status.PAUSED : Coroutine.Status.SUSPENDED;
    }

    @Override
    protected boolean isRuntimeFrame(StackTraceElement frame) {
        return isRuntime(frame);
    }

    static List<StackTraceElement> withoutRuntime(StackTraceElement[] frames) {
        return Stream.of(frames).filter(frame -> !isRuntime(frame)).toList();
    }

    private static boolean isRuntime(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.equals("dev.baton.Runner")
                || type.equals("dev.baton.Coroutine")
                || type.equals("dev.baton.Coroutines")
                || type.equals("dev.baton.InContext")
                || type.equals("dev.baton.AwaitPath")
                || type.equals("dev.baton.CoroutineDump")
                || type.equals("dev.baton.CoroutineDump$Node")
                || type.equals("dev.baton.DumpTree")
                || type.equals("dev.baton.DumpJson")
                || type.equals("dev.baton.future.Deferred")
                || type.equals("dev.baton.context.ContextSnapshots")
                || isLoopFrame(frame);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> RuntimeException sneaky(Throwable failure) throws X {
        throw (X) failure;
    }

    @Override
    public String toString() {
        return coroutine.toString();
    }
}
