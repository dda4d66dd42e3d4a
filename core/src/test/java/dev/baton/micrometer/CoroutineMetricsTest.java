package dev.baton.micrometer;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.VirtualTime;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoroutineMetricsTest {
    private final VirtualTime time = new VirtualTime();
    private final MeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private CoroutineMetrics bind() {
        CoroutineMetrics metrics = new CoroutineMetrics(EventLoop.current());
        metrics.bindTo(registry);
        return metrics;
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private double counter(String name) {
        return registry.get(name).functionCounter().count();
    }

    /** "count total max", the times in milliseconds. */
    private static String figures(Timer timer) {
        return timer.count() + " " + timer.totalTime(TimeUnit.MILLISECONDS) + " " + timer.max(TimeUnit.MILLISECONDS);
    }

    private String duration(String outcome) {
        return figures(
                registry.get("baton.coroutine.duration").tag("outcome", outcome).timer());
    }

    @Test
    void everyMeterHasItsTypeUnitDescriptionAndTags() {
        time.run(() -> {
            bind();
            TreeSet<String> meters = new TreeSet<>();
            for (Meter meter : registry.getMeters()) {
                Meter.Id id = meter.getId();
                meters.add(id.getName() + " " + id.getType() + " " + id.getBaseUnit());
                assertFalse(id.getDescription() == null || id.getDescription().isBlank(), id.toString());
                assertEquals(EventLoop.current().name(), id.getTag("loop"));
                assertEquals(EventLoop.current().handoff().name().toLowerCase(Locale.ROOT), id.getTag("handoff"));
                assertEquals(
                        id.getName().equals("baton.coroutine.duration") ? 3 : 2,
                        id.getTags().size(),
                        id.toString());
            }
            assertEquals(
                    new TreeSet<>(List.of(
                            "baton.coroutines.active GAUGE coroutines",
                            "baton.coroutines.suspended GAUGE coroutines",
                            "baton.coroutines.spawned COUNTER coroutines",
                            "baton.coroutines.unretrieved COUNTER failures",
                            "baton.coroutine.duration TIMER seconds",
                            "baton.loop.iterations COUNTER iterations",
                            "baton.loop.ready GAUGE tasks",
                            "baton.loop.timers GAUGE timers",
                            "baton.loop.lag TIMER seconds",
                            "baton.loop.step TIMER seconds")),
                    meters);
        });
    }

    @Test
    void gaugesAndCountersFollowTheLoop() {
        time.run(() -> {
            bind();
            assertEquals(1, gauge("baton.coroutines.active"));
            assertEquals(0, gauge("baton.coroutines.suspended"));
            assertEquals(1, counter("baton.coroutines.spawned"));
            Deferred<String> end = new Deferred<>();
            Coroutine<?> a = spawn(() -> await(end));
            Coroutine<?> b = spawn(() -> sleep(ms(10)));
            spawn(() -> "ends at once");
            Coroutine<?> c = spawnLater(() -> "later");
            EventLoop.current().execute(() -> {});
            assertEquals(4, gauge("baton.coroutines.active"));
            assertEquals(2, gauge("baton.coroutines.suspended"));
            assertEquals(5, counter("baton.coroutines.spawned"));
            assertEquals(2, gauge("baton.loop.ready"));
            assertEquals(1, gauge("baton.loop.timers"));
            assertEquals(0, counter("baton.loop.iterations"));
            end.complete("x");
            assertEquals(1, gauge("baton.coroutines.suspended"), "one is ready");
            await(List.of(a, b));
            assertTrue(c.isDone());
            assertEquals(1, gauge("baton.coroutines.active"));
            assertEquals(0, gauge("baton.loop.ready"));
            assertEquals(0, gauge("baton.loop.timers"));
            assertEquals(VirtualTime.iteration(), counter("baton.loop.iterations"));
        });
    }

    @Test
    void durationIsFromTheStartToTheEndByOutcome() {
        time.run(() -> {
            bind();
            Coroutine<?> a = spawn(() -> sleep(ms(30)));
            Coroutine<?> b = spawn(() -> sleep(ms(50)));
            Coroutine<?> bad = spawn(() -> {
                sleep(ms(10));
                throw new IOException();
            });
            Coroutine<?> cancelled = spawn(() -> sleep(Duration.ofDays(1)));
            assertThrows(IOException.class, () -> await(bad));
            sleep(ms(10));
            cancelled.cancel();
            assertThrows(CancellationException.class, () -> await(cancelled));
            await(List.of(a, b));
            assertEquals("2 80.0 50.0", duration("success"));
            assertEquals("1 10.0 10.0", duration("failure"));
            assertEquals("1 20.0 20.0", duration("cancelled"));
        });
    }

    @Test
    void stepIsOneHoldOfTheBaton() {
        time.run(() -> {
            bind();
            time.clock.advanceBy(ms(5)); // what a slow body does
            moment();
            assertEquals("1 5.0 5.0", figures(registry.get("baton.loop.step").timer()));
            EventLoop.current().execute(() -> time.clock.advanceBy(ms(20)));
            moment();
            Timer step = registry.get("baton.loop.step").timer();
            assertEquals("3 25.0 20.0", figures(step));
            sleep(ms(100));
            assertEquals(25.0, step.totalTime(TimeUnit.MILLISECONDS), "to wait is no step");
        });
    }

    @Test
    void eagerChildsStepIsItsOwn() {
        time.run(() -> {
            bind();
            time.clock.advanceBy(ms(1));
            spawn(() -> time.clock.advanceBy(ms(10)));
            time.clock.advanceBy(ms(2));
            moment();
            assertEquals("3 13.0 10.0", figures(registry.get("baton.loop.step").timer()));
        });
    }

    @Test
    void lagIsFromReadyToRunning() {
        time.run(() -> {
            bind();
            Timer lag = registry.get("baton.loop.lag").timer();
            EventLoop.current().execute(() -> {});
            time.clock.advanceBy(ms(7));
            moment(); // the callback has waited for 7 ms, this coroutine not at all
            assertEquals("2 7.0 7.0", figures(lag));
            EventLoop.current().schedule(ms(3), () -> {});
            time.clock.advanceBy(ms(10));
            moment();
            moment();
            assertEquals(14.0, lag.totalTime(TimeUnit.MILLISECONDS), "a timer, from its deadline");
        });
    }

    @Test
    void unretrievedFailuresAreCounted() {
        IOException failure = new IOException();
        time.run(() -> {
            bind();
            spawn(() -> {
                throw failure;
            });
            assertEquals(
                    0, registry.get("baton.coroutines.unretrieved").counter().count());
        });
        assertEquals(1, registry.get("baton.coroutines.unretrieved").counter().count());
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    void severalRegistriesAreFedAlike() {
        MeterRegistry second = new SimpleMeterRegistry();
        time.run(() -> {
            CoroutineMetrics metrics = bind();
            metrics.bindTo(second);
            metrics.bindTo(second); // again: no effect
            await(spawn(() -> sleep(ms(10))));
            assertEquals("1 10.0 10.0", duration("success"));
            assertEquals(
                    1,
                    second.get("baton.coroutine.duration")
                            .tag("outcome", "success")
                            .timer()
                            .count());
            assertEquals(registry.getMeters().size(), second.getMeters().size());
        });
    }

    @Test
    void closeRemovesEveryMeterAndMeasuresNoMore() {
        MeterRegistry second = new SimpleMeterRegistry();
        time.run(() -> {
            registry.counter("somebody.elses");
            CoroutineMetrics metrics = bind();
            metrics.bindTo(second);
            Timer duration = registry.get("baton.coroutine.duration")
                    .tag("outcome", "success")
                    .timer();
            metrics.close();
            metrics.close();
            assertEquals(List.of(), second.getMeters());
            assertEquals(
                    List.of("somebody.elses"),
                    registry.getMeters().stream()
                            .map(meter -> meter.getId().getName())
                            .toList());
            await(spawn(() -> sleep(ms(10))));
            assertEquals(0, duration.count());
            assertEquals(List.of(), second.getMeters());
        });
    }

    @Test
    void tagsOfOnesOwnAreAdded() {
        time.run(() -> {
            new CoroutineMetrics(EventLoop.current(), Tags.of("service", "orders")).bindTo(registry);
            assertTrue(registry.getMeters().stream()
                    .allMatch(meter -> "orders".equals(meter.getId().getTag("service"))));
            assertNotNull(
                    registry.get("baton.loop.ready").tag("service", "orders").gauge());
        });
    }

    @Test
    void oneThatIsBoundLateMeasuresFromThenOn() {
        time.run(() -> {
            Coroutine<?> early = spawn(() -> sleep(ms(30)));
            sleep(ms(10));
            bind();
            await(early);
            assertEquals("1 0.0 0.0", duration("success"), "nobody listened when it started");
            await(spawn(() -> sleep(ms(5))));
            assertEquals("2 5.0 5.0", duration("success"));
        });
    }
}
