package dev.baton.examples.linkchecker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void linesComeNowAndThen() {
        try (Progress progress = new ProgressInLines(out, Duration.ofHours(1))) {
            progress.show(new Progress.Counts(1, 2, 3, 4));
            progress.show(new Progress.Counts(5, 6, 7, 8));
        }
        assertEquals("", bytes.toString(StandardCharsets.UTF_8));

        try (Progress progress = new ProgressInLines(out, Duration.ZERO)) {
            progress.show(new Progress.Counts(1_234, 2_345, 12_345, 3));
        }
        assertEquals(
                "  1,234 of 2,345 URLs, 12,345 links, 3 broken",
                bytes.toString(StandardCharsets.UTF_8).stripTrailing());
    }
}
