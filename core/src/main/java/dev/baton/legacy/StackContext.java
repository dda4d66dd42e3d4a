package dev.baton.legacy;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something that surrounds a piece of code, and everything that this starts: entered now, and again around each
 * callback, timer and coroutine that comes from it.
 *
 * {@snippet :
 * StackContext request = new StackContext(() -> {
 *     REQUEST.set("r-17"); // a ThreadLocal
 *     return REQUEST::remove;
 * });
 * request.run(() -> loop.execute(() -> log(REQUEST.get())));
 * }
 *
 * <p>What is taken along, and where, is said in the {@linkplain dev.baton.legacy package's description}. An object may
 * be run as often as you like, on any thread.
 *
 * <p>Source: tornado.stack_context.StackContext (rows S-01 to S-03). Deviation: what is closed does not see the failure
 * that it is closed for; {@link ExceptionStackContext} does.
 */
public final class StackContext {
    private final Callable<? extends AutoCloseable> factory;

    /**
     * Creates a context, which does nothing yet.
     *
     * @param factory sets it up each time that it is entered, and returns what takes it away again. A failure of either
     *     goes to the context around this one, as if the code in it had failed
     */
    public StackContext(Callable<? extends AutoCloseable> factory) {
        this.factory = Objects.requireNonNull(factory, "factory");
    }

    /**
     * Runs the body in this context, now, on the calling thread.
     *
     * @param body what to run; in a coroutine, it may await
     */
    public void run(Runnable body) {
        Contexts.enter(new Entered(factory), Objects.requireNonNull(body, "body"));
    }

    /**
     * Runs the body in this context, and gives it the means to deactivate it: from then on, nothing that is started
     * takes it along, and what was started before runs without it. What runs in it already is not touched.
     *
     * @param body what to run; gets what deactivates, which may be called from any thread, and also after the body
     */
    public void run(Consumer<? super Runnable> body) {
        Objects.requireNonNull(body, "body");
        Context context = new Entered(factory);
        Contexts.enter(context, () -> body.accept((Runnable) context::deactivate));
    }

    /**
     * {@return a callback that runs the given one in the contexts of this call, and in no others, whoever calls it} If
     * there are none, it runs in none. Wrapping it again changes nothing. What the callback throws goes through the
     * handlers of the contexts, the innermost first; if none consumes it, the caller gets it. May be called on any
     * thread.
     *
     * <p>Source: tornado.stack_context.wrap (row S-02).
     *
     * @param callback the callback; null gives null
     */
    @SuppressWarnings("NullAway") // null only for null
    public static Runnable wrap(@Nullable Runnable callback) {
        return callback == null ? null : Contexts.wrap(callback);
    }

    /**
     * The same as {@code context.run(body)}: whatever the body starts is in the context for all its life, and the
     * caller is not when this returns.
     *
     * <p>Source: tornado.stack_context.run_with_stack_context (row S-07).
     *
     * @param context the context
     * @param body what to run
     */
    public static void runWith(StackContext context, Runnable body) {
        context.run(body);
    }

    private static final class Entered extends Context {
        private final Callable<? extends AutoCloseable> factory;

        Entered(Callable<? extends AutoCloseable> factory) {
            this.factory = factory;
        }

        @Override
        AutoCloseable enter() throws Exception {
            return Objects.requireNonNull(factory.call(), "the factory of a StackContext gave null");
        }

        @Override
        @Nullable
        Throwable leave(AutoCloseable entered, @Nullable Throwable failure) {
            try {
                entered.close();
            } catch (Throwable thrown) {
                if (failure == null) {
                    return thrown;
                }
                failure.addSuppressed(thrown);
            }
            return failure;
        }
    }
}
