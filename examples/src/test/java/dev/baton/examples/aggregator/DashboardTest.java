package dev.baton.examples.aggregator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.micrometer.BatonMeter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the dashboard asks for is what the aggregator tells. */
@Timeout(60)
class DashboardTest {
    private static final Path FOLDER = Path.of("observability");

    @Test
    void everyMetricOfTheDashboardIsInAScrape() throws IOException {
        Set<String> told;
        try (Running running = new Running()) {
            running.gate.complete("done");
            assertEquals(200, running.get("products/7").statusCode());
            told = running.get("metrics")
                    .body()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.replaceAll("[{ ].*", ""))
                    .collect(Collectors.toSet());
        }
        Set<String> asked = asked();
        assertTrue(asked.size() > 10, asked::toString);
        asked.removeAll(told);
        assertEquals(Set.of(), asked, "on the dashboard, and not in a scrape");
    }

    @Test
    void everyMeterOfALoopIsOnTheDashboard() throws IOException {
        Set<String> asked = asked();
        assertEquals(
                List.of(),
                Stream.of(BatonMeter.values())
                        .map(meter -> meter.meterName().replace('.', '_'))
                        .filter(meter -> asked.stream().noneMatch(name -> (name + "_").startsWith(meter + "_")))
                        .toList());
    }

    @Test
    void everyPanelHasAnExpressionAndAPlaceOfItsOwn() throws IOException {
        Set<String> places = new TreeSet<>();
        int panels = 0;
        for (JsonNode panel : dashboard().get("panels")) {
            assertFalse(panel.get("title").asText().isEmpty());
            assertFalse(panel.get("targets").isEmpty(), panel.get("title").asText());
            assertTrue(
                    panel.at("/fieldConfig/defaults/unit").isTextual(),
                    panel.get("title").asText());
            places.add(panel.get("gridPos").toString());
            panels++;
        }
        assertEquals(panels, places.size());
    }

    @Test
    void prometheusIsToldWhereTheAggregatorAnswers() throws IOException {
        String prometheus = Files.readString(FOLDER.resolve("prometheus.yml"));
        String check = Files.readString(FOLDER.resolve("check.sh"));
        assertTrue(prometheus.contains("targets: [\"127.0.0.1:9464\"]"), prometheus);
        assertTrue(check.contains("127.0.0.1:9464"), check);
    }

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper()
                .readTree(FOLDER.resolve("grafana-dashboard.json").toFile());
    }

    /** The names of metrics in the expressions. */
    private static Set<String> asked() throws IOException {
        Set<String> asked = new TreeSet<>();
        for (String expression : expressions()) {
            Pattern.compile("\\b(?:baton|aggregator)_[a-z_]+")
                    .matcher(expression)
                    .results()
                    .forEach(name -> asked.add(name.group()));
        }
        return asked;
    }

    private static List<String> expressions() throws IOException {
        return dashboard().get("panels").findValuesAsText("expr");
    }
}
