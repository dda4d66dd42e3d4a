package dev.baton.loop;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads with a scheduler of one's own. The JDK has them, but keeps them to itself: it takes
 * {@code --add-opens java.base/java.lang=…}, and a JDK that still has the constructor.
 */
final class VirtualThreads {
    private static final String OPENS = "--add-opens java.base/java.lang="
            + (VirtualThreads.class.getModule().isNamed() ? "dev.baton.loop" : "ALL-UNNAMED");

    private static final @Nullable Constructor<?> BUILDER;
    private static final @Nullable Executor DEFAULT_SCHEDULER;
    private static final @Nullable String OBSTACLE;

    static {
        Constructor<?> builder = null;
        Executor scheduler = null;
        String obstacle = null;
        try {
            builder = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                    .getDeclaredConstructor(Executor.class);
            builder.setAccessible(true);
            Field field = Class.forName("java.lang.VirtualThread").getDeclaredField("DEFAULT_SCHEDULER");
            field.setAccessible(true);
            scheduler = (Executor) field.get(null);
            builder.newInstance(scheduler);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError failure) {
            obstacle = failure instanceof RuntimeException
                    ? "it takes the JVM's option " + OPENS + " (" + failure + ")"
                    : "JDK " + Runtime.version() + " has no such thing (" + failure + ")";
        }
        BUILDER = builder;
        DEFAULT_SCHEDULER = scheduler;
        OBSTACLE = obstacle;
    }

    private VirtualThreads() {}

    /** {@return why a scheduler of one's own cannot be had, or null if it can} */
    static @Nullable String obstacle() {
        return OBSTACLE;
    }

    /** {@return a builder for threads whose continuations {@code scheduler} runs} */
    @SuppressWarnings("NullAway") // there is no obstacle
    static Thread.Builder.OfVirtual builder(Executor scheduler) {
        try {
            return (Thread.Builder.OfVirtual) BUILDER.newInstance(scheduler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the JDK has changed its mind about custom schedulers", e);
        }
    }

    /** {@return what runs the virtual threads of everybody else} */
    @SuppressWarnings("NullAway") // there is no obstacle
    static Executor defaultScheduler() {
        return DEFAULT_SCHEDULER;
    }
}
