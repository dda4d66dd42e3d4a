package dev.baton.examples.aggregator;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.future.Deferred;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class LimiterTest {
    private final List<String> log = new ArrayList<>();

    @Test
    void soManyAtATimeAndFirstComeFirstServed() {
        Coroutines.run(() -> {
            Limiter limiter = new Limiter(2);
            List<Coroutine<Void>> all = new ArrayList<>();
            for (String name : List.of("a", "b", "c", "d")) {
                all.add(spawn(() -> body(limiter, name)));
            }
            log.add(limiter.inUse() + " in use, " + limiter.waiting() + " waiting");
            await(all);
            log.add(limiter.inUse() + " in use, " + limiter.waiting() + " waiting");
            return null;
        });
        assertEquals(
                List.of("+a", "+b", "2 in use, 2 waiting", "-a", "-b", "+c", "+d", "-c", "-d", "0 in use, 0 waiting"),
                log);
    }

    @Test
    void whoIsCancelledInTheQueueLeavesIt() {
        Coroutines.run(() -> {
            Limiter limiter = new Limiter(1);
            Deferred<Void> gate = new Deferred<>();
            Coroutine<Void> first = spawn(() -> limiter.run(() -> await(gate)));
            Coroutine<Void> gone = spawn(() -> body(limiter, "gone"));
            Coroutine<Void> next = spawn(() -> body(limiter, "next"));
            gone.cancel();
            moment();
            moment();
            log.add(limiter.waiting() + " waiting");
            gate.complete(null);
            await(List.of(first, next));
            log.add(limiter.inUse() + " in use");
            return null;
        });
        assertEquals(List.of("1 waiting", "+next", "-next", "0 in use"), log);
    }

    @Test
    void aTurnThatComesTogetherWithACancelIsPassedOn() {
        Coroutines.run(() -> {
            Limiter limiter = new Limiter(1);
            Deferred<Void> gate = new Deferred<>();
            spawn(() -> limiter.run(() -> await(gate)));
            Coroutine<Void> gone = spawn(() -> body(limiter, "gone"));
            Coroutine<Void> next = spawn(() -> body(limiter, "next"));
            gate.complete(null);
            moment(); // the first one releases: it is the turn of "gone" now
            gone.cancel();
            try {
                await(gone);
            } catch (CancellationException e) {
                log.add("cancelled");
            }
            await(next);
            log.add(limiter.inUse() + " in use");
            return null;
        });
        assertEquals(List.of("+next", "cancelled", "-next", "0 in use"), log);
    }

    @Test
    void aBodyThatFailsGivesItsTurnBack() {
        Coroutines.run(() -> {
            Limiter limiter = new Limiter(1);
            try {
                limiter.run(() -> {
                    throw new IllegalStateException("broken");
                });
            } catch (IllegalStateException e) {
                log.add(e.getMessage());
            }
            body(limiter, "next");
            return null;
        });
        assertEquals(List.of("broken", "+next", "-next"), log);
    }

    private Void body(Limiter limiter, String name) throws Exception {
        return limiter.run(() -> {
            log.add("+" + name);
            moment();
            log.add("-" + name);
            return null;
        });
    }
}
