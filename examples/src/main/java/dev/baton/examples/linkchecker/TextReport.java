package dev.baton.examples.linkchecker;

import dev.baton.examples.linkchecker.Report.BrokenLink;
import dev.baton.examples.linkchecker.Report.Links;
import dev.baton.examples.linkchecker.Report.Pages;
import dev.baton.examples.linkchecker.Report.RedirectedLink;
import dev.baton.examples.linkchecker.Report.Requests;
import dev.baton.examples.linkchecker.Report.SlowPage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A report to be read in a terminal: short, the numbers below each other. */
final class TextReport {
    private static final int MOST_BROKEN = 20;
    private static final int MOST_REDIRECTS = 10;
    private static final int MOST_HOSTS = 3;

    private final StringBuilder text = new StringBuilder();

    private TextReport() {}

    static String render(Report report) {
        TextReport rendered = new TextReport();
        rendered.addHeadline(report);
        rendered.addPages(report.pages());
        rendered.addLinks(report.links());
        rendered.addNumber("Redirects", report.redirects().size(), "");
        rendered.addRequests(report.requests());
        rendered.addBroken(report.broken());
        rendered.addRedirects(report.redirects());
        rendered.addSlowest(report.slowest());
        return rendered.text.toString();
    }

    /** {@return a run in one line: where, how long, and how it ended} */
    static String headline(Report report) {
        String took = Durations.format(Duration.ofMillis(Math.round(report.seconds() * 1_000)));
        return "Checked " + String.join(", ", report.starts()) + " in " + took + ": " + ending(report);
    }

    private static String ending(Report report) {
        int broken = report.links().broken();
        String result = broken == 0 ? "no broken link" : counted(broken, "broken link");
        String left = "; not read yet: " + counted(report.pages().unread(), "URL") + ", not checked yet: "
                + counted(report.links().unchecked(), "link");
        return switch (report.ending()) {
            case COMPLETE -> result;
            case DEADLINE -> "stopped at the deadline, " + result + left;
            case INTERRUPTED -> "interrupted, " + result + left;
        };
    }

    private void addHeadline(Report report) {
        addLine(headline(report));
        addLine("");
    }

    private void addPages(Pages pages) {
        addNumber("Pages", pages.read(), String.format(Locale.ROOT, "%,.0f per second", pages.perSecond()));
        addNumber("Files", pages.files(), pages.cutFiles() == 0 ? "" : pages.cutFiles() + " larger than --max-bytes");
        addRow("Bytes", ByteSizes.format(pages.bytes()), "");
    }

    private void addLinks(Links links) {
        addNumber(
                "Links",
                links.total(),
                String.format(Locale.ROOT, "%,d different ones, each checked once", links.different()));
        addNumber("  external", links.external(), links.external() == 0 ? "" : "not checked (--external does)");
        if (links.excluded() > 0) {
            addNumber("  excluded", links.excluded(), "not checked");
        }
        addNumber("  skipped", links.skipped(), links.skipped() == 0 ? "" : "mailto:, javascript:, data: and the like");
        addNumber("  broken", links.broken(), "");
    }

    private void addRequests(Requests requests) {
        String hosts = requests.mostInFlight().entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(MOST_HOSTS)
                .map(host -> host.getValue() + " to " + host.getKey())
                .collect(Collectors.joining(", ", "at most ", " at a time"));
        addNumber("Requests", requests.sent(), requests.mostInFlight().isEmpty() ? "" : hosts);
        if (requests.retries() > 0) {
            addNumber("  retries", requests.retries(), "");
        }
    }

    private void addBroken(List<BrokenLink> broken) {
        addHeading("Broken links", broken);
        for (BrokenLink link : broken.subList(0, Math.min(MOST_BROKEN, broken.size()))) {
            addLine("  " + link.link());
            addLine("      " + link.problem());
            addLine("      " + standsOn(link.pages()));
        }
        addRest(broken, MOST_BROKEN);
    }

    private static String standsOn(List<String> pages) {
        return switch (pages.size()) {
            case 0 -> "start page";
            case 1 -> "on " + pages.get(0);
            default -> "on " + pages.get(0) + " and " + counted(pages.size() - 1, "more page");
        };
    }

    private void addRedirects(List<RedirectedLink> redirects) {
        addHeading("Redirects", redirects);
        for (RedirectedLink redirect : redirects.subList(0, Math.min(MOST_REDIRECTS, redirects.size()))) {
            addLine("  " + redirect.from());
            addLine("      " + redirect.status() + " to " + redirect.to());
        }
        addRest(redirects, MOST_REDIRECTS);
    }

    private void addSlowest(List<SlowPage> slowest) {
        addHeading("Slowest pages", slowest);
        for (SlowPage page : slowest) {
            addLine(String.format(
                    Locale.ROOT, "%,9d ms  %10s  %s", page.millis(), ByteSizes.format(page.bytes()), page.page()));
        }
    }

    private void addHeading(String heading, List<?> below) {
        if (!below.isEmpty()) {
            addLine("");
            addLine(heading);
        }
    }

    private void addRest(List<?> all, int shown) {
        if (all.size() > shown) {
            addLine(String.format(Locale.ROOT, "  ... and %,d more; see --report", all.size() - shown));
        }
    }

    private void addNumber(String name, int number, String remark) {
        addRow(name, grouped(number), remark);
    }

    private void addRow(String name, String value, String remark) {
        addLine(String.format(Locale.ROOT, "%-12s%12s   %s", name, value, remark)
                .stripTrailing());
    }

    private void addLine(String line) {
        text.append(line).append(System.lineSeparator());
    }

    private static String counted(long number, String noun) {
        return grouped(number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** {@return a number as people like to read it: 12,345} */
    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
