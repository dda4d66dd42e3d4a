package dev.baton.fuzz;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.TimerHandle;
import dev.baton.loop.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * The state of one run of a program: its futures and coroutines, the marker of the body that runs, what was reported, and
 * the faults that were found. Only the holder of the baton touches what has no lock; so a second body would be seen.
 */
final class World {
    /** How far the outcome of a stage is asked for: whether its failure must, may or must not be reported. */
    enum Asked {
        NOT,
        PERHAPS,
        YES
    }

    /** How many timers of {@code asCompleted} there may be: they stay until all inputs are done, or the time is over. */
    int boundsOfCompleted;

    /** What on the wall clock stands for a millisecond of a program, which is to be over soon. */
    private static final long REAL_NANOS = 20_000;

    private static final int NONE = 0;

    final Program program;
    final EventLoop loop;
    final boolean exact; // under virtual time each wait has an exact end
    final Trace trace = new Trace();

    final List<CompletableFuture<Object>> slots = new ArrayList<>(); // complete before the first coroutine runs
    final AtomicReferenceArray<Coroutine<Object>> coroutines; // null: not spawned yet; any thread reads
    final AtomicReferenceArray<Thread> threads; // of the coroutines; any thread reads
    final boolean[] claimed; // bodies that were spawned, or are just being
    final boolean[] mustSeeCancel; // bodies that must get a CancellationException when they suspend next
    final int[] stretches; // how many each body has begun
    final boolean[] uncancelled; // bodies of which a request was taken back, perhaps after it was delivered
    final Throwable[] thrown; // by bodies, which is their outcome
    final int[] bodyPauses;
    final int[] slotPauses;
    final List<TimerHandle> timers = new ArrayList<>();
    final Order order;

    /** Every stage that was made, so that none is collected before the end, and none is reported at a time of chance. */
    final Map<CompletableFuture<?>, Asked> held = new LinkedHashMap<>();

    /** What {@code multi} has returned, and its inputs; it reports every failure but the one that it has itself. */
    final Map<CompletableFuture<?>, List<CompletableFuture<Object>>> multis = new LinkedHashMap<>();

    final List<CompletableFuture<?>> surplus =
            new ArrayList<>(); // given to a combinator that reports what comes too late
    final List<Throwable> thrownInCallbacks = new ArrayList<>();

    private final Queue<Throwable> reports = new ConcurrentLinkedQueue<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Set<Throwable> known =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private volatile boolean endsForeign;
    private final Phaser foreigners = new Phaser(1); // the run itself is the one
    private final AtomicInteger numbers = new AtomicInteger();
    boolean stuck; // whether the loop has said that it can never go on
    private final Consumer<World> foreign; // is told of each end of a stretch, and may let other threads do something
    private int running = NONE; // plain, so that a second body at the same time would spoil it
    private long lastIteration;
    private long lastNanos;

    static World exact(Program program, EventLoop loop) {
        return new World(program, loop, true, ended -> {});
    }

    static World amongThreads(Program program, EventLoop loop, Consumer<World> foreign) {
        return new World(program, loop, false, foreign);
    }

    private World(Program program, EventLoop loop, boolean exact, Consumer<World> foreign) {
        this.program = program;
        this.loop = loop;
        this.exact = exact;
        this.foreign = foreign;
        int bodies = program.bodies().size();
        this.coroutines = new AtomicReferenceArray<>(bodies);
        this.threads = new AtomicReferenceArray<>(bodies);
        this.claimed = new boolean[bodies];
        this.mustSeeCancel = new boolean[bodies];
        this.stretches = new int[bodies];
        this.uncancelled = new boolean[bodies];
        this.thrown = new Throwable[bodies];
        this.bodyPauses = new int[bodies];
        this.order = new Order(this);
        this.slotPauses = new int[program.slots().size()];
    }

    // ------------------------------------------------------------------------------------------------------ the marker

    /** The calling thread begins a stretch between two awaits. */
    void enter(int who) {
        if (!loop.isOwner()) {
            fault("#" + who + " runs without the baton");
        }
        if (running != NONE) {
            fault("two at once: #" + who + " enters while #" + running + " runs");
        }
        running = who;
        long iteration = loop.iteration();
        long nanos = loop.nanoTime();
        if (iteration < lastIteration || nanos < lastNanos) {
            fault("time goes back: iteration " + lastIteration + " to " + iteration + ", " + lastNanos + " to "
                    + nanos);
        }
        lastIteration = iteration;
        lastNanos = nanos;
    }

    void leave(int who) {
        if (running != who) {
            fault("two at once: #" + who + " leaves, and #" + running + " runs");
        }
        running = NONE;
        foreign.accept(this);
    }

    Duration time(int millis) {
        return exact ? Duration.ofMillis(millis) : Duration.ofNanos(millis * REAL_NANOS);
    }

    /** A body's stretch; it is the coroutine that the library says it is. */
    void enter(int who, Coroutine<?> self) {
        enter(who);
        if (Coroutines.current() != self) {
            fault("#" + who + " runs as " + Coroutines.current() + ", not " + self);
        }
    }

    // -------------------------------------------------------------------------------------------------------- failures

