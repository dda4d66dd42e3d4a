package dev.baton.loop;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link Watchdog} knows of one loop. Only its thread looks and writes here; what it reads of the loop, the loop
 * writes anyway, and without a fence.
 *
 * <p>A step needs no number of its own: nobody runs twice in one iteration. So as long as the iteration, the holder of the
 * baton and the callback that the driver runs are the same at two looks, so is the step. (One who lends the baton to
 * children in between, and gets it back, is the same one: nobody else has had a turn.)
 */
final class StepWatch {
    private static final Set<String> WAITS = Set.of("java.lang.Thread", "java.util.concurrent.locks.LockSupport");
    private static final int FIBERS_IN_LOG = 50;
    private static final int FIBERS_LOOKED_AT = 1_000; // a stack of each is read

    private final EventLoop loop;
    private final long thresholdNanos; // zero: it does not look for slow steps
    private final long stuckNanos; // zero: it does not look for loops that are stuck

    private long iteration; // what it saw last; so are the next two
    private @Nullable Holder holder;
    private @Nullable Task task;

    private long heldNanos; // since it saw this step first
    private BlockedStep.@Nullable Phase told;
    private @Nullable Holder blocker; // who was told of
    private String name = ""; // its, as it was then
    private long idleNanos;
    private boolean saidStuck;

    StepWatch(EventLoop loop, Duration threshold, Duration stuckAfter) {
        this.loop = loop;
        this.thresholdNanos = EventLoop.nanos(threshold);
        this.stuckNanos = EventLoop.nanos(stuckAfter);
    }

    /** {@return how long it may be before the next look at a loop that runs} */
    long periodNanos() {
        long few = thresholdNanos == 0 ? Watchdog.PERIOD_NANOS : thresholdNanos / 5;
        return Math.max(heldNanos / 10, Math.clamp(few, Watchdog.SHORTEST_NANOS, Watchdog.PERIOD_NANOS));
    }

    /** {@return how long the loop must stay idle for another look to be worth it; MAX_VALUE: for ever} */
    long idlePeriodNanos() {
        return mayBeStuck() && !saidStuck ? stuckNanos : Long.MAX_VALUE;
    }

    boolean isOver() {
        return loop.isClosed() && told == null;
    }

    /** {@return whether nothing can change until its driver wakes the watchdog} */
    boolean isIdle() {
        Driver driver = loop.driverOrNull();
        return driver == null || driver.isIdle();
    }

    /**
     * Looks once.
     *
     * @param elapsedNanos the time since the last look, without that for which the JVM stood still
     */
    void look(long elapsedNanos) {
        long iterationNow = loop.iteration();
        Holder holderNow = loop.baton().holder();
        Task taskNow = holderNow instanceof Driver driver ? driver.running() : null;
        boolean same = iterationNow == iteration && holderNow == holder && taskNow == task;
        iteration = iterationNow;
        holder = holderNow;
        task = taskNow;
        if (holderNow != null && (taskNow != null || holderNow instanceof Fiber || isStranded(holderNow))) {
            idleNanos = 0;
            lookAtStep(holderNow, same, elapsedNanos);
        } else {
            endStep(elapsedNanos);
            idleNanos = same && mayBeStuck() ? idleNanos + elapsedNanos : 0;
            if (idleNanos >= stuckNanos && mayBeStuck() && !saidStuck) {
                sayStuck();
            }
        }
    }

    private void lookAtStep(Holder who, boolean same, long elapsedNanos) {
        if (!same) {
            endStep(elapsedNanos);
            return;
        }
        heldNanos += elapsedNanos;
        if (thresholdNanos == 0 || loop.isClosing()) { // close() has a bound and a report of its own
            return;
        }
        if (told == null && heldNanos >= thresholdNanos) {
            if (isStranded(who)) {
                endStranding(who);
            } else {
                name = task == null ? Reporter.text(who) : task.describeRunning();
                tell(who, BlockedStep.Phase.NOTICED);
            }
        } else if (told == BlockedStep.Phase.NOTICED && heldNanos / 10 >= thresholdNanos) {
            tell(who, BlockedStep.Phase.STILL);
        }
    }

    /** {@return whether a holder was given the baton and has not taken it, for want of a carrier that would run its thread} */
    private boolean isStranded(Holder who) {
        return loop.handoff() == Handoff.PORTABLE && who.thread.isVirtual() && who.isGranted();
    }

