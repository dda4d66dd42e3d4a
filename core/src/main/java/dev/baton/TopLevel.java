package dev.baton;

import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A loop for the length of one call ({@link Coroutines#run}). A virtual thread drives it, and the caller's thread only
 * waits: an OS thread that takes part in each idle period would cost a hundred switches.
 *
 * <p>But the caller's thread is the one that no body can block. So it keeps the bounds: it ends the wait for the body when
 * the time is over, and closes the loop if a body keeps the baton from the driver.
 */
final class TopLevel<T> {
    private static final long GRACE_MILLIS = 100; // for the driver to do by itself what the caller would do for it

    private final LoopOptions options;
    private final @Nullable Duration timeout;
    private final Callable<? extends T> body;

    private final CountDownLatch decided = new CountDownLatch(1); // or the loop is closed
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Answer<T>> answer = new AtomicReference<>(); // the first one counts

    private volatile @Nullable Coroutine<T> main; // written by the driver, before any iteration

    TopLevel(LoopOptions options, @Nullable Duration timeout, Callable<? extends T> body) {
        this.options = options;
        this.timeout = timeout;
        this.body = Objects.requireNonNull(body, "body");
    }

    T run() {
        if (EventLoop.currentOrNull() != null || Runner.currentOrNull() != null) {
            throw new IllegalStateException("Coroutines.run called on " + EventLoop.currentOrNull()
                    + ", which would stand still until it returns; use Coroutines.spawn, and await the coroutine");
        }
        EventLoop loop = EventLoop.create(options);
        loop.attachment(End.class, self -> new End(decided));
        InTime<T> inTime = new InTime<>(loop, timeout, decided);
        loop.newDriverThread(() -> drive(loop, inTime)).start();
        awaitEnd(loop, inTime);
        Answer<T> given = answer.get();
        if (given == null) { // the driver's thread is blocked, by a body that it carries
            given = inTime.outcome(loop);
        }
        return given.get();
    }

    private void drive(EventLoop loop, InTime<T> inTime) {
        try (loop) {
            answer(loop.runUntil(() -> start(inTime)), null);
        } catch (Throwable thrown) {
            answer(null, thrown);
        } finally {
            decided.countDown();
            ended.countDown();
        }
    }

    private void answer(@Nullable T value, @Nullable Throwable failure) {
        answer.compareAndSet(null, new Answer<>(value, failure));
    }

    /** Runs on the loop, before the first iteration. Closing the loop unwinds what is left. */
    private CompletionStage<T> start(InTime<T> inTime) {
        Coroutine<T> body = Coroutines.spawn("main", this.body);
        main = body;
        inTime.subscribe(body);
        return inTime.result();
    }

    private void awaitEnd(EventLoop loop, InTime<T> inTime) {
        boolean interrupted = false;
        for (boolean over = false; !over; ) {
            try {
                awaitDecision(inTime);
                if (!ended.await(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
                    loop.close(); // which the driver does as well, unless a body blocks
                    ended.await(GRACE_MILLIS, TimeUnit.MILLISECONDS);
                }
                over = true;
            } catch (InterruptedException e) {
                interrupted = true;
                cancelMain(loop);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until it is known what the call returns, or throws; and says so when the time is over. */
    private void awaitDecision(InTime<T> inTime) throws InterruptedException {
        if (timeout == null) {
            decided.await();
            return;
        }
        while (!inTime.result().isDone() && !decided.await(inTime.leftNanos(), TimeUnit.NANOSECONDS)) {
            Throwable failure = inTime.expireIfOver();
            if (failure != null) {
                answer(null, failure);
            }
        }
    }

    private void cancelMain(EventLoop loop) {
        loop.executeUntilClosed(() -> Objects.requireNonNull(main) // there is one by then
                .cancel("the thread that waits for it was interrupted"));
    }

    /** What the call returns, or throws. */
    record Answer<T>(@Nullable T value, @Nullable Throwable failure) {
        @SuppressWarnings("NullAway") // null is a value if T says so
        T get() {
            if (failure != null) {
                throw Runner.sneaky(failure);
            }
            return value;
        }
    }

    /** Tells the caller that the loop is closed, by force perhaps, while the driver's thread is blocked. */
    private record End(CountDownLatch decided) implements AutoCloseable {
        @Override
        public void close() {
            decided.countDown();
        }
    }
}
