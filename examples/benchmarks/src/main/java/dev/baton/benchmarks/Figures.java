package dev.baton.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** What was measured: for each scenario, a figure for each peer that has such a thing. Ordered as {@link #TITLES}. */
final class Figures {
    /** Each scenario, as JMH names it (class and parameters), and how the report does. */
    static final Map<String, String> TITLES = titles();

    static final String MEMORY = "Memory";

    private final Map<String, Map<Peer, Figure>> scenarios = new LinkedHashMap<>();
    final JsonNode first;

    /** The median of the iterations and JMH's error of their mean, in nanoseconds for each operation (or bytes). */
    record Figure(double median, double error) {}

    private Figures(JsonNode first) {
        this.first = first;
        TITLES.keySet().forEach(scenario -> scenarios.put(scenario, new EnumMap<>(Peer.class)));
    }

    /** Reads JMH's JSON, and the lines of {@link Benchmarks}' memory runs. */
    static Figures read(Path folder) throws IOException {
        JsonNode runs = new ObjectMapper().readTree(folder.resolve("jmh.json").toFile());
        Figures figures = new Figures(runs.get(0));
        for (JsonNode run : runs) {
            figures.add(run);
        }
        for (String line : Files.readAllLines(folder.resolve("memory.txt"))) {
            String[] words = line.split(" ", 2);
            figures.of(MEMORY).put(Peer.valueOf(words[0]), new Figure(Double.parseDouble(words[1]), Double.NaN));
        }
        return figures;
    }

    private void add(JsonNode run) {
        String[] names = run.get("benchmark").asText().split("\\.", -1);
        StringBuilder scenario = new StringBuilder(names[names.length - 2]);
        if (run.has("params")) {
            run.get("params").forEach(value -> scenario.append(' ').append(value.asText()));
        }
        JsonNode metric = run.get("primaryMetric");
        double[] iterations = StreamSupport.stream(metric.get("rawData").spliterator(), false)
                .flatMap(fork -> StreamSupport.stream(fork.spliterator(), false))
                .mapToDouble(JsonNode::asDouble)
                .sorted()
                .toArray();
        of(scenario.toString())
                .put(
                        Peer.valueOf(names[names.length - 1]),
                        new Figure(median(iterations), metric.get("scoreError").asDouble(Double.NaN)));
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** {@return the figures of one scenario, by peer} */
    Map<Peer, Figure> of(String scenario) {
        return scenarios.computeIfAbsent(scenario, any -> new EnumMap<>(Peer.class));
    }

    Map<String, Map<Peer, Figure>> all() {
        return scenarios;
    }

    /** {@return the median, or NaN where nothing was measured} */
    double median(String scenario, Peer peer) {
        @Nullable Figure figure = of(scenario).get(peer);
        return figure == null ? Double.NaN : figure.median;
    }

    private static Map<String, String> titles() {
        Map<String, String> titles = new LinkedHashMap<>();
        titles.put("MomentAlone", "`moment` alone");
        titles.put("MomentAmong 2", "`moment` among 2");
        titles.put("MomentAmong 1000", "`moment` among 1,000");
        titles.put("MomentByTask", "the same, Vert.x with a task for each turn");
        titles.put("MomentAmong 100000", "`moment` among 100,000");
        titles.put("HandValue", "hand a value back and forth");
        titles.put("SpawnAndAwait", "spawn and await");
        titles.put("SpawnMany", "spawn 100,000, await all");
        titles.put("AwaitDone", "await of a completed future");
        titles.put("CompletedElsewhere 1x1", "completed by a foreign thread, round trip");
        titles.put("CompletedElsewhere 1000x4", "completed by 4 foreign threads, throughput");
        titles.put("Sleepers", "100,000 that sleep");
        titles.put("CancelledTimers", "a million timers, scheduled and cancelled");
        titles.put("MultiOfMany", "`multi` over 10,000 futures");
        titles.put("Metrics false", "`moment` among 1,000, no metrics");
        titles.put("Metrics true", "`moment` among 1,000, metrics bound");
        titles.put("TwoLoops 1", "1 loop");
        titles.put("TwoLoops 2", "2 loops");
        titles.put(MEMORY, "bytes for each of a million suspended");
        return titles;
    }
}
