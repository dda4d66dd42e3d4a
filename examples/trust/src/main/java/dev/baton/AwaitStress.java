package dev.baton;

import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.Handoff;
import dev.baton.loop.LoopOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What another thread does to a coroutine that is about to wait, or to its loop, arrives: on both hand-overs. */
final class AwaitStress {
    private static final LoopOptions PORTABLE = LoopOptions.defaults().withHandoff(Handoff.PORTABLE);
    private static final LoopOptions CARRIER = LoopOptions.defaults().withHandoff(Handoff.CARRIER);
    private static final int VALUE = 7;
    private static final int CANCELLED = -1;
    private static final int WAITED_IN_VAIN = -2;

    private static volatile Duration patience = Duration.ofSeconds(10);

    private AwaitStress() {}

    private static int run(LoopOptions options, Callable<Integer> body) {
        try {
            return Coroutines.run(options, patience, body);
        } catch (AwaitTimeoutException e) {
            patience = Duration.ofMillis(20); // the test has failed, but for the rest of its samples
            return WAITED_IN_VAIN;
        }
    }

    /** Takes a time that is different at each call, mostly a short one. */
    private static void stagger() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int left = random.nextInt(1 << random.nextInt(12)); left > 0; left--) {
            Thread.onSpinWait();
        }
    }

    /** A coroutine that waits for a future, and another thread that knows both and comes at about that time. */
    abstract static class Waiting {
        final Deferred<Integer> future = new Deferred<>();
        private volatile Coroutine<Integer> coroutine; // set when it is about to wait

        final int runAndAwait(LoopOptions options) {
            return run(options, () -> {
                Coroutine<Integer> waiting = Coroutines.spawn(() -> {
                    coroutine = current();
                    return Coroutines.await(future);
                });
                try {
                    return Coroutines.await(waiting);
                } catch (CancellationException e) {
                    return CANCELLED;
                }
            });
        }

        @SuppressWarnings("unchecked") // it is the one that runAndAwait spawns
        private static Coroutine<Integer> current() {
            return (Coroutine<Integer>) Coroutines.current();
        }

        final Coroutine<Integer> coroutine() {
            Coroutine<Integer> waiting = coroutine;
            while (waiting == null) {
                Thread.onSpinWait();
                waiting = coroutine;
            }
            stagger();
            return waiting;
        }
    }

    @JCStressTest
    @Outcome(id = "7", expect = Expect.ACCEPTABLE, desc = "the coroutine has the value")
    @Outcome(expect = Expect.FORBIDDEN, desc = "it waits beside its value")
    @State
    public static class CompleteAgainstAwaitPortable extends Waiting {
        @Actor
        public void loop(I_Result result) {
            result.r1 = runAndAwait(PORTABLE);
        }

        @Actor
        public void other() {
            coroutine();
            future.complete(VALUE);
        }
    }

    @JCStressTest
    @Outcome(id = "7", expect = Expect.ACCEPTABLE, desc = "the coroutine has the value")
    @Outcome(expect = Expect.FORBIDDEN, desc = "it waits beside its value")
    @State
    public static class CompleteAgainstAwaitCarrier extends Waiting {
        @Actor
        public void loop(I_Result result) {
            result.r1 = runAndAwait(CARRIER);
        }

        @Actor
        public void other() {
            coroutine();
            future.complete(VALUE);
        }
    }

    @JCStressTest
    @Outcome(id = "-1, 1", expect = Expect.ACCEPTABLE, desc = "the coroutine was cancelled")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the cancel was lost")
    @State
    public static class CancelAgainstAwaitPortable extends Waiting {
        @Actor
        public void loop(II_Result result) {
            result.r1 = runAndAwait(PORTABLE);
        }

        @Actor
        public void other(II_Result result) {
            result.r2 = coroutine().cancel() ? 1 : 0;
        }
    }

    @JCStressTest
    @Outcome(id = "-1, 1", expect = Expect.ACCEPTABLE, desc = "the coroutine was cancelled")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the cancel was lost")
    @State
    public static class CancelAgainstAwaitCarrier extends Waiting {
        @Actor
        public void loop(II_Result result) {
            result.r1 = runAndAwait(CARRIER);
        }

        @Actor
        public void other(II_Result result) {
            result.r2 = coroutine().cancel() ? 1 : 0;
        }
    }

    @JCStressTest
    @Outcome(id = "7", expect = Expect.ACCEPTABLE, desc = "the coroutine has the value when the pause is over")
    @Outcome(expect = Expect.FORBIDDEN, desc = "it waits beside its value")
    @State
    public static class PauseAgainstAwait extends Waiting {
        @Actor
        public void loop(I_Result result) {
            result.r1 = runAndAwait(PORTABLE);
        }

        @Actor
        public void other() {
            Coroutine<Integer> waiting = coroutine();
            waiting.pause();
            future.complete(VALUE);
            waiting.unpause();
        }
    }

    /** A loop that one thread opens and closes while another one uses it. */
    abstract static class Closing {
        private volatile EventLoop loop;

        final void openAndClose() {
            EventLoop opened = EventLoop.open(PORTABLE);
            loop = opened;
            opened.close();
        }

        final EventLoop loop() {
            EventLoop opened = loop;
            while (opened == null) {
                Thread.onSpinWait();
                opened = loop;
            }
            return opened;
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 1", "0, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "accepted and run, or refused")
    @Outcome(expect = Expect.FORBIDDEN, desc = "accepted and lost, or refused and run")
    @State
    public static class CloseAgainstExecute extends Closing {
        private int accepted;
        private int ran;

        @Actor
        public void closer() {
            openAndClose();
        }

        @Actor
        public void other() {
            try {
                loop().execute(() -> ran++);
                accepted = 1;
            } catch (RejectedExecutionException e) {
                accepted = 0;
            }
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = accepted;
            result.r2 = ran;
        }
    }

    @JCStressTest
    @Outcome(
            id = {"1, 1", "0, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "spawned and ended, or refused")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a coroutine that never ends")
    @State
    public static class CloseAgainstSpawn extends Closing {
        private Coroutine<Integer> spawned;

        @Actor
        public void closer() {
            openAndClose();
        }

        @Actor
        public void other() {
            try {
                spawned = Coroutines.spawn(loop(), () -> Coroutines.await(new Deferred<Integer>()));
            } catch (RejectedExecutionException e) {
                spawned = null;
            }
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = spawned == null ? 0 : 1;
            result.r2 = spawned != null && spawned.isDone() ? 1 : 0;
        }
    }
}
