package dev.baton.examples.aggregator;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import dev.baton.loop.testing.VirtualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In virtual time: who waits for whom while a page is being made. */
class DumpTest {
    private final VirtualClock clock = new VirtualClock();

    @Test
    void tellsWhoWaitsForWhom() {
        JsonNode dump =
                Coroutines.run(LoopOptions.defaults().withClock(clock).withName("test"), () -> dumpWhileAPageIsMade());

        assertEquals("test", dump.at("/loop/name").asText());
        assertEquals(8, dump.at("/loop/suspended").asInt());
        assertEquals(
                List.of(
                        "0 running -> []",
                        "1 page suspended, gather -> [2, 5]",
                        "2 quick of 7 suspended, waitFor -> [3]",
                        "3 quick/7 hedged suspended, waitUntil -> [4]",
                        "4 quick/7 first suspended, After -> []",
                        "5 late of 7 suspended, waitFor -> [6]",
                        "6 late/7 hedged suspended, next answer -> [7, 8]",
                        "7 late/7 first suspended, Deferred -> []",
                        "8 late/7 second suspended, Deferred -> []"),
                lines(dump));
    }

    private JsonNode dumpWhileAPageIsMade() {
        Upstream.Source never = product -> await(new Deferred<String>());
        Upstream.Source quick = product -> {
            sleep(Duration.ofMillis(900));
            return "quick";
        };
        Meters meters = new Meters(new SimpleMeterRegistry());
        Service service = new Service(
                List.of(
                        new Upstream("quick", quick, Duration.ofSeconds(1), Duration.ofMillis(800), new Limiter(1)),
                        new Upstream("late", never, Duration.ofSeconds(1), Duration.ofMillis(100), new Limiter(2))),
                meters);
        Coroutine<Page> page = spawn("page", () -> service.page("7"));
        sleep(Duration.ofMillis(500));
        JsonNode dump = new ObjectMapper().valueToTree(Dump.json(EventLoop.current()));
        page.cancel();
        return dump;
    }

    /** A line for each coroutine, oldest first, with numbers from 0 in the place of the ids. */
    private static List<String> lines(JsonNode dump) {
        List<Long> ids = new ArrayList<>();
        dump.get("coroutines").forEach(one -> ids.add(one.get("id").asLong()));
        List<String> lines = new ArrayList<>();
        for (JsonNode one : dump.get("coroutines")) {
            int number = lines.size();
            List<Integer> awaits = new ArrayList<>();
            one.get("awaits").forEach(id -> awaits.add(ids.indexOf(id.asLong())));
            String awaiting = one.get("awaiting").isNull()
                    ? ""
                    : ", " + one.get("awaiting").asText();
            String name = number == 0 ? "" : one.get("name").asText() + " "; // that of the body of run
            lines.add(number + " " + name + one.get("status").asText() + awaiting + " -> " + awaits);
            String stack = one.get("stack").toString();
            assertTrue(stack.contains(".examples.aggregator."), stack);
        }
        return lines;
    }
}
