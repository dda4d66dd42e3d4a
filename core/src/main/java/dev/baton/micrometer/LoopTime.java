package dev.baton.micrometer;

import dev.baton.loop.EventLoop;
import java.util.concurrent.atomic.AtomicReference;

/** How long a loop was busy and idle, since somebody asked first. Told by the loop, read by any thread. */
final class LoopTime {
    private static final long WINDOW_NANOS = 10_000_000_000L;

    private enum State {
        UNKNOWN,
        BUSY,
        IDLE
    }

    /** What was counted until a moment, and what counts since then. */
    private record Count(State state, long sinceNanos, long busyNanos, long idleNanos) {
        Count at(long now) {
            long passed = now - sinceNanos;
            return switch (state) {
                case UNKNOWN -> new Count(state, now, busyNanos, idleNanos);
                case BUSY -> new Count(state, now, busyNanos + passed, idleNanos);
                case IDLE -> new Count(state, now, busyNanos, idleNanos + passed);
            };
        }

        Count become(State next, long now) {
            Count counted = at(now);
            return new Count(next, now, counted.busyNanos, counted.idleNanos);
        }

        double busySince(Count before) {
            long busy = busyNanos - before.busyNanos;
            long all = busy + idleNanos - before.idleNanos;
            return all <= 0 ? 0 : (double) busy / all;
        }
    }

    /** Two moments; what is told is about the time since the first. */
    private record Window(Count from, Count middle) {
        Window at(Count now) {
            return now.sinceNanos - middle.sinceNanos < WINDOW_NANOS ? this : new Window(middle, now);
        }
    }

    private final EventLoop loop;
    private volatile Count count; // written by the loop
    private final AtomicReference<Window> window; // any thread

    LoopTime(EventLoop loop) {
        this.loop = loop;
        Count none = new Count(loop.isOwner() ? State.BUSY : State.UNKNOWN, loop.nanoTime(), 0, 0);
        count = none;
        window = new AtomicReference<>(new Window(none, none));
    }

    /** It runs; perhaps it did so before anybody listened. */
    void isBusy() {
        if (count.state == State.UNKNOWN) {
            become(State.BUSY);
        }
    }

    void idleStarted() {
        become(State.IDLE);
    }

    void idleEnded() {
        become(State.BUSY);
    }

    private void become(State next) {
        count = count.become(next, loop.nanoTime());
    }

    double busySeconds() {
        return now().busyNanos / 1e9;
    }

    double idleSeconds() {
        return now().idleNanos / 1e9;
    }

    double utilization() {
        Count now = now();
        return now.busySince(window.updateAndGet(before -> before.at(now)).from);
    }

    private Count now() {
        Count last = count;
        return loop.isClosed() ? last : last.at(loop.nanoTime());
    }
}
