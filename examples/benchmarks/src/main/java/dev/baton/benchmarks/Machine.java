package dev.baton.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import kotlin.KotlinVersion;

/** Where the figures come from. */
final class Machine {
    private static final Path CPU = Path.of("/proc/cpuinfo");

    private Machine() {}

    /** {@return the machine and the versions, in a sentence or two} */
    static String describe(JsonNode run) throws IOException {
        return ("Measured on %s: %s, %d cores, %s; JDK %s (%s); Vert.x %s, Kotlin %s with kotlinx.coroutines %s, JMH"
                        + " %s; %s warm-up and %s measured iterations of %s, %s JVM for each.")
                .formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        processor(),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                        run.get("vmVersion").asText(),
                        run.get("vmName").asText(),
                        resource("/META-INF/vertx/vertx-version.txt"),
                        KotlinVersion.CURRENT,
                        resource("/META-INF/kotlinx_coroutines_core.version"),
                        run.get("jmhVersion").asText(),
                        run.get("warmupIterations").asText(),
                        run.get("measurementIterations").asText(),
                        run.get("measurementTime").asText(),
                        run.get("forks").asText());
    }

    private static String processor() throws IOException {
        if (Files.exists(CPU)) {
            for (String line : Files.readAllLines(CPU)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        }
        return "unknown processor";
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Machine.class.getResourceAsStream(name)) {
            return in == null ? "?" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
