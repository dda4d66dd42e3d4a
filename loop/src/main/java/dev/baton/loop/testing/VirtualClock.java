package dev.baton.loop.testing;

import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that starts at zero and stands still while anything is ready; when nothing is, its loop moves it to the next
 * deadline. So a day of timers passes in milliseconds, in the order in which it would have passed.
 *
 * <p>A loop on virtual time that has coroutines, but nothing ready and no timer, can never go on: the method that drives
 * it ends them and throws {@link IllegalStateException}, with the list of what they wait for. While work that runs
 * outside the loop is in flight ({@link EventLoop#beginExternal()}), the clock stands still instead.
 *
 * <p>Virtual time ends after 146 years, and then stands still: what waits for a later time goes on at that moment, and a
 * periodic timer does not run again.
 *
 * <p>A clock serves one loop at a time. All methods may be called from any thread. Source: tornado's FakeTimeIOLoop, and
 * trio's MockClock with an autojump threshold of zero.
 */
public final class VirtualClock implements LoopClock {
    private static final long END = Long.MAX_VALUE / 2; // no loop has a virtual deadline later than this

    private final AtomicLong now = new AtomicLong();
    private final AtomicReference<EventLoop> served = new AtomicReference<>();

    /** Creates a clock at time zero. */
    public VirtualClock() {}

    @Override
    public long nanoTime() {
        return now.get();
    }

    /** {@return how far this clock has moved since it was created} */
    public Duration elapsed() {
        return Duration.ofNanos(now.get());
    }

    /**
     * Moves the clock forward, and runs nothing by itself: timers that this makes due run in the loop's next iteration.
     *
     * @param duration how far; zero is allowed
     * @throws IllegalArgumentException if {@code duration} is negative, because virtual time never goes back
     */
    public void advanceBy(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("virtual time never goes back: advanceBy(" + duration + ")");
        }
        long nanos = duration.compareTo(Duration.ofNanos(END)) > 0 ? END : duration.toNanos();
        now.updateAndGet(before -> Math.min(before + nanos, END));
        EventLoop loop = served.get();
        if (loop != null) {
            loop.wakeUp();
        }
    }

    @Override
    public boolean isVirtual() {
        return true;
    }

    @Override
    public void advanceTo(long deadlineNanos) {
        now.accumulateAndGet(Math.min(deadlineNanos, END), Math::max);
    }

    @Override
    public void attach(EventLoop loop) {
        EventLoop other = served.compareAndExchange(null, loop);
        if (other != null && other != loop) {
            throw new IllegalStateException(
                    "a VirtualClock serves one loop, and this one serves " + other + "; create another clock");
        }
    }

    @Override
    public void detach(EventLoop loop) {
        served.compareAndSet(loop, null);
    }

    @Override
    public String toString() {
        return "VirtualClock[" + elapsed() + "]";
    }
}
