package dev.baton.examples.linkchecker;

import static dev.baton.examples.linkchecker.TestServer.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CrawlTest {
    private final TestServer server = new TestServer();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aSmallSite() throws IOException {
        write("index.html", """
            <h1 id=top-of-page>Start</h1>
            <a href=a.html>good</a> <a href=a.html>again</a> <a href=a.html#one>anchor</a> <a href=a.html#two>none</a>
            <a href=#top-of-page>here</a> <a href=#gone>nowhere</a> <a href=#>top</a> <a href=missing.html>missing</a>
            <a href=sub>folder</a> <img src=picture.png> <a href=picture.png#page=2>picture</a>
            <a href=mailto:me@example.org>me</a> <a href="http://[">bad</a> <a href=https://example.org/>elsewhere</a>\
            """);
        write("a.html", "<p id=one><a href=missing.html>missing</a> <a href=./#gone>nowhere</a>");
        write("sub/b.html", "<a href=../a.html#%6fne>back</a> <a href=c%20d.html>space</a>");
        write("sub/c d.html", "");
        write("picture.png", "no picture");
        write("unlinked.html", "<a href=nowhere.html>never seen</a>");

        JsonNode report = Run.report(folder.toString());

        String site = folder + "/";
        assertEquals(
                List.of(
                        site + "#gone: no anchor \"gone\" on that page [" + site + "," + site + "a.html]",
                        site + "a.html#two: no anchor \"two\" on that page [" + site + "]",
                        site + "missing.html: 404 Not Found [" + site + "," + site + "a.html]",
                        "http://[: not a valid URL: expected closing bracket for ipv6 address [" + site + "]"),
                Run.broken(report));
        assertEquals("COMPLETE", report.get("ending").asText());
        assertEquals(5, report.at("/pages/read").asInt(), "index.html, a.html, the list of sub, b.html, c d.html");
        assertEquals(1, report.at("/pages/files").asInt());
        assertEquals(0, report.at("/pages/unread").asInt());
        assertEquals(
                "[{\"from\":\"%1$ssub\",\"status\":301,\"to\":\"%1$ssub/\"}]".formatted(site),
                report.get("redirects").toString());
        assertEquals(1, report.at("/links/external").asInt());
        assertEquals(1, report.at("/links/skipped").asInt());
        assertEquals(4, report.at("/links/broken").asInt());
    }

    @Test
    void everyAddressIsFetchedOnceHoweverManyLinksLeadThere() {
        StringBuilder links = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            links.append("<a href=/p")
                    .append(i)
                    .append("#x></a> <a id=x href=/p")
                    .append(i)
                    .append(">x</a>");
        }
        server.page("/", links.toString());
        for (int i = 0; i < 100; i++) {
            server.page("/p" + i, links.toString());
        }

        JsonNode report = Run.report(server.url("/"), "--per-host", "7");

        assertEquals(List.of(), Run.broken(report));
        assertEquals(101, server.requests().size());
        assertEquals(101, new HashSet<>(server.requests()).size());
        assertEquals(1 + 101 * 200, report.at("/links/total").asInt());
        assertEquals(1 + 200, report.at("/links/different").asInt());
    }

    @Test
    void noMoreThanTheLimitAreUnderWayAtOneHost() {
        AtomicInteger inFlight = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch three = new CountDownLatch(3);
        StringBuilder links = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            links.append("<a href=/p").append(i).append(">x</a>");
            server.on("/p" + i, out -> {
                most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
                three.countDown();
                three.await(20, TimeUnit.SECONDS);
                inFlight.decrementAndGet(); // before the client can know that there is an answer
                send(out, "200 OK", "Content-Type: text/plain", "x");
            });
        }
        server.page("/", links.toString());

        JsonNode report = Run.report(server.url("/"), "--per-host", "3");

        assertEquals(3, most.get());
        assertEquals("[3]", "[" + report.at("/requests/mostInFlight").elements().next() + "]");
    }

    @Test
    void linksAreFollowedAsFarAsTheDepthAllows() {
        server.page("/", "<a href=1>")
                .page("/1", "<a href=2>")
                .page("/2", "<a href=3>")
                .page("/3", "<a href=4>");

        assertEquals(
                2, Run.report(server.url("/"), "--depth", "0").at("/pages/read").asInt());
        assertEquals(
                3, Run.report(server.url("/"), "--depth", "1").at("/pages/read").asInt());
        assertEquals(List.of("GET /", "GET /1", "GET /", "GET /1", "GET /2"), server.requests());
    }

    @Test
    void aShorterWayThatIsFoundLaterCounts() {
        CountDownLatch farAway = new CountDownLatch(1);
        server.page("/", "<a href=1><a href=slow>").page("/1", "<a href=2>").page("/2", "<a href=target>");
        server.on("/target", out -> {
            send(out, "200 OK", "Content-Type: text/html", "<a href=moved>");
            farAway.countDown();
        });
        server.on("/slow", out -> {
            farAway.await(20, TimeUnit.SECONDS);
            send(out, "200 OK", "Content-Type: text/html", "<a href=target>");
        });
        server.redirect("/moved", "new").page("/new", "<a href=last>").page("/last", "<a href=beyond>");

        JsonNode report = Run.report(server.url("/"), "--depth", "3");

        assertEquals(List.of(), Run.broken(report));
        assertTrue(server.requests().contains("GET /last"), "three steps: slow, target, moved");
        assertEquals(server.requests().size(), new HashSet<>(server.requests()).size());
    }

    @Test
    void theSiteIsWhereItsEntranceLeads() {
        try (TestServer moved = new TestServer()) {
            server.redirect("/", moved.url("/"));
            moved.page("/", "<a href=missing><a href=" + server.url("/old") + ">");
            server.redirect("/old", "http://elsewhere.invalid/");

            JsonNode report = Run.report(server.url("/"));

            assertEquals(
                    List.of(moved.url("/missing") + ": 404 Not Found [" + moved.url("/") + "]"), Run.broken(report));
            assertEquals(1, report.at("/links/external").asInt());
            assertEquals(2, report.get("redirects").size());
        }
    }

    @Test
    void externalLinksAreCheckedIfAskedForAndNotFollowed() {
        try (TestServer other = new TestServer()) {
            server.page(
                    "/",
                    "<a href=%s><a href=%s><a href=%s>"
                            .formatted(other.url("/fine#any"), other.url("/get-only"), other.url("/missing")));
            other.page("/fine", "<a href=/never>").on("/get-only", out -> send(out, "405 No", "Allow: GET", ""));

            JsonNode report = Run.report(server.url("/"), "--external");

            assertEquals(
                    List.of(
                            other.url("/get-only") + ": 405 Method Not Allowed [" + server.url("/") + "]",
                            other.url("/missing") + ": 404 Not Found [" + server.url("/") + "]"),
                    Run.broken(report));
            assertEquals(
                    List.of("GET /get-only", "GET /missing", "HEAD /fine", "HEAD /get-only", "HEAD /missing"),
                    other.requests().stream().sorted().toList());
            assertEquals(0, report.at("/links/external").asInt());
        }
    }

    @Test
    void excludedAddressesAreLeftOut() {
        server.page("/", "<a href=/logout?now><a href=/a>").page("/a", "");

        JsonNode report = Run.report(server.url("/"), "--exclude", "/log(in|out)\\b", "--exclude", "^nothing");

        assertEquals(List.of("GET /", "GET /a"), server.requests());
        assertEquals(1, report.at("/links/excluded").asInt());
    }

    @Test
    void severalStartsAreOneSite() throws IOException {
        write("one/index.html", "<a href=x.html>");
        write("two/start.html", "<a href=x.html>");
        server.page("/", "");

        JsonNode report = Run.report(
                folder.resolve("one").toString(),
                folder.resolve("two/start.html").toString(),
                server.url("/"));

        assertEquals(
                List.of(
                        folder + "/one/x.html: 404 Not Found [" + folder + "/one/]",
                        folder + "/two/x.html: 404 Not Found [" + folder + "/two/start.html]"),
                Run.broken(report));
        assertEquals(3, report.at("/pages/read").asInt());
    }

    private void write(String name, String html) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, html);
    }
}
