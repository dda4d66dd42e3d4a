package dev.baton.examples.aggregator;

import dev.baton.Coroutine;
import dev.baton.CoroutineDump;
import dev.baton.CoroutineState;
import dev.baton.loop.BlockedStep;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopListener;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Looks at a loop when its watchdog finds it blocked by the {@link Stall}, as a person on call would: who runs, and who
 * waits. The log line is the watchdog's own.
 */
final class Watch implements LoopListener {
    private static final String MOVING = "baton_loop_(blocked_steps_total|step_seconds_max|lag_seconds_max)\\{.*";

    private final PrometheusMeterRegistry registry;
    private final String before;
    private final CompletableFuture<String> seen = new CompletableFuture<>();

    Watch(PrometheusMeterRegistry registry) {
        this.registry = registry;
        this.before = figures();
    }

    /** Called by the watchdog's thread, while the loop is blocked. */
    @Override
    public void stepBlocked(EventLoop loop, BlockedStep step) {
        boolean stalled =
                step.stack().stream().anyMatch(frame -> frame.getClassName().equals(Stall.class.getName()));
        if (stalled && !seen.isDone()) {
            seen.complete(look(loop));
        }
    }

    private static String look(EventLoop loop) {
        CoroutineDump dump = CoroutineDump.of(loop);
        String running = dump.coroutines()
                .filter(each -> each.status() == Coroutine.Status.RUNNING)
                .map(Watch::describe)
                .collect(Collectors.joining());
        return running + "and " + (dump.size() - 1) + " coroutines cannot go on\n";
    }

    private static String describe(CoroutineState state) {
        return state.stack().stream()
                .map(frame -> "    at " + frame + "\n")
                .collect(Collectors.joining("", state.name() + " is " + state.status() + "\n", ""));
    }

    /** {@return what was there to be seen} */
    String report() {
        return "\nBefore:\n" + before + "\nMeanwhile the dump said:\n" + seen.getNow("nothing, for nobody noticed\n")
                + "\nAfterwards:\n" + figures();
    }

    private String figures() {
        return registry.scrape().lines().filter(line -> line.matches(MOVING)).collect(Collectors.joining("\n")) + "\n";
    }
}
