package dev.baton.examples.linkchecker;

import java.net.http.HttpHeaders;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a server answered.
 *
 * @param took from sending the request to the last byte of the body
 */
record Answer(int status, HttpHeaders headers, LimitedBody.Content body, Duration took) {
    private static final Pattern CHARSET =
            Pattern.compile("charset\\s*=\\s*[\"']?([^\\s;\"']+)", Pattern.CASE_INSENSITIVE);
    private static final Map<Integer, String> PHRASES = Map.ofEntries(
            Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(408, "Request Timeout"),
            Map.entry(410, "Gone"),
            Map.entry(414, "URI Too Long"),
            Map.entry(429, "Too Many Requests"),
            Map.entry(451, "Unavailable For Legal Reasons"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(501, "Not Implemented"),
            Map.entry(502, "Bad Gateway"),
            Map.entry(503, "Service Unavailable"),
            Map.entry(504, "Gateway Timeout"));

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    boolean isRedirect() {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    /** {@return whether another try may bring a better answer} */
    boolean isTemporary() {
        return status == 429 || status >= 500;
    }

    /** {@return whether the body is a page that can be read for links} */
    boolean isPage() {
        return isPage(status, headers);
    }

    static boolean isPage(int status, HttpHeaders headers) {
        String type = headers.firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        return status / 100 == 2 && (type.startsWith("text/html") || type.startsWith("application/xhtml+xml"));
    }

    /** {@return the first header of a name, or an empty text} */
    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** {@return the character set that the server named, or null if it named none that is known here} */
    @Nullable
    String charset() {
        Matcher matcher = CHARSET.matcher(header("Content-Type"));
        try {
            return matcher.find() && Charset.isSupported(matcher.group(1)) ? matcher.group(1) : null;
        } catch (IllegalCharsetNameException e) {
            return null;
        }
    }

    /** {@return how long the server asks its clients to wait: seconds or a date; empty if it does not, or unreadably} */
    Optional<Duration> retryAfter(Instant now) {
        return headers.firstValue("Retry-After").flatMap(text -> {
            try {
                return Optional.of(
                        text.matches("\\d{1,9}")
                                ? Duration.ofSeconds(Long.parseLong(text))
                                : Duration.between(
                                        now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)));
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        });
    }

    /** {@return the status as people know it: {@code 404 Not Found}} */
    String statusLine() {
        String phrase = PHRASES.get(status);
        return phrase == null ? "status " + status : status + " " + phrase;
    }
}
