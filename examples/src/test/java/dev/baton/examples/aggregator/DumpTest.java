package dev.baton.examples.aggregator;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.Coroutine;
import dev.baton.CoroutineDump;
import dev.baton.CoroutineState;
import dev.baton.Coroutines;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import dev.baton.loop.testing.VirtualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In virtual time: who waits for whom while a page is being made. */
class DumpTest {
    @Test
    void tellsWhoWaitsForWhom() {
        List<CoroutineState> dump =
                Coroutines.run(LoopOptions.defaults().withClock(new VirtualClock()), () -> dumpWhileAPageIsMade());

        assertEquals(
                List.of(
                        "0 main RUNNING -> []",
                        "1 page SUSPENDED -> [2, 5]",
                        "2 quick of 7 SUSPENDED -> [3]",
                        "3 quick/7 hedged SUSPENDED -> [4]",
                        "4 quick/7 first SUSPENDED -> []",
                        "5 late of 7 SUSPENDED -> [6]",
                        "6 late/7 hedged SUSPENDED -> [7, 8]",
                        "7 late/7 first SUSPENDED -> []",
                        "8 late/7 second SUSPENDED -> []"),
                lines(dump));
    }

    private List<CoroutineState> dumpWhileAPageIsMade() {
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
        List<CoroutineState> dump =
                CoroutineDump.of(EventLoop.current()).coroutines().toList();
        page.cancel();
        return dump;
    }

    /** A line for each coroutine, oldest first, with numbers from 0 in the place of the ids. */
    private static List<String> lines(List<CoroutineState> dump) {
        List<Long> ids = dump.stream().map(CoroutineState::id).toList();
        return dump.stream()
                .map(one -> ids.indexOf(one.id()) + " " + one.name() + " " + one.status() + " -> "
                        + one.awaits().stream().map(ids::indexOf).toList())
                .toList();
    }
}
