package dev.baton.examples.linkchecker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InterruptionTest {
    /** With the signal that a test can send everywhere; Ctrl-C sends another one and takes the same way. */
    @Test
    void aRunThatIsTerminatedPrintsTheReportSoFar() throws Exception {
        try (TestServer server = new TestServer()) {
            server.page("/", "<a href=missing><a href=fine><a href=hang>")
                    .page("/fine", "")
                    .on("/hang", out -> server.hang());
            Process program = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            LinkChecker.class.getName(),
                            server.url("/"),
                            "--quiet",
                            "--per-host=1") // one after the other: what came before the last one has been checked
                    .start();
            try {
                await().atMost(Duration.ofSeconds(40))
                        .until(() -> server.requests().contains("GET /hang"));

                program.toHandle().destroy(); // Process.destroy closes the streams too

                String out = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                String err = new String(program.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(program.waitFor(10, TimeUnit.SECONDS));
                assertTrue(out.startsWith("Checked " + server.url("/") + " in "), out + err);
                assertTrue(
                        out.contains(": interrupted, 1 broken link; not read yet: 1 URL, not checked yet: 1 link"),
                        out);
                assertTrue(out.contains("  " + server.url("/missing") + System.lineSeparator()), out);
                assertEquals("", err);
            } finally {
                program.destroyForcibly();
            }
        }
    }
}
