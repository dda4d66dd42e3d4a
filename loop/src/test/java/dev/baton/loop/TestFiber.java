package dev.baton.loop;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A fiber whose body is a lambda, with the least that a front end adds: a wait that can be woken and cancelled once. */
final class TestFiber extends Fiber {

    /** What a fiber runs. */
    interface Body {
        void run(TestFiber self) throws Exception;
    }

    /** What {@link #cancel} was told, in order; each is delivered once, as a CancellationException. */
    final List<String> cancels = new CopyOnWriteArrayList<>();

    /** What {@link #abandoned} was told. */
    final List<Throwable> abandonments = new CopyOnWriteArrayList<>();

    private final Body body;
    private final AtomicBoolean waiting = new AtomicBoolean();
    private boolean cancelPending; // owner only, as everything in a body
    private boolean cancelled;

    TestFiber(EventLoop loop, String name, Body body) {
        super(loop, name);
        this.body = body;
    }

    /** Starts a fiber in a later iteration. */
    static TestFiber launch(EventLoop loop, String name, Body body) {
        TestFiber fiber = new TestFiber(loop, name, body);
        fiber.startLater();
        return fiber;
    }

    /** Starts a fiber at once; the caller holds the baton. */
    static TestFiber begin(EventLoop loop, String name, Body body) {
        TestFiber fiber = new TestFiber(loop, name, body);
        fiber.start();
        return fiber;
    }

    static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    /** Drives a loop on virtual time for an hour, so until nothing is left but what waits for ever. */
    static void driveForAnHour(EventLoop loop) {
        loop.schedule(Duration.ofHours(1), loop::stop);
        loop.run();
    }

    /** Waits for another thread, and never for ever. */
    static void awaitLatch(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until {@link #wake()}, or until what {@code register} gave the waker to calls it. */
    void await(Consumer<Runnable> register) {
        deliverCancel();
        waiting.set(true);
        register.accept(this::wake);
        do {
            suspend();
        } while (waiting.get());
        deliverCancel();
    }

    void awaitWake() {
        await(waker -> {});
    }

    void sleep(Duration duration) {
        await(waker -> loop().schedule(duration, waker));
    }

    /** Gives the others one iteration. */
    void yieldOnce() {
        deliverCancel();
        resume();
        suspend();
        deliverCancel();
    }

    /** Ends {@link #await}. May be called from any thread, any number of times. */
    void wake() {
        if (waiting.compareAndSet(true, false)) {
            resume();
        }
    }

    private void deliverCancel() {
        if (cancelPending) {
            cancelPending = false;
            throw new CancellationException(cancels.getLast());
        }
    }

    @Override
    protected Outcome run() throws Exception {
        try {
            deliverCancel();
            body.run(this);
        } catch (CancellationException e) {
            cancelled = true;
        }
        return cancelled ? Outcome.CANCELLED : Outcome.SUCCESS;
    }

    @Override
    protected void cancel(String reason) {
        if (!loop().isOwner()) {
            throw new AssertionError("cancel() was called without the baton");
        }
        cancels.add(reason);
        cancelPending = true;
        wake();
    }

    @Override
    protected void abandoned(Throwable reason) {
        abandonments.add(reason);
    }

    @Override
    public void awaitDone(CompletionStage<?> stage) {
        await(waker -> stage.whenComplete((value, failure) -> waker.run()));
    }

    @Override
    protected boolean isRuntimeFrame(StackTraceElement frame) {
        return super.isRuntimeFrame(frame) || frame.getClassName().equals(TestFiber.class.getName());
    }
}
