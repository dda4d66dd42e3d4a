package dev.baton.examples.aggregator;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.spawn;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.Coroutines;
import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.Futures;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LocalUpstreamsTest {
    private final List<String> log = new ArrayList<>();

    @Test
    void eachIsUnreliableInItsOwnWay() throws Exception {
        try (LocalUpstreams upstreams = new LocalUpstreams()) {
            Coroutines.run(() -> {
                for (Upstream upstream : upstreams.all().subList(0, 3)) {
                    for (int i = 0; i < 3; i++) {
                        ask(upstream, "7", Duration.ofSeconds(20));
                    }
                }
                ask(upstreams.all().get(3), "7", Duration.ofMillis(100));
                return null;
            });
        }
        assertEquals(
                List.of(
                        "catalog: A fine thing, number 7",
                        "catalog: A fine thing, number 7",
                        "catalog: A fine thing, number 7",
                        "reviews: Four stars for number 7",
                        "reviews: Four stars for number 7",
                        "reviews: Four stars for number 7",
                        "prices: 9.99 for number 7",
                        "prices: 9.99 for number 7",
                        "prices: status 503",
                        "stock: nothing"),
                log);
    }

    @Test
    void everyFourthRequestToTheSlowOneTakesASecond() throws Exception {
        try (LocalUpstreams upstreams = new LocalUpstreams()) {
            Upstream slow = upstreams.all().get(1);
            Coroutines.run(() -> {
                for (int i = 0; i < 3; i++) {
                    ask(slow, "7", Duration.ofSeconds(20));
                }
                ask(slow, "8", Duration.ofMillis(300));
                ask(slow, "9", Duration.ofSeconds(20));
                return null;
            });
        }
        assertEquals(List.of("reviews: nothing", "reviews: Four stars for number 9"), log.subList(3, 5));
    }

    private void ask(Upstream upstream, String product, Duration limit) {
        String says;
        try {
            says = await(Futures.waitFor(limit, spawn(() -> upstream.source().ask(product))), IOException.class);
        } catch (AwaitTimeoutException e) {
            says = "nothing";
        } catch (IOException e) {
            says = e.getMessage();
        }
        log.add(upstream.name() + ": " + says);
    }
}
