package dev.baton.jfr;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoroutineEventsTest {
    @TempDir
    private Path folder;

    private List<RecordedEvent> events(Recording recording) throws IOException {
        Path file = folder.resolve("events.jfr");
        recording.stop();
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.baton."))
                .toList();
    }

    private static void spin(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    private static LoopOptions options() {
        return LoopOptions.defaults().withName("recorded");
    }

    @Test
    @DisplayName("A-58 a recording holds slow steps, awaits and ends, by name")
    void recordsWhatItEnables() throws Exception {
        List<String> seen = new ArrayList<>();
        try (Recording recording = new Recording()) {
            recording.enable("dev.baton.Step").withThreshold(Duration.ofMillis(20));
            recording.enable("dev.baton.Await");
            recording.enable("dev.baton.CoroutineEnd");
            Coroutines.run(options(), () -> {
                CoroutineEvents.of(EventLoop.current());
                recording.start();
                Deferred<String> answer = new Deferred<>();
                Coroutine<?> asks = spawn("asks", () -> {
                    moment();
                    await(answer);
                    spin(Duration.ofMillis(60));
                });
                Coroutine<?> fails = spawn("fails", () -> {
                    await(asks);
                    throw new IOException();
                });
                fails.ignoreFailure();
                moment();
                moment();
                EventLoop.current().execute(() -> spin(Duration.ofMillis(60)));
                moment();
                answer.complete("");
                await(asks);
                moment();
                return null;
            });
            for (RecordedEvent event : events(recording)) {
                assertEquals("recorded", event.getString("loop"));
                String what = event.getEventType().getName().replace("dev.baton.", "");
                switch (what) {
                    case "Step" -> {
                        assertTrue(event.getDuration().compareTo(Duration.ofMillis(20)) >= 0, event.toString());
                        seen.add("Step " + event.getString("holder"));
                    }
                    case "Await" ->
                        seen.add("Await " + event.getString("coroutine") + " "
                                + event.getString("awaited").replaceAll("@.*", ""));
                    default ->
                        seen.add(what + " " + event.getString("coroutine") + " " + event.getString("outcome") + " "
                                + (event.getDuration("lifetime").compareTo(Duration.ofMillis(60)) >= 0));
                }
            }
        }
        seen.sort(null);
        assertEquals(
                List.of(
                        "Await asks dev.baton.future.Deferred",
                        "Await fails asks",
                        "Await main asks",
                        "CoroutineEnd asks success true",
                        "CoroutineEnd fails failure true",
                        "Step asks",
                        "Step callback"),
                seen.stream()
                        .filter(line -> !line.startsWith("CoroutineEnd main"))
                        .toList());
    }

    @Test
    @DisplayName("A-58 nobody listens to the loop unless a recording wants it, and a plain one does not")
    void paysNothingWhenOff() throws Exception {
        List<String> seen = new ArrayList<>();
        Coroutines.run(options(), () -> {
            EventLoop loop = EventLoop.current();
            CoroutineEvents.of(loop);
            seen.add("before " + isWatched(loop));
            try (Recording plain = new Recording()) {
                plain.start();
                seen.add("plain " + isWatched(loop));
            }
            try (Recording wanting = new Recording()) {
                wanting.enable("dev.baton.Await");
                wanting.start();
                seen.add("wanting " + isWatched(loop));
                wanting.stop();
                seen.add("stopped " + isWatched(loop));
            }
            try (Recording wanting = new Recording()) {
                wanting.enable("dev.baton.Await");
                wanting.start();
                CoroutineEvents.of(loop).close();
                seen.add("closed meanwhile " + isWatched(loop));
            }
            try (Recording wanting = new Recording()) {
                wanting.enable("dev.baton.Await");
                wanting.start();
                seen.add("closed " + isWatched(loop));
            }
            return null;
        });
        assertEquals(
                List.of(
                        "before false",
                        "plain false",
                        "wanting true",
                        "stopped false",
                        "closed meanwhile false",
                        "closed false"),
                seen);
    }

    @Test
    @DisplayName("A-58 unless a recording says otherwise, no event is enabled, and a step counts from 10 ms on")
    void defaults() {
        List<String> settings = new ArrayList<>();
        for (Class<? extends Event> event : List.of(StepEvent.class, AwaitEvent.class, CoroutineEndEvent.class)) {
            EventType type = EventType.getEventType(event);
            type.getSettingDescriptors().stream()
                    .filter(setting -> setting.getName().equals("enabled") || event == StepEvent.class)
                    .filter(setting -> List.of("enabled", "threshold").contains(setting.getName()))
                    .forEach(setting ->
                            settings.add(type.getName() + " " + setting.getName() + " " + setting.getDefaultValue()));
        }
        assertEquals(
                List.of(
                        "dev.baton.Await enabled false",
                        "dev.baton.CoroutineEnd enabled false",
                        "dev.baton.Step enabled false",
                        "dev.baton.Step threshold 10 ms"),
                settings.stream().sorted().toList());
    }

    /** Waiting times are measured exactly while somebody listens. */
    private static boolean isWatched(EventLoop loop) {
        Deferred<String> end = new Deferred<>();
        Coroutine<?> probe = spawn("probe", () -> await(end));
        boolean watched = loop.liveFibers().stream()
                .filter(fiber -> fiber.name().equals("probe"))
                .anyMatch(fiber -> fiber.waitingNanos().isPresent());
        end.complete("");
        await(probe);
        return watched;
    }

    @Test
    @DisplayName("A-58 there is one recorder for a loop, and it ends with the loop")
    void endsWithTheLoop() {
        VirtualTime time = new VirtualTime();
        time.run(() ->
                assertEquals(CoroutineEvents.of(EventLoop.current()), CoroutineEvents.of(EventLoop.current()), "one"));
        time.assertNoReports();
    }
}
