package dev.baton.examples.linkchecker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.examples.linkchecker.Report.BrokenLink;
import dev.baton.examples.linkchecker.Report.Ending;
import dev.baton.examples.linkchecker.Report.RedirectedLink;
import dev.baton.examples.linkchecker.Report.SlowPage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final Report REPORT = new Report(
            List.of("http://example.org/"),
            Ending.COMPLETE,
            3.449,
            new Report.Pages(1_749, 507.1, 26, 1, 45_926_809, 0),
            new Report.Links(183_594, 19_243, 2, 2_053, 4, 12, 0),
            new Report.Requests(1_780, 4, Map.of("example.org", 16)),
            List.of(
                    new BrokenLink(
                            "http://example.org/a",
                            "404 Not Found",
                            List.of("http://example.org/x", "http://example.org/y")),
                    new BrokenLink(
                            "http://example.org/b#<c>",
                            "no anchor \"<c>\" on that page",
                            List.of("http://example.org/x"))),
            List.of(new RedirectedLink("http://example.org/old", 301, "http://example.org/new")),
            List.of(
                    new SlowPage("http://example.org/big", 1_234, 2_097_152),
                    new SlowPage("http://example.org/small", 9, 512)));

    @TempDir
    Path folder;

    @Test
    void asText() {
        assertEquals("""
            Checked http://example.org/ in 3.4s: 2 broken links

            Pages              1,749   507 per second
            Files                 26   1 larger than --max-bytes
            Bytes           43.8 MiB
            Links            183,594   19,243 different ones, each checked once
              external         2,053   not checked (--external does)
              excluded             4   not checked
              skipped             12   mailto:, javascript:, data: and the like
              broken               2
            Redirects              1
            Requests           1,780   at most 16 to example.org at a time
              retries              4

            Broken links
              http://example.org/a
                  404 Not Found
                  on http://example.org/x and 1 more page
              http://example.org/b#<c>
                  no anchor "<c>" on that page
                  on http://example.org/x

            Redirects
              http://example.org/old
                  301 to http://example.org/new

            Slowest pages
                1,234 ms       2 MiB  http://example.org/big
                    9 ms   512 bytes  http://example.org/small
            """, TextReport.render(REPORT).replace(System.lineSeparator(), "\n"));
    }

    @Test
    void asTextWithoutMuchToSay() {
        Report report = new Report(
                List.of("site/"),
                Ending.COMPLETE,
                0.012,
                new Report.Pages(1, 83.3, 0, 0, 17, 0),
                new Report.Links(1, 1, 0, 0, 0, 0, 0),
                new Report.Requests(1, 0, Map.of()),
                List.of(),
                List.of(),
                List.of());

        assertEquals("""
            Checked site/ in 12ms: no broken link

            Pages                  1   83 per second
            Files                  0
            Bytes           17 bytes
            Links                  1   1 different ones, each checked once
              external             0
              skipped              0
              broken               0
            Redirects              0
            Requests               1
            """, TextReport.render(report).replace(System.lineSeparator(), "\n"));
    }

    @Test
    void asTextNoLongerThanAScreen() {
        List<BrokenLink> many = IntStream.range(0, 1_234)
                .mapToObj(i -> new BrokenLink("http://example.org/" + i, "404 Not Found", List.of()))
                .toList();
        Report report = new Report(
                REPORT.starts(),
                Ending.INTERRUPTED,
                61,
                REPORT.pages(),
                new Report.Links(9, 9, 1_234, 0, 0, 0, 5),
                REPORT.requests(),
                many,
                REPORT.redirects(),
                REPORT.slowest());

        String text = TextReport.render(report);

        assertTrue(
                text.startsWith("Checked http://example.org/ in 1m 1s: interrupted, 1,234 broken links; "
                        + "not read yet: 0 URLs, not checked yet: 5 links"),
                text);
        assertTrue(text.contains("      start page"), text);
        assertTrue(text.contains("  ... and 1,214 more; see --report"), text);
        assertTrue(text.lines().count() < 100, text);
    }

    @Test
    void asJson() throws Exception {
        Path file = folder.resolve("report.json");

        ReportFormat.of(file).write(REPORT, file);

        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertEquals(1_749, json.at("/pages/read").asInt());
        assertEquals("COMPLETE", json.get("ending").asText());
        assertEquals("http://example.org/y", json.at("/broken/0/pages/1").asText());
        assertEquals(16, json.at("/requests/mostInFlight/example.org").asInt());
        assertEquals(301, json.at("/redirects/0/status").asInt());
        assertEquals(
                List.of("starts", "ending", "seconds", "pages", "links", "requests", "broken", "redirects", "slowest"),
                json.propertyStream().map(Map.Entry::getKey).toList());
    }

    @Test
    void asHtml() throws Exception {
        Path file = folder.resolve("report.HTML");

        ReportFormat.of(file).write(REPORT, file);

        Document html = Jsoup.parse(file);
        assertEquals(
                "Checked http://example.org/ in 3.4s: 2 broken links",
                html.selectFirst("h1").text());
        assertEquals(
                List.of("Broken links", "Redirects", "Slowest pages"),
                html.select("h2").eachText());
        assertTrue(html.select("td").eachText().contains("http://example.org/b#<c>"), "escaped");
        assertEquals(
                2,
                html.select("td:contains(http://example.org/x) div").stream()
                        .filter(e -> e.text().endsWith("/x"))
                        .count());
        assertTrue(Files.readString(file).startsWith("<!doctype html>"));
    }

    @Test
    void unusableFilesAreExplainedBeforeTheRun() throws Exception {
        assertUnusable("report.pdf", ": its name has to end with .json or .html");
        assertUnusable("missing/report.json", ": there is no such folder");
        Files.createDirectory(folder.resolve("folder.json"));
        assertUnusable("folder.json", ": no permission, or not a file");
    }

    private void assertUnusable(String name, String reason) {
        Path file = folder.resolve(name);
        var e = assertThrows(UnusableInputException.class, () -> ReportFormat.of(file));
        assertEquals("cannot write a report to '" + file + "'" + reason, e.getMessage());
        assertEquals(2, Run.of("--report", file.toString(), folder.toString()).status());
    }
}
