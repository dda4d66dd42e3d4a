package dev.baton.examples.linkchecker;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimiterTest {
    private final Limiter limiter = new Limiter(2);
    private final List<String> trail = new ArrayList<>();

    @Test
    void letsThroughInTheOrderTheyCame() {
        Coroutines.run(() -> {
            List<Coroutine<Void>> all = new ArrayList<>();
            for (String name : List.of("a", "b", "c", "d", "e")) {
                all.add(spawn(() -> pass(name)));
            }
            return await(all);
        });

        assertEquals(List.of("+a", "+b", "-a", "-b", "+c", "+d", "-c", "-d", "+e", "-e"), trail);
        assertEquals(0, limiter.inUse());
        assertEquals(2, limiter.mostInUse());
    }

    @Test
    void aNewcomerDoesNotOvertakeWhoHasBeenHandedAPermit() {
        Coroutines.run(() -> {
            limiter.acquire();
            limiter.acquire();
            Coroutine<Void> waiting = spawn(() -> pass("waiting"));
            limiter.release();
            Coroutine<Void> newcomer = spawn(() -> pass("newcomer"));
            limiter.release();
            return await(List.of(waiting, newcomer));
        });

        assertEquals(List.of("+waiting", "+newcomer", "-waiting", "-newcomer"), trail);
    }

    @Test
    void whoIsCancelledWhileWaitingIsPassedOver() {
        Coroutines.run(() -> {
            limiter.acquire();
            limiter.acquire();
            Coroutine<Void> cancelled = spawn(() -> pass("cancelled"));
            Coroutine<Void> next = spawn(() -> pass("next"));
            cancelled.cancel();
            limiter.release();
            await(next);
            limiter.release();
            return null;
        });

        assertEquals(List.of("+next", "-next"), trail);
        assertEquals(0, limiter.inUse());
    }

    @Test
    void aPermitThatArrivesTogetherWithACancellationIsGivenBack() {
        Coroutines.run(() -> {
            limiter.acquire();
            limiter.acquire();
            Coroutine<Void> cancelled = spawn(() -> pass("cancelled"));
            Coroutine<Void> next = spawn(() -> pass("next"));
            limiter.release();
            cancelled.cancel();
            await(next);
            limiter.release();
            return null;
        });

        assertEquals(List.of("+next", "-next"), trail);
        assertEquals(0, limiter.inUse());
    }

    private void pass(String name) {
        limiter.acquire();
        try {
            trail.add("+" + name);
            moment();
            trail.add("-" + name);
        } finally {
            limiter.release();
        }
    }
}
