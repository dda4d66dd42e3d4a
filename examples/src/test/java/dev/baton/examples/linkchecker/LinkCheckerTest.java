package dev.baton.examples.linkchecker;

import static dev.baton.examples.linkchecker.TestServer.send;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class LinkCheckerTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void helpTellsEverything() {
        Run run = Run.of("--help");

        assertTrue(run.out().startsWith("Usage: linkchecker "), run.out());
        for (String option : new String[] {"--depth", "--deadline", "--metrics-port", "--report", "Exit status:"}) {
            assertTrue(run.out().contains(option), option);
        }
        assertEquals("", run.err());
        assertEquals(0, run.status());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --no-such-option       | Unknown option: '--no-such-option'
        --depth=-1             | Invalid value for option '--depth': it has to be at least 0
        --depth=x              | Invalid value for option '--depth': 'x' is not an int
        --in-flight=0          | Invalid value for option '--in-flight': it has to be at least 1
        --per-host=0           | Invalid value for option '--per-host': it has to be at least 1
        --retries=-1           | Invalid value for option '--retries': it has to be at least 0
        --max-bytes=2GiB       | Invalid value for option '--max-bytes': it has to be between 1 and 1073741824
        --max-bytes=many       | Invalid value for option '--max-bytes': 'many' is not a size; write 65536, 500KiB, 10MiB or 1GiB
        --timeout=30           | Invalid value for option '--timeout': '30' is not a duration; write 500ms, 30s, 2m or 1h
        --deadline=0s          | Invalid value for option '--deadline': '0s' is no time at all
        --metrics-port=70000   | Invalid value for option '--metrics-port': it has to be between 0 and 65535
        --exclude=(            | Invalid value for option '--exclude' (REGEX): cannot convert '(' to Pattern
        """)
    void wrongOptionsAreExplainedInALine(String option, String message) {
        Run run = Run.of(option, server.url("/"));

        assertTrue(run.err().startsWith("linkchecker: " + message), run.err());
        assertTrue(run.err().lines().count() <= 4, run.err());
        assertEquals("", run.out());
        assertEquals(2, run.status());
        assertEquals(0, server.requests().size());
    }

    @Test
    void brokenLinksAreAFailureOnlyIfAskedFor() {
        server.page("/", "<a href=missing>");

        assertEquals(0, Run.of(server.url("/")).status());
        assertEquals(1, Run.of(server.url("/"), "--fail-on-broken").status());
        server.page("/missing", "");
        assertEquals(0, Run.of(server.url("/"), "--fail-on-broken").status());
    }

    @Test
    void aPortThatIsTakenIsExplained() throws Exception {
        server.page("/", "");
        try (ServerSocket taken = new ServerSocket(0)) {
            Run run = Run.of(server.url("/"), "--metrics-port", String.valueOf(taken.getLocalPort()));

            assertEquals(
                    "linkchecker: cannot serve metrics on port " + taken.getLocalPort() + ": Address already in use",
                    run.err().strip());
            assertEquals(2, run.status());
        }
    }

    @Test
    void metricsAreServedWhileItRuns() throws Exception {
        CountDownLatch scraped = new CountDownLatch(1);
        server.page("/", "<a href=slow><a href=missing>").on("/slow", out -> {
            scraped.await(20, TimeUnit.SECONDS);
            send(out, "200 OK", "Content-Type: text/html", "");
        });
        StringWriter err = new StringWriter();
        FutureTask<Integer> run = new FutureTask<>(() -> LinkChecker.run(
                new PrintWriter(new StringWriter()),
                new PrintWriter(err, true),
                server.url("/"),
                "--quiet",
                "--metrics-port=0"));
        Thread.ofVirtual().start(run);

        try (HttpClient client = HttpClient.newHttpClient()) {
            await().atMost(Duration.ofSeconds(20)).until(() -> err.toString().contains("Metrics: "));
            URI metrics = URI.create(err.toString().strip().replace("Metrics: ", ""));
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                String text = client.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                        .body();
                assertTrue(text.contains("\nlinkchecker_pages_total 1.0\n"), text);
                assertTrue(text.contains("\nlinkchecker_broken_links_total 1.0\n"), text);
                assertTrue(text.contains("\nlinkchecker_inflight_requests 1.0\n"), text);
                assertTrue(text.contains("\nlinkchecker_requests_seconds_count{outcome=\"2xx\"} 1\n"), text);
                assertTrue(text.contains("\nlinkchecker_requests_seconds_count{outcome=\"4xx\"} 1\n"), text);
                assertTrue(text.contains("\nbaton_coroutines_active"), text);
            });
        } finally {
            scraped.countDown();
        }
        assertEquals(0, run.get(20, TimeUnit.SECONDS));
    }
}