    Throwable boom(Boom.Kind kind) {
        Throwable boom = Boom.make(kind, numbers.incrementAndGet());
        known.add(boom);
        return boom;
    }

    void known(Throwable failure) {
        known.add(failure);
    }

    boolean isKnown(Throwable failure) {
        return known.contains(failure);
    }

    /** The exception handler of the loop. */
    void reported(Throwable failure) {
        reports.add(failure);
        if (exact && !loop.isClosing()) { // what is left at the end is reported in no order
            trace(-1, "report", describe(failure));
        }
    }

    Queue<Throwable> reports() {
        return reports;
    }

    void fault(String what) {
        if (faults.size() < 20) {
            faults.add(what);
        }
    }

    Queue<String> faults() {
        return faults;
    }

    /** {@return what a failure is called in a trace: nothing that another run would number otherwise} */
    static String describe(Throwable failure) {
        if (failure instanceof Boom) {
            return failure.getMessage();
        }
        return failure.getClass().getSimpleName()
                + (failure instanceof CancellationException ? " " + failure.getMessage() : "");
    }

    // ---------------------------------------------------------------------------------------------------------- stages

    /** {@return the stage, which nobody has asked for its outcome yet, unless it was held before} */
    <T> CompletableFuture<T> hold(CompletableFuture<T> stage) {
        held.putIfAbsent(stage, Asked.NOT);
        return stage;
    }

    void ask(CompletableFuture<?> stage, Asked how) {
        held.merge(stage, how, (before, now) -> before.compareTo(now) >= 0 ? before : now);
    }

    /** {@return what a stage that is done failed with; null if it has a value} It counts as asked for. */
    static Throwable failureOf(CompletableFuture<?> stage) {
        Throwable failure = stage.<Throwable>handle((value, thrown) -> thrown).getNow(null);
        return failure == null ? null : Waiter.unwrap(failure);
    }

    int number() {
        return numbers.incrementAndGet();
    }

    void settle(int slot, Action.Fate fate, Boom.Kind kind) {
        CompletableFuture<Object> future = slots.get(slot);
        switch (fate) {
            case VALUE -> future.complete(number());
            case FAILURE -> future.completeExceptionally(boom(kind));
            case CANCEL -> future.cancel(true);
        }
    }

    /** A future of the program that a cancel ends with a cancellation; any other may have an outcome of its own. */
    boolean obeys(Object awaited) {
        if (!exact && !Known.CANCELS_RACE) {
            return false;
        }
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i) == awaited) {
                Program.Kind kind = program.slots().get(i).kind();
                return kind != Program.Kind.CANCEL_GIVES_VALUE && kind != Program.Kind.CANCEL_FAILS;
            }
        }
        return false;
    }

    void pauseSlot(int slot, boolean on) {
        if (!(slots.get(slot) instanceof Deferred<Object> future)) {
            return;
        }
        if (on && loop.isClosing() && !Known.CLOSES_WITH_PAUSED_FUTURES) {
            return;
        }
        if (on) {
            slotPauses[slot]++;
            future.pause();
        } else if (slotPauses[slot] > 0) {
            slotPauses[slot]--;
            future.unpause();
        }
    }

    void pauseBody(int body, boolean on) {
        Coroutine<Object> target = coroutines.get(body);
        if (target == null) {
            return;
        }
        if (on) {
            bodyPauses[body]++;
            target.pause();
        } else if (bodyPauses[body] > 0) {
            bodyPauses[body]--;
            target.unpause();
        }
    }

    void unpauseSlots() {
        for (int i = 0; i < slotPauses.length; i++) {
            while (slotPauses[i] > 0) {
                pauseSlot(i, false);
            }
        }
    }

    /** Takes every pause back, and completes every future: from now on nothing waits for a future of the program. */
    void sweep() {
        for (int i = 0; i < bodyPauses.length; i++) {
            while (bodyPauses[i] > 0) {
                pauseBody(i, false);
            }
        }
        unpauseSlots();
        for (int i = 0; i < slotPauses.length; i++) {
            slots.get(i).complete(-1);
            if (exact && !slots.get(i).isDone()) {
                fault("future " + i + " is complete and not paused, and is not done: " + slots.get(i));
            }
        }
    }

    // ------------------------------------------------------------------------------------------------------------------
    // foreign threads

    /** {@return whether another thread may do something to this run; if so, it calls {@link #endForeign} then} */
    boolean beginForeign() {
        return !endsForeign && foreigners.register() >= 0;
    }

    void endForeign() {
        foreigners.arriveAndDeregister();
    }

    /** From now on no other thread does anything. Returns false if one does not come to its end. */
    boolean awaitNoForeign() {
        endsForeign = true;
        int phase = foreigners.arriveAndDeregister(); // the last of them ends it
        try {
            return phase < 0 || foreigners.awaitAdvanceInterruptibly(phase, 20, TimeUnit.SECONDS) < 0;
        } catch (InterruptedException | TimeoutException e) {
            return false;
        }
    }

    // ----------------------------------------------------------------------------------------------------------
    // tracing

    void trace(int who, String what, Object detail) {
        if (exact) {
            trace.add(loop.iteration(), loop.nanoTime(), who, what, detail);
        }
    }
}
