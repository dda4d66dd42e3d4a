package dev.baton.legacy;

import dev.baton.EarlyReturn;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Handles what a piece of code throws, and everything that this starts and that nobody else waits for.
 *
 * <p>What is taken along, and where, is said in the {@linkplain dev.baton.legacy package's description}.
 *
 * <p>Source: tornado.stack_context.ExceptionStackContext (row S-04).
 */
public final class ExceptionStackContext {
    private final Handler handler;

    /** What to do about a failure. */
    @FunctionalInterface
    public interface Handler {

        /**
         * Handles a failure, on the thread where it happened. A {@link Return} is none, and never comes here.
         *
         * @param failure the failure
         * @return whether that is the end of it; if not, it goes to the handler around this one
         * @throws Exception goes to the handler around this one, instead of the failure
         */
        boolean handle(Throwable failure) throws Exception;
    }

    /**
     * Creates a context, which does nothing yet.
     *
     * @param handler gets the failures
     */
    public ExceptionStackContext(Handler handler) {
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    /**
     * Runs the body in this context, now, on the calling thread. If the body throws, and the handler does not consume
     * it, this method throws it, checked or not.
     *
     * @param body what to run; in a coroutine, it may await
     */
    public void run(Runnable body) {
        Contexts.enter(new Entered(handler), Objects.requireNonNull(body, "body"));
    }

    /**
     * The same as {@link #run(Runnable)}, and gives the body the means to deactivate the context, as
     * {@link StackContext#run(Consumer)} does.
     *
     * @param body what to run; gets what deactivates, which may be called from any thread, and also after the body
     */
    public void run(Consumer<? super Runnable> body) {
        Objects.requireNonNull(body, "body");
        Context context = new Entered(handler);
        Contexts.enter(context, () -> body.accept((Runnable) context::deactivate));
    }

    private static final class Entered extends Context {
        private final Handler handler;

        Entered(Handler handler) {
            this.handler = handler;
        }

        @Override
        AutoCloseable enter() {
            return () -> {};
        }

        @Override
        @Nullable
        Throwable leave(AutoCloseable entered, @Nullable Throwable failure) {
            if (failure == null || failure instanceof EarlyReturn) {
                return failure;
            }
            try {
                return handler.handle(failure) ? null : failure;
            } catch (Throwable instead) {
                return instead;
            }
        }
    }
}
