package dev.baton.examples.linkchecker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.baton.examples.linkchecker.Resource.Broken;
import dev.baton.examples.linkchecker.Resource.File;
import dev.baton.examples.linkchecker.Resource.Redirect;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private static final URI URL = URI.create("http://example.org/a/b");
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @Test
    void retryAfterIsSecondsOrADate() {
        assertEquals(
                Optional.of(Duration.ofSeconds(120)),
                answer(429, "Retry-After", "120").retryAfter(NOW));
        assertEquals(
                Optional.of(Duration.ofSeconds(30)),
                answer(429, "Retry-After", "Sun, 22 Nov 2026 10:00:30 GMT").retryAfter(NOW));
        assertEquals(Optional.empty(), answer(429, "Retry-After", "soon").retryAfter(NOW));
        assertEquals(Optional.empty(), answer(429, "Other", "x").retryAfter(NOW));
    }

    @Test
    void theCharacterSetIsTheServersIfItIsKnownHere() {
        assertEquals(
                "utf-8",
                answer(200, "Content-Type", "text/html; charset=\"utf-8\"").charset());
        assertEquals(
                "ISO-8859-1",
                answer(200, "Content-Type", "text/html;Charset=ISO-8859-1;x").charset());
        assertEquals(
                null, answer(200, "Content-Type", "text/html; charset=no-such").charset());
        assertEquals(null, answer(200, "Content-Type", "text/html; charset=!!").charset());
        assertEquals(null, answer(200, "Content-Type", "text/html").charset());
    }

    @Test
    void onlySuccessfulHtmlIsAPage() {
        assertEquals(true, answer(200, "Content-Type", "text/html").isPage());
        assertEquals(
                true,
                answer(203, "Content-Type", "Application/xhtml+xml; charset=utf-8")
                        .isPage());
        assertEquals(false, answer(404, "Content-Type", "text/html").isPage());
        assertEquals(false, answer(200, "Content-Type", "text/css").isPage());
        assertEquals(false, answer(200, "Other", "x").isPage());
    }

    @Test
    void statusesAreResources() {
        assertEquals(new File(), Resource.of(URL, answer(200, "Other", "x")));
        assertEquals(new Broken("404 Not Found"), Resource.of(URL, answer(404, "Other", "x")));
        assertEquals(new Broken("status 418"), Resource.of(URL, answer(418, "Other", "x")));
        assertEquals(new Broken("status 304"), Resource.of(URL, answer(304, "Location", "x")));
        assertEquals(
                new Redirect(301, URI.create("http://example.org/a/c")),
                Resource.of(URL, answer(301, "Location", " c#fragment ")));
        assertEquals(
                new Broken("a redirect (302) that does not say where to"),
                Resource.of(URL, answer(302, "Location", "")));
        assertEquals(
                new Broken("redirects to \"http://\", which is not a valid URL: no host"),
                Resource.of(URL, answer(307, "Location", "http://")));
    }

    private static Answer answer(int status, String header, String value) {
        HttpHeaders headers = HttpHeaders.of(Map.of(header, List.of(value)), (name, text) -> true);
        return new Answer(
                status, headers, new LimitedBody.Content(new ByteArrayOutputStream(), 0, false), Duration.ZERO);
    }
}
