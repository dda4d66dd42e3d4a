package dev.baton.examples.linkchecker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * A run of the program, over.
 *
 * @param out what it printed on standard output
 * @param err what it printed on standard error
 */
record Run(int status, String out, String err) {

    /** Runs the program as its main method does, without progress. */
    static Run of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--quiet");
        int status =
                LinkChecker.run(new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
        return new Run(status, out.toString(), err.toString());
    }

    /** Runs the program and returns the report that it writes, with the exit status and the text in it as well. */
    static JsonNode report(String... args) {
        try {
            Path file = Files.createTempFile("report", ".json");
            try {
                List<String> all = new ArrayList<>(List.of(args));
                all.addAll(List.of("--report", file.toString()));
                of(all.toArray(String[]::new));
                return new ObjectMapper().readTree(file.toFile());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the broken links of a report, each as {@code link: problem [pages]}} */
    static List<String> broken(JsonNode report) {
        return StreamSupport.stream(report.get("broken").spliterator(), false)
                .map(link ->
                        link.get("link").asText() + ": " + link.get("problem").asText() + " "
                                + link.get("pages").toString().replace("\"", ""))
                .toList();
    }
}
