package dev.baton.examples.aggregator;

import java.util.List;
import java.util.Locale;

/** The table at the end. */
final class Summary {
    private static final String ROW = "%-8s %9s %9s %9s %9s %9s %9s %9s%n";

    private Summary() {}

    static String of(int requests, int answered, double seconds, List<Upstream> upstreams, Meters meters) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%n%d of %d pages in %.1fs:", answered, requests, seconds));
        for (String outcome : Meters.PAGES) {
            text.append(' ')
                    .append(meters.pagesSoFar(outcome))
                    .append(' ')
                    .append(outcome)
                    .append(',');
        }
        text.setCharAt(text.length() - 1, '\n');
        text.append('\n');
        text.append(String.format(
                Locale.ROOT, ROW, "", "answers", "failures", "cancelled", "hedges", "won", "cached", "missing"));
        for (Upstream upstream : upstreams) {
            Object[] row = new Object[8];
            row[0] = upstream.name();
            System.arraycopy(meters.figures(upstream).toArray(), 0, row, 1, 7);
            text.append(String.format(Locale.ROOT, ROW, row));
        }
        return text.toString();
    }
}
