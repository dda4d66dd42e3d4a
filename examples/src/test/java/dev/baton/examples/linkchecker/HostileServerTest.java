package dev.baton.examples.linkchecker;

import static dev.baton.examples.linkchecker.TestServer.send;
import static dev.baton.examples.linkchecker.TestServer.sendHead;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input, and the line that each kind of it gets. */
@Timeout(60)
class HostileServerTest {
    private final TestServer server = new TestServer();

    /** The first run of a JVM is slow, and some of these have little time for a request. */
    @BeforeAll
    static void warmUp() {
        try (TestServer server = new TestServer().page("/", "<a href=missing>")) {
            assertEquals(0, Run.of(server.url("/")).status());
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void noSuchHost() {
        Run run = Run.of("http://does-not-exist.invalid/", "--retries", "0");

        assertReported(run, """
              http://does-not-exist.invalid/
                  no such host: does-not-exist.invalid
                  start page
            """);
        assertEquals("linkchecker: no start page could be read", run.err().strip());
        assertEquals(2, run.status());
    }

    @Test
    void nobodyListens() {
        server.close();

        Run run = check("--retries", "0");

        assertReported(run, """
              %s
                  connection refused by %s
                  start page
            """.formatted(server.url("/"), host()));
        assertEquals(2, run.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://", "http://[bad", "http://example.org:99999/", "ftp://example.org/", "http://a b/"})
    void notAUrl(String text) {
        Run run = Run.of(text);

        assertTrue(run.err().startsWith("linkchecker: '" + text + "' is not a valid URL: "), run.err());
        assertEquals(1, run.err().lines().count());
        assertEquals("", run.out());
        assertEquals(2, run.status());
    }

    @Test
    void noSuchFolder(@TempDir Path folder) {
        Run run = Run.of(folder.resolve("missing").toString());

        assertEquals(
                "linkchecker: '" + folder.resolve("missing")
                        + "' is neither a folder that can be read nor a URL with http:// or https://",
                run.err().strip());
        assertEquals(2, run.status());
    }

    @Test
    void malformedPage() {
        server.page("/", """
            <!doctype html PUBLIC><head></body>\0\1<p id=here><a href='a.html'><table><tr><a href=#here>
            <a href="http://[bad"><a href="http://exa mple.org:x/"><a href="100%.html"><<<a href=//></a <!--\
            """ + "<div>".repeat(10_000));
        server.on("/a.html", out -> sendHead(out, "200 OK", "Content-Type: text/html; charset=no-such-charset"));

        Run run = check();

        assertReported(run, """
              100%%.html
                  not a valid URL: %% without two hexadecimal digits
                  on %1$s
            """.formatted(server.url("/")));
        assertReported(run, """
              http://[bad
                  not a valid URL: expected closing bracket for ipv6 address
                  on %1$s
            """.formatted(server.url("/")));
        assertNumber("broken", 4, run);
        assertNumber("Pages", 2, run);
    }

    @Test
    void serverThatHangs() {
        server.page("/", "<a href=hang>").on("/hang", out -> server.hang());

        assertBrokenLink("/hang", "no complete answer within 1s", check("--timeout", "1s"));
        assertEquals(3, Collections.frequency(server.requests(), "GET /hang"));
    }

    @Test
    void serverThatHangsInTheMiddleOfABody() {
        server.page("/", "<a href=hang>").on("/hang", out -> {
            sendHead(out, "200 OK", "Content-Type: text/html", "Content-Length: 1000");
            out.write('<');
            server.hang();
        });

        assertBrokenLink("/hang", "no complete answer within 1s", check("--timeout", "1s", "--retries", "0"));
    }

    @Test
    void serverThatSendsOneByteAtATime() {
        server.page("/", "<a href=drip>").on("/drip", out -> {
            sendHead(out, "200 OK", "Content-Type: text/html", "Content-Length: 1000000");
            while (!server.isClosedWithin(Duration.ofMillis(20))) {
                out.write(' ');
            }
        });

        assertBrokenLink("/drip", "no complete answer within 1s", check("--timeout", "1s", "--retries", "0"));
    }

    @Test
    void serverThatClosesEarly() {
        server.page("/", "<a href=short>").on("/short", out -> {
            sendHead(out, "200 OK", "Content-Type: text/html", "Content-Length: 1000");
            out.write("<a href=never>".getBytes(StandardCharsets.UTF_8));
        });

        assertBrokenLink("/short", "connection closed before the answer was complete", check());
        assertEquals(3, Collections.frequency(server.requests(), "GET /short"));
        assertFalse(server.requests().contains("GET /never"));
    }

    @Test
    void serverThatClosesAtOnce() {
        server.page("/", "<a href=closed>").on("/closed", out -> {});

        assertBrokenLink("/closed", "connection closed before the answer was complete", check());
    }

    @Test
    void serverThatDoesNotSpeakHttp() {
        server.page("/", "<a href=smtp>")
                .on("/smtp", out -> out.write("220 ready\r\n\r\n".getBytes(StandardCharsets.UTF_8)));

        assertBrokenLink("/smtp", "not an HTTP answer: Invalid status line: \"220 ready\"", check());
    }

    @Test
    void redirectsInCircles() {
        server.page("/", "<a href=a><a href=b#x><a href=self>")
                .redirect("/a", "b")
                .redirect("/b", "/a#y")
                .redirect("/self", "self");

        Run run = check();

        String a = server.url("/a");
        String b = server.url("/b");
        String self = server.url("/self");
        assertBrokenLink("/a", "redirects in circles: %s -> %s -> %s".formatted(a, b, a), run);
        assertBrokenLink("/b#x", "redirects in circles: %s -> %s -> %s".formatted(b, a, b), run);
        assertBrokenLink("/self", "redirects in circles: %s -> %s".formatted(self, self), run);
        assertEquals(
                List.of("GET /", "GET /a", "GET /b", "GET /self"),
                server.requests().stream().sorted().toList());
    }

    @Test
    void startThatRedirectsInCircles() {
        server.redirect("/", "/");

        Run run = check();

        assertReported(run, """
              %1$s
                  redirects in circles: %1$s -> %1$s
                  start page
            """.formatted(server.url("/")));
        assertEquals(2, run.status());
    }

    @Test
    void redirectsWithoutEnd() {
        server.page("/", "<a href=0>");
        for (int i = 0; i < 100; i++) {
            server.redirect("/" + i, "/" + (i + 1));
        }

        assertBrokenLink("/0", "more than 5 redirects in a row", check("--max-redirects", "5"));
        assertEquals(7, server.requests().size());
    }

    @Test
    void redirectsToNowhere() {
        server.page("/", "<a href=bad><a href=none>")
                .redirect("/bad", "http://[")
                .redirect("/none", "");

        Run run = check();

        assertBrokenLink(
                "/bad",
                "redirects to \"http://[\", which is not a valid URL: expected closing bracket for ipv6 address",
                run);
        assertBrokenLink("/none", "a redirect (302) that does not say where to", run);
    }

    @Test
    void pageOfFiveGigabytes() {
        AtomicLong sent = new AtomicLong();
        server.page("/", "<a href=big>").on("/big", out -> {
            sendHead(out, "200 OK", "Content-Type: text/html", "Content-Length: 5368709120");
            sendForEver(out, sent);
        });

        assertBrokenLink("/big", "larger than 1 MiB, not read further", check("--max-bytes", "1MiB"));
        assertTrue(sent.get() < 64 << 20, sent + " bytes sent");
    }

    @Test
    void pageWithoutEndAndWithoutLength() {
        AtomicLong sent = new AtomicLong();
        server.page("/", "<a href=big>").on("/big", out -> {
            sendHead(out, "200 OK", "Content-Type: text/html");
            sendForEver(out, sent);
        });

        assertBrokenLink("/big", "larger than 1 MiB, not read further", check("--max-bytes", "1MiB"));
        assertTrue(sent.get() < 64 << 20, sent + " bytes sent");
    }

    @Test
    void downloadOfFiveGigabytesIsThereAndNotRead() {
        AtomicLong sent = new AtomicLong();
        server.page("/", "<a href=big.iso>").on("/big.iso", out -> {
            sendHead(out, "200 OK", "Content-Type: application/octet-stream", "Content-Length: 5368709120");
            sendForEver(out, sent);
        });

        Run run = check("--max-bytes", "1MiB");

        assertNumber("Files", 1, run);
        assertTrue(run.out().contains(" 1 larger than --max-bytes"), run.out());
        assertTrue(run.out().startsWith("Checked " + server.url("/") + " in "), run.out());
        assertEquals(0, run.status());
        assertTrue(sent.get() < 64 << 20, sent + " bytes sent");
    }

    @Test
    void tooManyRequestsAndThenFine() {
        AtomicInteger tries = new AtomicInteger();
        server.page("/", "<a href=busy>").on("/busy", out -> {
            if (tries.incrementAndGet() == 1) {
                send(out, "429 Too Many Requests", "Retry-After: 1", "");
            } else {
                send(out, "200 OK", "Content-Type: text/html", "");
            }
        });

        long start = System.nanoTime();
        Run run = check();

        assertTrue(Duration.ofNanos(System.nanoTime() - start).toMillis() >= 1_000, "waits as long as it is told");
        assertTrue(run.out().contains(": no broken link\n"), run.out());
        assertNumber("retries", 1, run);
        assertEquals(0, run.status());
    }

    @Test
    void errorsForEver() {
        server.page("/", "<a href=error>").on("/error", out -> send(out, "500 Oops", "X: y", "Oops"));

        assertBrokenLink("/error", "500 Internal Server Error", check());
        assertEquals(3, Collections.frequency(server.requests(), "GET /error"));
    }

    @Test
    void compressedThoughNobodyAsked() {
        server.page("/", "<a href=gz>").on("/gz", out -> {
            sendHead(out, "200 OK", "Content-Type: text/html", "Content-Encoding: gzip", "Content-Length: 1");
            out.write(31);
        });

        assertBrokenLink("/gz", "sent as gzip, which nobody asked for", check());
    }

    @Test
    void theDeadlineEndsTheRunWithTheReportSoFar() {
        server.page("/", "<a href=hang><a href=missing>").on("/hang", out -> server.hang());

        Run run = check("--deadline", "2s");

        String ending = ": stopped at the deadline, 1 broken link; not read yet: 1 URL, not checked yet: 1 link\n";
        assertTrue(run.out().contains(ending), run.out());
        assertReported(run, """
              %s
                  404 Not Found
                  on %s
            """.formatted(server.url("/missing"), server.url("/")));
        assertEquals(1, run.status());
    }

    /** Checks the server's site, quickly. */
    private Run check(String... more) {
        String[] args = new String[more.length + 4];
        args[0] = server.url("/");
        args[1] = "--retry-delay";
        args[2] = "10ms";
        args[3] = "--fail-on-broken";
        System.arraycopy(more, 0, args, 4, more.length);
        return Run.of(args);
    }

    private String host() {
        return server.url("").substring("http://".length());
    }

    private void assertBrokenLink(String link, String problem, Run run) {
        assertReported(run, """
              %s
                  %s
                  on %s
            """.formatted(server.url(link), problem, server.url("/")));
        assertEquals("", run.err());
        assertEquals(1, run.status());
    }

    private static void assertNumber(String name, int expected, Run run) {
        assertTrue(
                run.out().lines().anyMatch(line -> line.matches(" *" + name + " +" + expected + "( .*)?")), run.out());
    }

    private static void assertReported(Run run, String lines) {
        assertTrue(run.out().replace(System.lineSeparator(), "\n").contains(lines), run.out() + run.err());
    }

    private static void sendForEver(OutputStream out, AtomicLong sent) throws Exception {
        byte[] zeros = new byte[1 << 16];
        while (true) {
            out.write(zeros);
            sent.addAndGet(zeros.length);
        }
    }
}
