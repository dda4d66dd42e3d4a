package dev.baton.examples.linkchecker;

import dev.baton.examples.linkchecker.Report.BrokenLink;
import dev.baton.examples.linkchecker.Report.Links;
import dev.baton.examples.linkchecker.Report.Pages;
import dev.baton.examples.linkchecker.Report.Requests;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.DocumentType;
import org.jsoup.nodes.Element;

/** A report as one web page, with every broken link and every page that it stands on. */
final class HtmlReport {
    private static final String STYLE = """
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
        h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
        table { border-collapse: collapse; width: 100% }
        th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-top: 1px solid #ddd }
        td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
        td { overflow-wrap: anywhere } table.numbers { width: auto }
        """;

    private final Document document = Document.createShell("");

    private HtmlReport(Report report) {
        document.prependChild(new DocumentType("html", "", ""));
        document.head().appendElement("meta").attr("charset", "utf-8");
        document.head().appendElement("meta").attr("name", "viewport").attr("content", "width=device-width");
        document.title("Links of " + String.join(", ", report.starts()));
        document.head().appendElement("style").append(STYLE);
        document.body().appendElement("h1").text(TextReport.headline(report));
        addNumbers(report);
        addBroken(report.broken());
        addRedirects(report);
        addSlowest(report);
    }

    static String render(Report report) {
        return new HtmlReport(report).document.outerHtml();
    }

    private void addNumbers(Report report) {
        Element table = document.body().appendElement("table").addClass("numbers");
        Pages pages = report.pages();
        Links links = report.links();
        Requests requests = report.requests();
        addNumber(table, "Pages", pages.read());
        addRow(table, "Pages per second", String.format(Locale.ROOT, "%,.0f", pages.perSecond()));
        addNumber(table, "Files", pages.files());
        addRow(table, "Bytes", ByteSizes.format(pages.bytes()));
        addNumber(table, "Links", links.total());
        addNumber(table, "Different links", links.different());
        addNumber(table, "External links, not checked", links.external());
        addNumber(table, "Excluded links, not checked", links.excluded());
        addNumber(table, "Skipped links", links.skipped());
        addNumber(table, "Broken links", links.broken());
        addNumber(table, "Redirects", report.redirects().size());
        addNumber(table, "Requests", requests.sent());
        addNumber(table, "Retries", requests.retries());
        for (Map.Entry<String, Integer> host : requests.mostInFlight().entrySet()) {
            addNumber(table, "Most requests at a time to " + host.getKey(), host.getValue());
        }
    }

    private void addBroken(List<BrokenLink> broken) {
        if (broken.isEmpty()) {
            return;
        }
        Element table = addTable("Broken links", "Link", "Problem", "On");
        for (BrokenLink link : broken) {
            Element row = table.appendElement("tr");
            row.appendElement("td").text(link.link());
            row.appendElement("td").text(link.problem());
            Element pages = row.appendElement("td");
            link.pages().forEach(page -> pages.appendElement("div").text(page));
            if (link.pages().isEmpty()) {
                pages.text("start page");
            }
        }
    }

    private void addRedirects(Report report) {
        if (report.redirects().isEmpty()) {
            return;
        }
        Element table = addTable("Redirects", "From", "Status", "To");
        report.redirects().forEach(redirect -> {
            Element row = table.appendElement("tr");
            row.appendElement("td").text(redirect.from());
            row.appendElement("td").text(String.valueOf(redirect.status()));
            row.appendElement("td").text(redirect.to());
        });
    }

    private void addSlowest(Report report) {
        if (report.slowest().isEmpty()) {
            return;
        }
        Element table = addTable("Slowest pages", "Page", "Milliseconds", "Bytes");
        report.slowest().forEach(page -> {
            Element row = table.appendElement("tr");
            row.appendElement("td").text(page.page());
            row.appendElement("td").addClass("number").text(TextReport.grouped(page.millis()));
            row.appendElement("td").addClass("number").text(TextReport.grouped(page.bytes()));
        });
    }

    private Element addTable(String heading, String... columns) {
        document.body().appendElement("h2").text(heading);
        Element table = document.body().appendElement("table");
        Element head = table.appendElement("tr");
        for (String column : columns) {
            head.appendElement("th").text(column);
        }
        return table;
    }

    private static void addNumber(Element table, String name, int number) {
        addRow(table, name, TextReport.grouped(number));
    }

    private static void addRow(Element table, String name, String value) {
        Element row = table.appendElement("tr");
        row.appendElement("td").text(name);
        row.appendElement("td").addClass("number").text(value);
    }
}
