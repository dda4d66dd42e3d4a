package dev.baton.micrometer;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.future.Deferred;
import dev.baton.loop.BlockedStep;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopListener;
import dev.baton.loop.LoopOptions;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
                List<String> more = id.getTags().stream()
                        .map(Tag::getKey)
                        .filter(key -> !key.equals("loop") && !key.equals("handoff"))
                        .toList();
                meters.add(id.getName() + " " + id.getType() + " " + id.getBaseUnit() + " "
                        + (more.isEmpty() ? null : String.join(", ", more)) + ": " + id.getDescription());
                assertEquals(EventLoop.current().name(), id.getTag("loop"));
                assertEquals(EventLoop.current().handoff().name().toLowerCase(Locale.ROOT), id.getTag("handoff"));
            }
            TreeSet<String> documented = new TreeSet<>();
            for (BatonMeter meter : BatonMeter.values()) {
                String type = meter.type().name();
                documented.add(meter.meterName() + " " + type + " " + meter.baseUnit() + " " + meter.tag() + ": "
                        + meter.description());
            }
            assertEquals(documented, meters);
        });
    }

    @Test
    void theTableOfTheJavadocIsThatOfTheMeters() throws IOException {
        Path source = Path.of("src/main/java/dev/baton/micrometer/CoroutineMetrics.java");
        List<String> rows = Pattern.compile("<tr><td>(?s:.)*?(?=<tr>|</table>)")
                .matcher(Files.readString(source))
                .results()
                .map(row -> row.group().replaceAll("\\s+\\*?\\s*", " ").trim())
                .toList();
        assertEquals(
                Stream.of(BatonMeter.values())
                        .map(meter -> "<tr><td>{@code " + meter.meterName() + "}<td>"
                                + meter.type().name().toLowerCase(Locale.ROOT) + "<td>"
                                + Objects.requireNonNullElse(meter.baseUnit(), "") + "<td>"
                                + Objects.requireNonNullElse(meter.tag(), "") + " <td>" + meter.description())
                        .toList(),
                rows);
    }

    /** Prometheus appends the base unit, unless the name ends with it: "active_coroutines" of coroutines. */
    @Test
    void noUnitRepeatsAWordOfTheName() {
        for (BatonMeter meter : BatonMeter.values()) {
            String unit = String.valueOf(meter.baseUnit());
            assertTrue(!meter.meterName().contains(unit) || meter.meterName().endsWith("." + unit), meter.meterName());
        }
    }

    @Test
    void timeIsBusyOrIdleAndUtilizationIsTheBusyPart() {
        time.run(() -> {
            bind();
            time.clock.advanceBy(ms(1000)); // what a slow body does
            assertEquals("1.0 0.0", busyAndIdle(), "while the step lasts");
            sleep(ms(3000));
            assertEquals("1.0 3.0", busyAndIdle());
            assertEquals(0.25, gauge("baton.loop.utilization"));
            for (int i = 0; i < 10; i++) { // the window moves on
                sleep(ms(10_000));
                gauge("baton.loop.utilization");
            }
            assertEquals(0.0, gauge("baton.loop.utilization"));
            time.clock.advanceBy(ms(20_000));
            assertTrue(gauge("baton.loop.utilization") > 0.6);
            assertEquals("21.0 103.0", busyAndIdle());
        });
        String figures = busyAndIdle();
        time.clock.advanceBy(ms(5000));
        assertEquals(figures, busyAndIdle(), "a closed loop keeps its figures");
        assertEquals(1, counter("baton.coroutines.spawned"));
    }

    private String busyAndIdle() {
        return Stream.of("busy", "idle")
                .map(state ->
                        registry.get("baton.loop.time").tag("state", state).functionCounter())
                .map(counter -> String.valueOf(counter.count()))
                .collect(Collectors.joining(" "));
    }

    @Test
    void aLoopThatNobodyDrivesIsIdle() {
        EventLoop loop = EventLoop.create(time.options());
        new CoroutineMetrics(loop).bindTo(registry);
        loop.execute(() -> time.clock.advanceBy(ms(1000)));
        loop.runOnce();
        time.clock.advanceBy(ms(2000));
        assertEquals("1.0 2.0", busyAndIdle());
        loop.close();
    }

    @Test
    void blockedStepsAreCountedOnce() {
        try (EventLoop loop = EventLoop.open(LoopOptions.defaults().withSlowStepThreshold(ms(20)))) {
            CountDownLatch over = new CountDownLatch(1);
            CountDownLatch still = new CountDownLatch(1);
            new CoroutineMetrics(loop).bindTo(registry);
            loop.addListener(new LoopListener() {
                @Override
                public void stepBlocked(EventLoop on, BlockedStep step) {
                    switch (step.phase()) {
                        case NOTICED -> {}
                        case STILL -> still.countDown();
                        case OVER -> over.countDown();
                    }
                }
            });
            loop.execute(() -> VirtualTime.pass(still));
            VirtualTime.pass(over);
            assertEquals(1, registry.get("baton.loop.blocked").counter().count());
        }
    }

    @Test
    void bucketsCanBeSetForEachTimer() {
        time.run(() -> {
            new CoroutineMetrics(EventLoop.current())
                    .withServiceLevelObjectives(BatonMeter.LOOP_STEP, ms(10), ms(100))
                    .withServiceLevelObjectives(BatonMeter.COROUTINE_DURATION, ms(50))
                    .bindTo(registry);
            time.clock.advanceBy(ms(30));
            moment();
            assertEquals(
                    List.of("1.0E7 0.0", "1.0E8 1.0"),
                    Stream.of(registry.get("baton.loop.step")
                                    .timer()
                                    .takeSnapshot()
                                    .histogramCounts())
                            .map(bucket -> bucket.bucket() + " " + bucket.count())
                            .toList());
            assertEquals(
                    0, registry.get("baton.loop.lag").timer().takeSnapshot().histogramCounts().length);
        });
        try (EventLoop loop = EventLoop.open()) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new CoroutineMetrics(loop).withServiceLevelObjectives(BatonMeter.LOOP_READY, ms(1)));
        }
    }

    @Test
    void loopsAreToldApartByTheirTags() {
        try (EventLoop a = EventLoop.open(LoopOptions.defaults().withName("a"));
                EventLoop b = EventLoop.open(LoopOptions.defaults().withName("b"))) {
            new CoroutineMetrics(a).bindTo(registry);
            new CoroutineMetrics(b).bindTo(registry);
            Coroutines.spawn(a, () -> "x").join();
            assertEquals(
                    List.of(1.0, 0.0),
                    Stream.of("a", "b")
                            .map(name -> registry.get("baton.coroutines.spawned")
                                    .tag("loop", name)
                                    .functionCounter()
                                    .count())
                            .toList());
        }
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
