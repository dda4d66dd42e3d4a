package dev.baton.future;

import static dev.baton.Coroutines.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Chains in which one completion is the cause of the next: they take no stack, wherever the first one happens. */
class NestedCompletionsTest {
    private static final int DEPTH = 5_000;

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    /**
     * What a chain is made of: each makes a future that is done when the one before is. A hand-made {@code
     * whenComplete(next::complete)} is not among them: it nests as with every CompletableFuture, and overflows as that.
     */
    enum Link implements UnaryOperator<CompletionStage<?>> {
        THEN_APPLY(before -> before.thenApply(any -> any)),
        THEN_COMPOSE(before -> CompletableFuture.completedFuture(0).thenCompose(any -> before)),
        MULTI(before -> Futures.multi(List.of(before))),
        GATHER(before -> Futures.gather(List.of(before))),
        GATHER_OUTCOMES(before -> Futures.gatherOutcomes(List.of(before))),
        WITH_TIMEOUT(before -> Futures.withTimeout(Duration.ofHours(1), cast(before))),
        WAIT_FOR(before -> Futures.waitFor(Duration.ofHours(1), cast(before))),
        SHIELD(before -> Futures.shield(before)),
        AS_COMPLETED(before -> Futures.asCompleted(List.<CompletionStage<Object>>of(cast(before)))
                .iterator()
                .next()),
        WAIT_ITERATOR(before -> WaitIterator.of(List.of(cast(before))).next());

        private final UnaryOperator<CompletionStage<?>> next;

        Link(UnaryOperator<CompletionStage<?>> next) {
            this.next = next;
        }

        @Override
        public CompletionStage<?> apply(CompletionStage<?> before) {
            return next.apply(before);
        }
    }

    @SuppressWarnings("unchecked") // nobody looks at the values
    private static CompletionStage<Object> cast(CompletionStage<?> stage) {
        return (CompletionStage<Object>) stage;
    }

    private static List<CompletionStage<?>> chain(Deferred<Object> first, Link link, int depth) {
        List<CompletionStage<?>> all = new ArrayList<>(List.of(first));
        for (int i = 0; i < depth; i++) {
            all.add(link.apply(all.getLast()));
        }
        return all;
    }

    private static void assertAllDone(List<CompletionStage<?>> all) {
        long pending = all.stream()
                .filter(stage -> !stage.toCompletableFuture().isDone())
                .count();
        assertEquals(0, pending, "pending");
        assertTrue(!all.getLast().toCompletableFuture().isCompletedExceptionally());
    }

    private static void complete(Deferred<Object> first, Deferred<Void> over) {
        try {
            first.complete("v");
            over.complete(null);
        } catch (StackOverflowError e) {
            over.completeExceptionally(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("W-30, W-03 5,000 nested completions on a loop (test_boundedStackDepth)")
    void onALoop(Link link) {
        time.run(() -> {
            Deferred<Object> first = new Deferred<>();
            List<CompletionStage<?>> all = chain(first, link, DEPTH);
            Deferred<Void> over = new Deferred<>();
            EventLoop.current()
                    .execute(
                            () -> { // in a callback, not in a coroutine
                                first.complete("v");
                                over.complete(null);
                            });
            await(over);
            assertAllDone(all);
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("W-30, W-03 5,000 nested completions in a coroutine (test_boundedStackDepth)")
    void inACoroutine(Link link) {
        time.run(() -> {
            Deferred<Object> first = new Deferred<>();
            List<CompletionStage<?>> all = chain(first, link, DEPTH);
            first.complete("v");
            assertAllDone(all);
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("W-30, W-03 5,000 nested completions by a platform thread with the default stack")
    void onAPlatformThread(Link link) {
        byForeignThread(link, Thread.ofPlatform());
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("W-30, W-03 5,000 nested completions by a virtual thread")
    void onAVirtualThread(Link link) {
        byForeignThread(link, Thread.ofVirtual());
    }

    private void byForeignThread(Link link, Thread.Builder builder) {
        Coroutines.run(time.wallClock(), () -> {
            Deferred<Object> first = new Deferred<>();
            List<CompletionStage<?>> all = chain(first, link, DEPTH);
            Deferred<Void> over = new Deferred<>();
            builder.start(() -> complete(first, over));
            await(over);
            assertAllDone(all);
            return null;
        });
    }
}