    /**
     * The fibers to blame have given the baton away and keep their carriers: that takes a look at all stacks. One of them
     * gets the baton back, and an exception; so its carrier is free when it has unwound, or it is the next that is found.
     */
    private void endStranding(Holder who) {
        List<Fiber> fibers = loop.liveFibers();
        List<Fiber> pinned = fibers.subList(0, Math.min(FIBERS_LOOKED_AT, fibers.size())).stream()
                .filter(fiber -> !fiber.isLending() && PinnedWatch.isParkedOnCarrier(fiber.thread.getStackTrace()))
                .toList();
        StringBuilder text = new StringBuilder(loop.name()).append(" stood still, and perhaps every virtual thread: ");
        text.append(Reporter.text(who)).append(" was given the baton ").append(millis(heldNanos));
        text.append(" ms ago, and no carrier is free to run it; ");
        if (pinned.isEmpty()) {
            told = BlockedStep.Phase.STILL; // said once
            name = Reporter.text(who);
            Reporter.write(
                    System.Logger.Level.WARNING,
                    text.append("other virtual threads keep them, busy or pinned")
                            .toString(),
                    null);
            return;
        }
        Fiber refused = pinned.getFirst();
        List<StackTraceElement> stack = stackOf(refused);
        appendTo(text.append("these wait where they cannot be unmounted, and keep one each:"), pinned);
        if (loop.baton().reclaim(refused, who)) {
            name = Reporter.text(refused);
            Reporter.write(System.Logger.Level.ERROR, text.toString(), null);
            publish(BlockedStep.Phase.NOTICED, refused, stack, heldNanos);
            publish(BlockedStep.Phase.OVER, refused, List.of(), heldNanos);
            heldNanos = 0;
        }
    }

    private void tell(Holder who, BlockedStep.Phase phase) {
        List<StackTraceElement> stack = stackOf(who);
        if (loop.iteration() != iteration
                || loop.baton().holder() != who
                || (who instanceof Driver driver && driver.running() != task)) {
            return; // it was over before we could see where it was
        }
        told = phase;
        blocker = who;
        Throwable where = new IllegalStateException("where it is now");
        where.setStackTrace(stack.toArray(StackTraceElement[]::new));
        Reporter.write(
                System.Logger.Level.WARNING,
                name + " has held the baton of " + loop.name() + " for " + millis(heldNanos)
                        + (phase == BlockedStep.Phase.STILL ? " ms, and still" : " ms, and")
                        + " nobody else can run; wait for blocking work with Coroutines.blocking()",
                where);
        publish(phase, who, stack, heldNanos);
    }

    private void endStep(long elapsedNanos) {
        if (told != null) {
            long total = heldNanos + elapsedNanos;
            if (!loop.isClosed()) {
                Reporter.write(
                        System.Logger.Level.WARNING,
                        name + " has given up the baton of " + loop.name() + ", after " + millis(total) + " ms",
                        null);
            }
            publish(BlockedStep.Phase.OVER, blocker, List.of(), total);
        }
        told = null;
        blocker = null;
        heldNanos = 0;
    }

    private void publish(
            BlockedStep.Phase phase, @Nullable Holder who, List<StackTraceElement> stack, long heldForNanos) {
        Listeners listeners = loop.listeners();
        if (listeners != null) {
            Fiber fiber = who instanceof Fiber one ? one : null;
            listeners.stepBlocked(new BlockedStep(phase, name, fiber, Duration.ofNanos(heldForNanos), stack));
        }
    }

    /** The frames of the one who blocks, those included in which the JDK waits. */
    private static List<StackTraceElement> stackOf(Holder who) {
        Stream<StackTraceElement> frames = Stream.of(who.thread.getStackTrace());
        if (who instanceof Fiber fiber) {
            return frames.filter(frame -> !fiber.isRuntimeFrame(frame) || isWait(frame))
                    .toList();
        }
        return frames.takeWhile(frame -> !frame.getClassName().equals(Driver.class.getName()))
                .filter(frame -> !frame.getClassName().startsWith("dev.baton.loop.") || !isTask(frame.getClassName()))
                .filter(frame -> !Fiber.isLoopFrame(frame) || isWait(frame))
                .toList();
    }

    private static boolean isWait(StackTraceElement frame) {
        return WAITS.contains(frame.getClassName()) && !frame.getMethodName().startsWith("run");
    }

    private static boolean isTask(String type) {
        return type.equals(Callback.class.getName()) || type.equals(TimerHandle.class.getName());
    }

    // ------------------------------------------------------------------------------------------------ stuck for good

    /** Somebody waits for an outcome, and nothing that is known to the loop can bring it. */
    private boolean mayBeStuck() {
        Driver driver = loop.driverOrNull();
        return stuckNanos > 0 && driver != null && driver.isIdle() && driver.isAwaited() && loop.hasNothingToCome();
    }

    private void sayStuck() {
        saidStuck = true;
        List<Fiber> fibers = loop.liveFibers();
        StringBuilder text = new StringBuilder();
        appendTo(text, fibers);
        Reporter.write(
                System.Logger.Level.WARNING,
                loop + " may be stuck for good: for " + millis(idleNanos) + " ms nothing has been ready, there is no"
                        + " timer and no work outside that it knows of, and these wait:" + text,
                null);
    }

    private static void appendTo(StringBuilder text, List<Fiber> fibers) {
        for (Fiber fiber : fibers.subList(0, Math.min(FIBERS_IN_LOG, fibers.size()))) {
            text.append('\n').append(Reporter.text(fiber));
            fiber.stack().forEach(frame -> text.append("\n    at ").append(frame));
        }
        if (fibers.size() > FIBERS_IN_LOG) {
            text.append("\n... and ").append(fibers.size() - FIBERS_IN_LOG).append(" more");
        }
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }
}
