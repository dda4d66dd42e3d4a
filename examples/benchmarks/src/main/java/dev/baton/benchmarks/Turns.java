package dev.baton.benchmarks;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A baton made by hand: one lock for plain virtual threads, and a queue of conditions for whose turn is next. */
@State(Scope.Benchmark)
public class Turns {
    final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Turn> waiting = new ArrayDeque<>();

    /** Runs a body on a virtual thread and waits for it. */
    static void run(Runnable body) {
        join(Thread.startVirtualThread(body));
    }

    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a body with the lock held. */
    void exclusively(Runnable body) {
        lock.lock();
        try {
            body.run();
        } finally {
            lock.unlock();
        }
    }

    /** Starts threads that take turns until the meter is closed. */
    void ring(int threads, Meter meter) {
        for (int i = 0; i < threads; i++) {
            Thread.startVirtualThread(() -> {
                Turn own = new Turn(lock.newCondition());
                lock.lock();
                try {
                    waiting.add(own);
                    if (waiting.size() == threads) { // the last one begins
                        wakeNext();
                    }
                    own.await();
                    while (meter.tick()) {
                        waiting.add(own);
                        wakeNext();
                        own.await();
                    }
                    wakeNext();
                } finally {
                    lock.unlock();
                }
            });
        }
    }

    private void wakeNext() {
        Turn next = waiting.poll();
        if (next != null) {
            next.wake();
        }
    }

    private static final class Turn {
        private final Condition condition;
        private boolean now;

        Turn(Condition condition) {
            this.condition = condition;
        }

        void wake() {
            now = true;
            condition.signal();
        }

        void await() {
            while (!now) {
                condition.awaitUninterruptibly();
            }
            now = false;
        }
    }
}
