package dev.baton.future;

import dev.baton.loop.Waiter;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * One completion of a future is the first, its outcome is the future's, and those that wait are told of it once: also where
 * a cancel, a pause or the end of one comes at the same time.
 */
final class DeferredStress {
    private static final int CANCELLED = -1;
    private static final int PENDING = -2;

    private DeferredStress() {}

    static class Future {
        final Deferred<Integer> future = new Deferred<>();
        int told;
        int first; // what each actor was answered
        int second;

        Future() {
            future.observe(counter());
        }

        final Waiter<Integer> counter() {
            return new Waiter<>() {
                @Override
                public void accept(Integer value, Throwable failure) {
                    told++;
                }
            };
        }

        static int number(boolean answer) {
            return answer ? 1 : 0;
        }

        final int outcome() {
            if (!future.isDone()) {
                return PENDING;
            }
            return future.isCancelled() ? CANCELLED : future.join();
        }

        final void write(IIII_Result result) {
            result.r1 = first;
            result.r2 = second;
            result.r3 = outcome();
            result.r4 = told;
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 0, 1, 1", "0, 1, 2, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "the first one counts")
    @Outcome(expect = Expect.FORBIDDEN, desc = "two first ones, or none, or the other's value")
    @State
    public static class CompleteAgainstComplete extends Future {
        @Actor
        public void first() {
            first = number(future.complete(1));
        }

        @Actor
        public void second() {
            second = number(future.complete(2));
        }

        @Arbiter
        public void after(IIII_Result result) {
            write(result);
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 0, 1, 1", "1, 1, 1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "completed, before or during the cancel")
    @Outcome(id = "0, 1, -1, 1", expect = Expect.ACCEPTABLE, desc = "cancelled")
    @Outcome(expect = Expect.FORBIDDEN, desc = "an answer that is not the outcome")
    @State
    public static class CompleteAgainstCancel extends Future {
        @Actor
        public void first() {
            first = number(future.complete(1));
        }

        @Actor
        public void second() {
            second = number(future.cancel());
        }

        @Arbiter
        public void after(IIII_Result result) {
            write(result);
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 0, 1, 1", "0, 1, 1, 1", "1, 1, 1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "the canceller ran once")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the canceller ran twice, or not at all")
    @State
    public static class CancelAgainstCancel {
        private int cancellers;
        private final Deferred<Integer> future = new Deferred<>(self -> cancellers++);
        private int first;
        private int second;

        @Actor
        public void first() {
            first = Future.number(future.cancel());
        }

        @Actor
        public void second() {
            second = Future.number(future.cancel());
        }

        @Arbiter
        public void after(IIII_Result result) {
            result.r1 = first;
            result.r2 = second;
            result.r3 = cancellers;
            result.r4 = Future.number(future.isCancelled());
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 0, 1, 1", "1, 1, 1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "done at once, or when the pause is over")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a completion that was accepted is lost, or told twice")
    @State
    public static class CompleteAgainstPause extends Future {
        @Actor
        public void first() {
            first = number(future.complete(1));
        }

        @Actor
        public void second() {
            future.pause();
        }

        @Arbiter
        public void after(IIII_Result result) {
            second = number(future.isDone());
            future.unpause();
            write(result);
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "it comes through, held back or not")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a completion that was accepted is lost, or told twice")
    @State
    public static class CompleteAgainstUnpause extends Future {
        public CompleteAgainstUnpause() {
            future.pause();
        }

        @Actor
        public void first() {
            first = number(future.complete(1));
        }

        @Actor
        public void second() {
            future.unpause();
        }

        @Arbiter
        public void after(IIII_Result result) {
            write(result);
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "it comes through, held back or not")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a completion that was accepted is lost, or told twice")
    @State
    public static class CompleteAgainstPauseAndUnpause extends Future {
        @Actor
        public void first() {
            first = number(future.complete(1));
        }

        @Actor
        public void second() {
            future.pause();
            future.unpause();
        }

        @Arbiter
        public void after(IIII_Result result) {
            write(result);
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 0, 1, 1", "0, 1, 2, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "the first one waits, and counts")
    @Outcome(expect = Expect.FORBIDDEN, desc = "two first ones, or none, or the other's value")
    @State
    public static class CompleteAgainstCompleteWhilePaused extends Future {
        public CompleteAgainstCompleteWhilePaused() {
            future.pause();
        }

        @Actor
        public void first() {
            first = number(future.complete(1));
        }

        @Actor
        public void second() {
            second = number(future.complete(2));
        }

        @Arbiter
        public void after(IIII_Result result) {
            future.unpause();
            write(result);
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 0, 1, 1", "0, 1, 2, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "the first one counts")
    @Outcome(expect = Expect.FORBIDDEN, desc = "two first ones, or none, or the other's value")
    @State
    public static class PauseAndCompleteAgainstComplete extends Future {
        @Actor
        public void first() {
            future.pause();
            first = number(future.complete(1));
        }

        @Actor
        public void second() {
            second = number(future.complete(2));
        }

        @Arbiter
        public void after(IIII_Result result) {
            future.unpause();
            write(result);
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "what was held back comes through")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a cancel took an outcome that was there already")
    @State
    public static class CancelAgainstUnpauseOfHeldOutcome extends Future {
        public CancelAgainstUnpauseOfHeldOutcome() {
            future.pause();
            first = number(future.complete(1));
        }

        @Actor
        public void first() {
            future.unpause();
        }

        @Actor
        public void second() {
            second = number(future.cancel());
        }

        @Arbiter
        public void after(IIII_Result result) {
            write(result);
        }
    }

    @JCStressTest
    @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "both are told")
    @Outcome(expect = Expect.FORBIDDEN, desc = "one was not told, or twice")
    @State
    public static class CompleteAgainstSubscribe extends Future {
        private final Waiter<Integer> late = new Waiter<>() {
            @Override
            public void accept(Integer value, Throwable failure) {
                second++;
            }
        };

        @Actor
        public void first() {
            future.complete(1);
        }

        @Actor
        public void second() {
            future.subscribe(late);
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = outcome();
            result.r2 = told + second;
        }
    }
}
