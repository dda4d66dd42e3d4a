package dev.baton.examples.aggregator;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.examples.aggregator.Page.Part;
import dev.baton.future.Deferred;
import dev.baton.loop.LoopOptions;
import dev.baton.loop.testing.VirtualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In virtual time, with services that do what is written down for each of their requests. */
class ServiceTest {
    private final VirtualClock clock = new VirtualClock();
    private final List<Throwable> reports = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final Meters meters = new Meters(new SimpleMeterRegistry());

    @AfterEach
    void nothingIsLost() {
        assertEquals(List.of(), reports);
    }

    @Test
    void asksAllServicesAtOnceAndKeepsTheirOrder() {
        Service service = service(answering("a", after(30, "A")), answering("b", after(20, "B")));
        run(() -> show(service.page("7")));

        assertEquals(
                List.of("0 a/7 #1", "0 b/7 #1", "20 b/7 #1 says B", "30 a/7 #1 says A", "30 a fresh A", "30 b fresh B"),
                log);
    }

    @Test
    void aServiceThatIsDeadCostsItsTimeoutAndNoMore() {
        Upstream dead = answering("dead", never(), never());
        Service service = service(answering("a", after(30, "A")), dead);
        run(() -> show(service.page("7")));

        assertEquals(
                List.of(
                        "0 a/7 #1",
                        "0 dead/7 #1",
                        "30 a/7 #1 says A",
                        "100 dead/7 #2",
                        "400 dead/7 #1 cancelled",
                        "400 dead/7 #2 cancelled",
                        "400 a fresh A",
                        "400 dead none null (no answer within 400 ms)"),
                log);
        assertEquals(figures(0, 0, 2, 1, 0, 0, 1), meters.figures(dead));
    }

    @Test
    void aSecondRequestThatOvertakesTheFirstWins() {
        Upstream slow = answering("slow", after(300, "late"), after(20, "early"));
        Service service = service(slow);
        run(() -> show(service.page("7")));

        assertEquals(
                List.of(
                        "0 slow/7 #1",
                        "100 slow/7 #2",
                        "120 slow/7 #2 says early",
                        "120 slow/7 #1 cancelled",
                        "120 slow fresh early"),
                log);
        assertEquals(figures(1, 0, 1, 1, 1, 0, 0), meters.figures(slow));
    }

    @Test
    void aSecondRequestThatIsNotNeededIsCancelled() {
        Upstream slow = answering("slow", after(150, "late"), after(200, "later"));
        Service service = service(slow);
        run(() -> show(service.page("7")));

        assertEquals(
                List.of(
                        "0 slow/7 #1",
                        "100 slow/7 #2",
                        "150 slow/7 #1 says late",
                        "150 slow/7 #2 cancelled",
                        "150 slow fresh late"),
                log);
        assertEquals(figures(1, 0, 1, 1, 0, 0, 0), meters.figures(slow));
    }

    @Test
    void aFailureIsNoAnswerWhileAnotherRequestIsUnderWay() {
        Upstream flaky = answering("flaky", failing(150, "status 503"), after(200, "well"));
        Service service = service(flaky);
        run(() -> show(service.page("7")));

        assertEquals(
                List.of(
                        "0 flaky/7 #1",
                        "100 flaky/7 #2",
                        "150 flaky/7 #1 fails",
                        "300 flaky/7 #2 says well",
                        "300 flaky fresh well"),
                log);
        assertEquals(figures(1, 1, 0, 1, 1, 0, 0), meters.figures(flaky));
    }

    @Test
    void whenBothRequestsFailTheLastFailureTells() {
        Service service = service(answering("flaky", failing(150, "status 503"), failing(80, "status 500")));
        run(() -> show(service.page("7")));

        assertEquals(
                List.of(
                        "0 flaky/7 #1",
                        "100 flaky/7 #2",
                        "150 flaky/7 #1 fails",
                        "180 flaky/7 #2 fails",
                        "180 flaky none null (status 500)"),
                log);
    }

    @Test
    void theCacheHelpsOutForThatProductOnly() {
        Upstream flaky = answering(
                "flaky",
                after(10, "first"),
                failing(10, "status 503"),
                never(),
                never(),
                after(10, "newer"),
                failing(10, "gone"),
                failing(10, "gone"));
        Service service = service(flaky);
        run(() -> {
            for (String product : List.of("7", "7", "7", "7", "7", "8")) {
                show(service.page(product));
            }
        });

        assertEquals(
                List.of(
                        "10 flaky fresh first",
                        "20 flaky cache first (status 503)",
                        "420 flaky cache first (no answer within 400 ms)",
                        "430 flaky fresh newer",
                        "440 flaky cache newer (gone)",
                        "450 flaky none null (gone)"),
                log.stream().filter(line -> line.contains(" flaky ")).toList());
        assertEquals(figures(2, 3, 2, 1, 0, 3, 1), meters.figures(flaky));
    }

