package dev.baton.benchmarks;

import dev.baton.benchmarks.Figures.Figure;
import java.util.List;
import java.util.Map;

/**
 * A chart of the figures in SVG: a group of bars for each scenario, on a scale where each line is ten times the one
 * before.
 */
final class Chart {
    private static final List<String> SCENARIOS = List.of(
            "MomentAlone",
            "MomentAmong 2",
            "MomentAmong 1000",
            "MomentAmong 100000",
            "HandValue",
            "SpawnAndAwait",
            "SpawnMany",
            "AwaitDone",
            "CompletedElsewhere 1x1",
            "CompletedElsewhere 1000x4",
            "Sleepers",
            "CancelledTimers",
            "MultiOfMany");
    private static final int LEFT = 290;
    private static final int WIDTH = 900;
    private static final int BAR = 13;
    private static final int GAP = 16;
    private static final int TOP = 60;
    private static final int DECADES = 5; // 1 ns to 100 us
    private static final int DECADE = (WIDTH - LEFT - 60) / DECADES;

    private final StringBuilder out = new StringBuilder();

    private Chart() {}

    static String svg(Figures figures) {
        return new Chart().draw(figures);
    }

    private String draw(Figures figures) {
        int height = TOP + GAP;
        for (String scenario : SCENARIOS) {
            height += figures.of(scenario).size() * BAR + GAP;
        }
        line("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"".formatted(WIDTH, height)
                + " font-family=\"sans-serif\" font-size=\"11\">");
        line("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>".formatted(WIDTH, height));
        legend();
        for (int decade = 0; decade <= DECADES; decade++) {
            int x = LEFT + decade * DECADE;
            line("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#dddddd\"/>"
                    .formatted(x, TOP - 6, x, height - GAP));
            text(x, TOP - 12, "middle", Report.number(Math.pow(10, decade)).replace(".0", "") + " ns");
        }
        int y = TOP;
        for (String scenario : SCENARIOS) {
            y = group(scenario, figures.of(scenario), y);
        }
        line("</svg>");
        return out.toString();
    }

    private void legend() {
        int x = 10;
        for (Peer peer : Peer.values()) {
            line("<rect x=\"%d\" y=\"12\" width=\"10\" height=\"10\" fill=\"%s\"/>".formatted(x, peer.colour()));
            text(x + 14, 21, "start", peer.title());
            x += 30 + peer.title().length() * 6;
        }
    }

    private int group(String scenario, Map<Peer, Figure> figures, int top) {
        String title = Figures.TITLES.getOrDefault(scenario, scenario).replace("`", "");
        text(LEFT - 8, top + figures.size() * BAR / 2 + 4, "end", title);
        int y = top;
        for (Map.Entry<Peer, Figure> entry : figures.entrySet()) {
            double median = entry.getValue().median();
            int width = (int) Math.max(2, Math.log10(Math.max(1, median)) * DECADE);
            line("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>"
                    .formatted(LEFT, y, width, BAR - 2, entry.getKey().colour()));
            text(LEFT + width + 4, y + BAR - 4, "start", Report.number(median));
            y += BAR;
        }
        return y + GAP;
    }

    private void text(int x, int y, String anchor, String text) {
        line("<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>".formatted(x, y, anchor, text));
    }

    private void line(String line) {
        out.append(line).append('\n');
    }
}
