package dev.baton.fuzz;

import dev.baton.Coroutine;
import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.Deferred;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** What must be so when a program's loop is closed: every coroutine has ended, and every outcome is accounted for. */
final class Audit {
    /** How often a failure was reported, must have been, and may have been beyond that. */
    private static final class Count {
        final List<Object> must = new ArrayList<>(); // because of these
        int reported;
        int may;
    }

    private final World world;
    private final boolean mayComeLate;
    private final Map<Throwable, Count> counts = new IdentityHashMap<>();

    private Audit(World world, boolean mayComeLate) {
        this.world = world;
        this.mayComeLate = mayComeLate;
    }

    /** @param mayComeLate whether a failure may have come when the loop was closed; it is reported when it is collected */
    static void of(World world, boolean mayComeLate) {
        Audit audit = new Audit(world, mayComeLate);
        audit.coroutines();
        audit.reports();
        if (!world.loop.isClosed() || !world.loop.liveFibers().isEmpty()) {
            world.fault("the loop is closed, and there are " + world.loop.liveFibers());
        }
    }

    /** For a program on a loop that goes on: every coroutine has ended as its body has. */
    static void ofCoroutines(World world) {
        new Audit(world, false).coroutines();
    }

    private void coroutines() {
        for (int i = 0; i < world.program.bodies().size(); i++) {
            Coroutine<Object> each = world.coroutines.get(i);
            if (each == null) {
                continue;
            }
            if (!each.isDone()) {
                world.fault("all is over, and there is still " + each);
                continue;
            }
            Throwable failure = failureOf(each);
            Throwable thrown = world.thrown[i];
            boolean cancelled = failure instanceof CancellationException;
            if (failure != thrown && !(thrown == null && cancelled)) {
                world.fault("body " + i + " threw " + thrown + ", and " + each + " has " + failure);
            }
            if (failure == null && !Integer.valueOf(i).equals(each.join())) {
                world.fault("body " + i + " has the value " + each.join());
            }
            if (cancelled && thrown == null && world.exact && each.cancelling() == 0 && !world.uncancelled[i]) {
                world.fault("nothing has cancelled " + each);
            }
            if (world.mustSeeCancel[i] && thrown == null && !cancelled) {
                world.fault(each + " was cancelled, and has never heard of that");
            }
        }
    }

    private void reports() {
        world.held.forEach(this::stage);
        world.multis.forEach(this::multi);
        world.surplus.forEach(each -> mayReport(failureOf(each)));
        world.thrownInCallbacks.forEach(each -> count(each).must.add("a callback"));
        for (Throwable report : world.reports()) {
            if (!world.isKnown(report) && !counts.containsKey(report)) {
                world.fault("a report of something that nothing has caused: " + report);
            }
            count(report).reported++;
        }
        counts.forEach((failure, count) -> {
            int must = count.must.size();
            boolean right = count.reported >= must && count.reported <= must + count.may;
            if (!right && !(failure instanceof CancellationException)) {
                world.fault(failure + " was reported " + count.reported + " times, not " + must
                        + (count.may == 0 ? "" : " to " + (must + count.may)) + ", by " + count.must);
            }
        });
    }

    private void stage(CompletableFuture<?> stage, World.Asked asked) {
        Throwable failure = failureOf(stage);
        if (failure == null || failure instanceof CancellationException) {
            return;
        }
        boolean isTimeout = failure instanceof AwaitTimeoutException; // about which a future of asCompleted keeps quiet
        if (asked == World.Asked.NOT && !isTimeout && !mayComeLate && stage instanceof Deferred) {
            count(failure).must.add(stage);
        } else if (asked != World.Asked.YES) {
            mayReport(failure);
        }
    }

    /** Fails with the first failure by position. One that was cancelled itself need not report any more. */
    private void multi(CompletableFuture<?> result, List<CompletableFuture<Object>> inputs) {
        Throwable outcome = failureOf(result);
        boolean strict = !mayComeLate && !(outcome instanceof CancellationException);
        boolean decided = false;
        for (CompletableFuture<Object> input : inputs) {
            Throwable failure = failureOf(input);
            if (failure == null || (!decided && failure == outcome)) {
                decided |= failure != null;
            } else if (decided && strict && !(failure instanceof CancellationException)) {
                count(failure).must.add("multi");
            } else {
                mayReport(failure);
            }
        }
    }

    private void mayReport(Throwable failure) {
        if (failure != null) {
            count(failure).may++;
        }
    }

    private Count count(Throwable failure) {
        return counts.computeIfAbsent(failure, any -> new Count());
    }

    private static Throwable failureOf(CompletableFuture<?> stage) {
        return stage.isDone() && stage.isCompletedExceptionally() ? World.failureOf(stage) : null;
    }

    /** {@return what was reported, as text in alphabetical order: when a loop closes, the rest comes in no order} */
    static List<String> reports(World world) {
        return world.reports().stream().map(World::describe).sorted().toList();
    }
}
