package dev.baton.examples.linkchecker;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.SimpleFileServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The site that the program checks when it is not told otherwise: three real ones, of some thousand pages. */
@Timeout(300)
class DefaultSiteTest {
    private Path site;

    @BeforeEach
    void findSite() {
        String named = System.getProperty("baton.site");
        assumeTrue(named != null, "no baton.site");
        site = Path.of(named).toAbsolutePath();
        assertTrue(Files.isDirectory(site), site + " is not there");
    }

    @Test
    void everyPageIsReadOnce() throws Exception {
        ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
        HttpHandler files = SimpleFileServer.createFileHandler(site);
        try (LoopbackServer server = new LoopbackServer(0, "/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            files.handle(exchange);
        })) {
            JsonNode report = Run.report(server.url().toString(), "--deadline", "4m", "--timeout", "1m");

            assertEquals("COMPLETE", report.get("ending").asText());
            assertEquals(0, report.at("/links/unchecked").asInt());
            Map<String, Long> counts = requests.stream().collect(groupingBy(request -> request, counting()));
            assertEquals(
                    List.of(),
                    counts.entrySet().stream()
                            .filter(count -> count.getValue() > 1)
                            .toList());
            assertEquals(requests.size(), report.at("/requests/sent").asInt());
            assertEquals(
                    requests.size(),
                    report.at("/pages/read").asInt()
                            + report.at("/pages/files").asInt()
                            + report.get("redirects").size()
                            + (int) Run.broken(report).stream()
                                    .filter(broken -> broken.contains(": 404 "))
                                    .count());
            assertTrue(report.at("/pages/read").asInt() > 1_000, report.get("pages")::toString);
            assertTrue(report.at("/links/different").asInt() > 10_000, report.get("links")::toString);
            assertTrue(report.at("/requests/mostInFlight").elements().next().asInt() <= 16);
        }
    }
}
