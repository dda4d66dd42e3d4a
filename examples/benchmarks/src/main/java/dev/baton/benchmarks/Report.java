package dev.baton.benchmarks;

import dev.baton.benchmarks.Figures.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes the figures of the last full run into README.md, between two marks, and into chart.svg. */
public final class Report {
    private static final String BEGIN = "<!-- figures: written by the Report class -->";
    private static final String END = "<!-- end of figures -->";

    private Report() {}

    public static void main(String[] args) throws IOException {
        Figures figures = Figures.read(Path.of("target", "results"));
        Files.writeString(Path.of("chart.svg"), Chart.svg(figures));
        Path readme = Path.of("README.md");
        String text = Files.readString(readme);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        Files.writeString(
                readme,
                text.substring(0, begin) + "\n\n" + String.join("\n", lines(figures)) + "\n\n" + text.substring(end));
    }

    private static List<String> lines(Figures figures) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(Machine.describe(figures.first));
        lines.add("");
        lines.add("### What it should reach");
        lines.add("");
        lines.addAll(Targets.table(figures));
        lines.add("");
        lines.add("### All of it");
        lines.add("");
        lines.add(
                "Nanoseconds for one operation, the median of the iterations; a dash where a peer has no such thing.");
        lines.add("");
        lines.add(row(Arrays.stream(Peer.values()).map(Peer::title).toList(), "scenario"));
        lines.add(row(Arrays.stream(Peer.values()).map(peer -> "---:").toList(), "---"));
        figures.all()
                .forEach((scenario, byPeer) -> lines.add(row(
                        Arrays.stream(Peer.values())
                                .map(peer -> median(byPeer.get(peer)))
                                .toList(),
                        title(scenario))));
        lines.add("");
        lines.add("![chart](chart.svg)");
        lines.add("");
        lines.add("### With errors and ratios");
        lines.add("");
        lines.add("The error is JMH's: half of the interval that holds the mean with 99.9 %.");
        lines.add("");
        lines.add("| scenario | who | median | error | of PORTABLE | of CARRIER |");
        lines.add("| --- | --- | ---: | ---: | ---: | ---: |");
        figures.all()
                .forEach((scenario, byPeer) ->
                        byPeer.forEach((peer, figure) -> lines.add("| %s | %s | %s | %s | %s | %s |"
                                .formatted(
                                        title(scenario),
                                        peer.title(),
                                        number(figure.median()),
                                        Double.isNaN(figure.error()) ? "" : "± " + number(figure.error()),
                                        ratio(figure, byPeer, Peer.batonPortable),
                                        ratio(figure, byPeer, Peer.batonCarrier)))));
        return lines;
    }

    private static String title(String scenario) {
        return Figures.TITLES.getOrDefault(scenario, scenario);
    }

    private static String row(List<String> cells, String head) {
        return cells.stream().collect(Collectors.joining(" | ", "| " + head + " | ", " |"));
    }

    private static String median(@Nullable Figure figure) {
        return figure == null ? "–" : number(figure.median());
    }

    private static String ratio(Figure figure, Map<Peer, Figure> byPeer, Peer baton) {
        Figure base = byPeer.get(baton);
        return base == null ? "" : String.format(Locale.ROOT, "%.2f", figure.median() / base.median());
    }

    /** {@return a figure with as many digits as say something} */
    static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%,.0f", value);
    }
}
