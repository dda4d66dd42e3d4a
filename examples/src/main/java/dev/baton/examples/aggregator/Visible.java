package dev.baton.examples.aggregator;

import dev.baton.future.Deferred;
import dev.baton.loop.Waiter;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a combinator of futures made, with the futures that it was made of: so that who looks at a coroutine that awaits it
 * sees for whom.
 */
final class Visible<T> extends Deferred<T> {
    private final String kind;
    private final Deferred<T> combined;
    private final List<CompletionStage<?>> parts; // never written again; read by any thread

    private Visible(String kind, Deferred<T> combined, Collection<? extends CompletionStage<?>> parts) {
        this.kind = kind;
        this.combined = combined;
        this.parts = List.copyOf(parts);
    }

    /** {@return a future that ends as the combined one does, and in the same iteration} */
    static <T> Visible<T> over(String kind, Collection<? extends CompletionStage<?>> parts, Deferred<T> combined) {
        Visible<T> visible = new Visible<>(kind, combined, parts);
        visible.new End().subscribe(combined);
        return visible;
    }

    /** {@return what it waits for} */
    List<CompletionStage<?>> parts() {
        return parts;
    }

    /** {@return what is awaited, in a word or two} */
    String kind() {
        return kind;
    }

    /** Passes the request on; the outcome is that of the combined one. */
    @Override
    public boolean cancel(@Nullable String message) {
        return combined.cancel(message);
    }

    private final class End extends Waiter<T> {
        @Override
        public void accept(@Nullable T value, @Nullable Throwable failure) {
            settle(value, failure == null ? null : unwrap(failure));
        }
    }
}
