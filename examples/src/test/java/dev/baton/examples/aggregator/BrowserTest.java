package dev.baton.examples.aggregator;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, where there is one: Debian's package is called chromium. */
@Timeout(120)
class BrowserTest {

    @Test
    void theTreeIsDrawn(@TempDir Path folder) throws Exception {
        assumeTrue(isInstalled("chromium"), "chromium is not installed");
        Document page;
        try (Running running = new Running()) {
            CompletableFuture<HttpResponse<String>> waiting = running.getLater("products/7");
            await().atMost(Duration.ofSeconds(20)).until(() -> running.names().contains("gated/7 first"));
            page = Jsoup.parse(rendered(running, folder));
            running.gate.complete("done");
            assertEquals(200, waiting.join().statusCode());
        }
        List<String> tree = new ArrayList<>();
        for (Element line : page.select("#tree li")) {
            long depth = line.parents().stream()
                    .filter(above -> above.is("#tree li"))
                    .count();
            Element summary = line.selectFirst("summary");
            tree.add("  ".repeat((int) depth)
                    + (summary == null
                            ? ""
                            : summary.text().replaceAll(" #\\d+ ?", " ").replaceAll(" for [\\d.]+ s$", "")));
        }
        assertEquals(
                List.of(
                        "GET /products/7 suspended awaits Gather",
                        "  gated of 7 suspended awaits WaitFor",
                        "    gated/7 hedged suspended awaits Deferred",
                        "      gated/7 first suspended awaits CompletableFuture"),
                tree);
        assertTrue(
                page.select("#loop").text().startsWith("loop \"aggregator\" ("),
                page.select("#loop").text());
        assertTrue(page.select("#tree pre").text().contains("Service.page(Service.java:"));
    }

    /** {@return the document after its script has run} */
    private static String rendered(Running running, Path folder) throws IOException, InterruptedException {
        Path html = folder.resolve("page.html");
        Process browser = new ProcessBuilder(
                        "chromium",
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--virtual-time-budget=2000",
                        "--dump-dom",
                        running.url("coroutines").toString())
                .redirectOutput(html.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertTrue(browser.waitFor(60, TimeUnit.SECONDS), "chromium hangs");
        } finally {
            browser.destroyForcibly().waitFor();
        }
        return Files.readString(html);
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
