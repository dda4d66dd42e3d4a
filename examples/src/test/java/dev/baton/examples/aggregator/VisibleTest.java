package dev.baton.examples.aggregator;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class VisibleTest {
    private final List<String> log = new ArrayList<>();

    @Test
    void itIsDoneInTheSameIterationAsWhatItStandsFor() {
        Coroutines.run(() -> {
            Deferred<String> one = new Deferred<>();
            Deferred<String> two = new Deferred<>();
            List<Deferred<String>> both = List.of(one, two);
            Visible<List<String>> visible = Visible.over("gather", both, Futures.gather(both));
            log.add(visible.kind() + " of " + visible.parts().size() + ": "
                    + visible.parts().equals(both));
            one.complete("a");
            log.add("" + visible.isDone());
            two.complete("b");
            log.add("" + visible.isDone());
            log.add("" + await(visible));
            return null;
        });
        assertEquals(List.of("gather of 2: true", "false", "true", "[a, b]"), log);
    }

    @Test
    void aCancelGoesToWhatItStandsFor() {
        Coroutines.run(() -> {
            Coroutine<Void> part = spawn(() -> {
                try {
                    await(new Deferred<Void>());
                } finally {
                    log.add("part ends");
                }
            });
            List<Coroutine<Void>> parts = List.of(part);
            Coroutine<?> waiting = spawn(() -> await(Visible.over("gather", parts, Futures.gather(parts))));
            waiting.cancel("enough");
            moment();
            log.add("asked: " + part.cancelling());
            try {
                await(waiting);
            } catch (CancellationException e) {
                log.add(e.getMessage());
            }
            return null;
        });
        assertEquals(List.of("part ends", "asked: 1", "enough"), log);
    }

    @Test
    void aFailureComesAsItIs() {
        Coroutines.run(() -> {
            IllegalStateException failure = new IllegalStateException("broken");
            Deferred<String> failed = new Deferred<>();
            failed.completeExceptionally(failure);
            try {
                await(Visible.over("gather", List.of(failed), Futures.gather(List.of(failed))));
            } catch (IllegalStateException e) {
                log.add("the same: " + (e == failure));
            }
            return null;
        });
        assertEquals(List.of("the same: true"), log);
    }
}
