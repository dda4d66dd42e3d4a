package dev.baton.loop;

/**
 * What a loop was doing at one moment. The figures are read while the loop runs, one by one, so they need not fit
 * together.
 *
 * @param iterations how many iterations have begun
 * @param ready how many callbacks and fibers are ready to run
 * @param timers how many timers are scheduled
 * @param inbox how many submissions of other threads the loop has not seen yet
 * @param fibers how many fibers have been started and have not ended
 * @param suspended how many of these are waiting for something
 * @param started how many fibers were ever started
 */
public record LoopStatistics(
        long iterations, int ready, int timers, int inbox, int fibers, int suspended, long started) {}