    @Test
    void aServiceGetsNoMoreRequestsAtATimeThanItMay() {
        Upstream busy = new Upstream(
                "busy",
                scripted("busy", after(60, "A"), after(60, "B"), after(60, "C")),
                Duration.ofMillis(400),
                Duration.ofMillis(300),
                new Limiter(2));
        Service service = service(busy);
        run(() -> {
            List<Coroutine<Void>> pages = new ArrayList<>();
            for (String product : List.of("1", "2", "3")) {
                pages.add(spawn(() -> show(service.page(product))));
            }
            log.add(when(busy.limiter().inUse() + " in use, " + busy.limiter().waiting() + " waiting"));
            await(pages);
        });

        assertEquals(
                List.of(
                        "0 busy/1 #1",
                        "0 busy/2 #2",
                        "0 2 in use, 1 waiting",
                        "60 busy/1 #1 says A",
                        "60 busy/2 #2 says B",
                        "60 busy/3 #3",
                        "60 busy fresh A",
                        "60 busy fresh B",
                        "120 busy/3 #3 says C",
                        "120 busy fresh C"),
                log);
    }

    @Test
    void theWaitForATurnCountsAsWell() {
        Upstream busy = new Upstream(
                "busy",
                scripted("busy", never(), after(10, "free again")),
                Duration.ofMillis(400),
                Duration.ofMillis(1000),
                new Limiter(1));
        Service service = service(busy);
        run(() -> {
            Coroutine<Void> first = spawn(() -> show(service.page("1")));
            sleep(Duration.ofMillis(100));
            Coroutine<Void> second = spawn(() -> show(service.page("2")));
            sleep(Duration.ofMillis(100));
            Coroutine<Void> third = spawn(() -> show(service.page("3")));
            sleep(Duration.ofMillis(10));
            third.cancel();
            await(List.of(first, second));
        });

        assertEquals(
                List.of(
                        "0 busy/1 #1",
                        "400 busy/1 #1 cancelled",
                        "400 busy/2 #2",
                        "400 busy none null (no answer within 400 ms)",
                        "410 busy/2 #2 says free again",
                        "410 busy fresh free again"),
                log);
        assertEquals(0, busy.limiter().inUse());
        assertEquals(0, busy.limiter().waiting());
    }

    @Test
    void aPageThatIsCancelledTakesItsRequestsWithIt() {
        Service service = service(answering("a", after(30, "A")), answering("b", never(), never()));
        run(() -> {
            Coroutine<Void> page = spawn(() -> show(service.page("7")));
            sleep(Duration.ofMillis(200));
            page.cancel();
            try {
                await(page);
            } catch (CancellationException e) {
                log.add(when("page cancelled"));
            }
            assertEquals(1, Coroutines.all(Coroutines.current().loop()).size(), "only the test is left");
        });

        assertEquals(
                List.of(
                        "0 a/7 #1",
                        "0 b/7 #1",
                        "30 a/7 #1 says A",
                        "100 b/7 #2",
                        "200 b/7 #1 cancelled",
                        "200 b/7 #2 cancelled",
                        "200 page cancelled"),
                log);
    }

    // ------------------------------------------------------------------------------------------------------- services

    /** What a service does with one request. */
    private interface Behaviour extends Callable<String> {}

    private Behaviour after(int millis, String text) {
        return () -> {
            sleep(Duration.ofMillis(millis));
            return text;
        };
    }

    private Behaviour failing(int millis, String message) {
        return () -> {
            sleep(Duration.ofMillis(millis));
            throw new IOException(message);
        };
    }

    private Behaviour never() {
        return () -> await(new Deferred<String>());
    }

    private Upstream answering(String name, Behaviour... behaviours) {
        return new Upstream(
                name, scripted(name, behaviours), Duration.ofMillis(400), Duration.ofMillis(100), new Limiter(10));
    }

    private Upstream.Source scripted(String name, Behaviour... behaviours) {
        ArrayDeque<Behaviour> script = new ArrayDeque<>(List.of(behaviours));
        return product -> {
            String request = name + "/" + product + " #" + (behaviours.length - script.size() + 1);
            log.add(when(request));
            try {
                String text = script.remove().call();
                log.add(when(request + " says " + text));
                return text;
            } catch (CancellationException e) {
                log.add(when(request + " cancelled"));
                throw e;
            } catch (IOException e) {
                log.add(when(request + " fails"));
                throw e;
            }
        };
    }

    private Service service(Upstream... upstreams) {
        return new Service(List.of(upstreams), meters);
    }

    private Void show(Page page) {
        for (Part part : page.parts()) {
            String origin = part.origin().name().toLowerCase(Locale.ROOT);
            String problem = part.problem() == null ? "" : " (" + part.problem() + ")";
            log.add(when(part.upstream() + " " + origin + " " + part.text() + problem));
        }
        return null;
    }

    private static List<Long> figures(long... figures) {
        return Arrays.stream(figures).boxed().toList();
    }

    private String when(String label) {
        return clock.elapsed().toMillis() + " " + label;
    }

    private void run(Runnable body) {
        Coroutines.run(LoopOptions.defaults().withClock(clock).withExceptionHandler(reports::add), () -> {
            body.run();
            return null;
        });
    }
}
