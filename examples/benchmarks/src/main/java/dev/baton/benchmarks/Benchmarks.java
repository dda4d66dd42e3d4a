package dev.baton.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks and writes the report. Arguments: JMH's. With the names of some benchmarks among them, it runs
 * these only and writes no report.
 */
public final class Benchmarks {
    static final int SUSPENDED = 1_000_000;

    private Benchmarks() {}

    public static void main(String[] args) throws Exception {
        CommandLineOptions options = new CommandLineOptions(args);
        boolean some = !options.getIncludes().isEmpty();
        Path results = Files.createDirectories(Path.of("target", "results"));
        Collection<RunResult> ran = new Runner(new OptionsBuilder()
                        .parent(options)
                        .resultFormat(ResultFormatType.JSON)
                        .result(results.resolve(some ? "some.json" : "jmh.json").toString())
                        .build())
                .run();
        if (!some && !ran.isEmpty()) {
            Files.write(results.resolve("memory.txt"), memory());
            Report.main(new String[] {});
        }
    }

    /**
     * Has each peer suspend a million coroutines in a JVM of its own. {@return lines of a peer and its bytes for
     * each}
     */
    private static List<String> memory() throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        for (Peer peer : Peer.values()) {
            System.out.println("# " + SUSPENDED + " suspended coroutines: " + peer.title());
            Process process = new ProcessBuilder(Stream.of(
                                    List.of(
                                            Path.of(System.getProperty("java.home"), "bin", "java")
                                                    .toString(),
                                            "-Xmx2g",
                                            "-XX:+ExitOnOutOfMemoryError"),
                                    List.of(Scenario.class
                                            .getAnnotation(Fork.class)
                                            .jvmArgsAppend()),
                                    List.of("-cp", System.getProperty("java.class.path"), Memory.class.getName()),
                                    List.of(peer.name(), Integer.toString(SUSPENDED)))
                            .flatMap(List::stream)
                            .toList())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
            }
            String answer = process.exitValue() == 0
                    ? new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip()
                    : "not in this heap";
            if (process.exitValue() == 0) {
                lines.add(peer + " " + answer);
            }
            System.out.println(answer);
        }
        return lines;
    }
}
