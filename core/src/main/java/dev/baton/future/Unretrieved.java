package dev.baton.future;

import dev.baton.loop.EventLoop;
import dev.baton.loop.FailureReport;
import java.lang.ref.Cleaner;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A failure that nobody has asked for yet (row F-05). It must not refer to its future, whose collection it waits for.
 *
 * <p>It ends in one of three ways, whichever comes first: somebody asks, the future is collected, or the loop closes. In
 * the last two it is reported.
 */
final class Unretrieved implements Runnable {
    private final @Nullable EventLoop loop;
    private final String message;
    private final Throwable failure;
    private final AtomicBoolean ended = new AtomicBoolean();
    private Cleaner.@Nullable Cleanable cleanable; // written before anybody else can see this

    private Unretrieved(@Nullable EventLoop loop, String message, Throwable failure) {
        this.loop = loop;
        this.message = message;
        this.failure = failure;
    }

    static Unretrieved watch(Deferred<?> future, @Nullable EventLoop loop, String message, Throwable failure) {
        Unretrieved watched = new Unretrieved(loop, message, failure);
        watched.cleanable = Collections.CLEANER.register(future, watched);
        if (loop != null && !loop.isClosed()) {
            Watched.of(loop).add(watched);
        }
        return watched;
    }

    /** Somebody has asked: nothing to report any more. */
    void retrieved() {
        ended.set(true);
        if (cleanable != null) {
            cleanable.clean();
        }
    }

    /** The future is collected, or somebody has asked. */
    @Override
    public void run() {
        if (loop != null) {
            Watched.of(loop).remove(this);
        }
        report();
    }

    private void report() {
        if (ended.getAndSet(true)) {
            return;
        }
        if (loop != null) {
            loop.report(FailureReport.Kind.UNRETRIEVED, message, failure);
        } else {
            System.getLogger("dev.baton.future").log(System.Logger.Level.ERROR, message, failure);
        }
    }

    /** Started when the first failure stays unretrieved: most programs never need its thread. */
    private static final class Collections {
        static final Cleaner CLEANER = Cleaner.create();
    }

    /** Those of one loop. */
    private static final class Watched implements AutoCloseable {
        private final Set<Unretrieved> waiting = ConcurrentHashMap.newKeySet();

        static Watched of(EventLoop loop) {
            return loop.attachment(Watched.class, any -> new Watched());
        }

        void add(Unretrieved one) {
            waiting.add(one);
        }

        void remove(Unretrieved one) {
            waiting.remove(one);
        }

        /** The loop closes: what nobody has asked for until now, nobody will. */
        @Override
        public void close() {
            waiting.forEach(Unretrieved::report);
            waiting.clear();
        }
    }
}
