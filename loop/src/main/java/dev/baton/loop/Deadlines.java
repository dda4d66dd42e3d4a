package dev.baton.loop;

import java.time.Duration;

/**
 * Where delays become deadlines. Each is clamped here once, so that the difference of any two times of a loop fits in a
 * {@code long}: deadlines are compared by difference, because {@link System#nanoTime()} may be anything and may wrap.
 */
final class Deadlines {
    /** The longest delay, 73 years. */
    private static final long LONGEST = Long.MAX_VALUE / 4;

    /** The end of virtual time, 146 years after its beginning: no virtual deadline comes later, and none wraps. */
    private static final long END = Long.MAX_VALUE / 2;

    private Deadlines() {}

    /** {@return the duration in nanoseconds; the longest delay if it is longer, forward or back} */
    static long nanos(Duration duration) {
        if (duration.compareTo(Duration.ofNanos(LONGEST)) > 0) {
            return LONGEST;
        }
        return duration.compareTo(Duration.ofNanos(-LONGEST)) < 0 ? -LONGEST : duration.toNanos();
    }

    /** {@return the time that is so many of {@link #nanos} from now} */
    static long after(LoopClock clock, long nanos) {
        long now = clock.nanoTime();
        return atMostTheEnd(clock, now, now + nanos);
    }

    /** {@return a time that a caller has named, or one that is for ever if it is farther from now than times compare} */
    static long at(LoopClock clock, long deadline) {
        long now = clock.nanoTime();
        long ahead = deadline - now;
        if (ahead >= -LONGEST && ahead <= END) {
            return atMostTheEnd(clock, now, deadline);
        }
        return deadline > now ? atMostTheEnd(clock, now, now + END) : now - LONGEST; // the difference may have wrapped
    }

    /** {@return whether the clock will ever be there} */
    static boolean comes(LoopClock clock, long deadline) {
        return !clock.isVirtual() || deadline <= END;
    }

    private static long atMostTheEnd(LoopClock clock, long now, long deadline) {
        return clock.isVirtual() ? Math.min(deadline, Math.max(now, END)) : deadline;
    }
}
