package dev.baton.context;

import dev.baton.loop.ContextCapture;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.Objects;

/**
 * Carries along the thread-locals that an application has named to Micrometer's {@code context-propagation}: SLF4J's MDC,
 * the current Observation and with it the trace, and one's own.
 *
 * {@snippet :
 * ContextRegistry.getInstance().registerThreadLocalAccessor(new Slf4jThreadLocalAccessor()); // the MDC; once
 * LoopOptions.defaults().withContext(ContextSnapshots.capture());
 * }
 *
 * <p>They are captured where a coroutine is spawned, and set on its own thread before its body begins, where they stay put
 * across its awaits. What it changes, neither its spawner nor its siblings see. A callback, a timer and
 * {@link dev.baton.Coroutines#blocking} work are in the context of those who started them as well; the thread that they
 * borrow has afterwards what it had before.
 */
public final class ContextSnapshots {
    private ContextSnapshots() {}

    /**
     * {@return a capture of all that is registered with {@link io.micrometer.context.ContextRegistry#getInstance()}, now or
     * later} An Observation is, where {@code micrometer-observation} is on the class path.
     */
    public static ContextCapture capture() {
        return capture(ContextSnapshotFactory.builder().build());
    }

    /**
     * {@return a capture of what a factory captures}
     *
     * @param factory may have a registry of its own, and may leave out some keys
     */
    @SuppressWarnings("try") // the scope is only there to be closed
    public static ContextCapture capture(ContextSnapshotFactory factory) {
        Objects.requireNonNull(factory, "factory");
        return task -> {
            ContextSnapshot captured = factory.captureAll();
            return () -> {
                try (ContextSnapshot.Scope scope = captured.setThreadLocals()) {
                    task.run();
                }
            };
        };
    }
}
