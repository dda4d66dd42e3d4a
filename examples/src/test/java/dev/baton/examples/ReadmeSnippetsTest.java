package dev.baton.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.baton.CoroutineDump;
import dev.baton.Coroutines;
import dev.baton.jfr.CoroutineEvents;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import dev.baton.loop.testing.VirtualClock;
import dev.baton.management.LoopManagement;
import dev.baton.micrometer.CoroutineMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the README shows beside its first example, compiled and run. {@link ReadmeTest} holds the two together. */
class ReadmeSnippetsTest {

    // [testing]
    @Test
    void retriesForADay() {
        VirtualClock clock = new VirtualClock();
        String answer = Coroutines.run(LoopOptions.defaults().withClock(clock), () -> {
            for (int attempt = 1; attempt < 24; attempt++) {
                Coroutines.sleep(Duration.ofHours(1));
            }
            return "gave up";
        });
        assertEquals("gave up", answer);
        assertEquals(Duration.ofHours(23), clock.elapsed());
    }
    // [/testing]

    @Test
    void aLoopTellsWhatItIsDoing() throws Exception {
        MeterRegistry registry = new SimpleMeterRegistry();
        // [tells]
        EventLoop loop =
                EventLoop.open(LoopOptions.defaults().withName("orders").withSlowStepThreshold(Duration.ofMillis(50)));
        CoroutineMetrics metrics = new CoroutineMetrics(loop);
        metrics.bindTo(registry); // Micrometer's
        LoopManagement.register(loop); // an MBean, for JConsole
        CoroutineEvents.of(loop); // for JDK Flight Recorder
        CoroutineDump.of(loop).writeTree(System.err); // or writeText, with whole stacks; or writeJson
        // [/tells]
        assertNotNull(registry.find("baton.loop.lag").tag("loop", "orders").timer());
        metrics.close();
        loop.close();
    }
}
