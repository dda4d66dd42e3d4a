package dev.baton.examples.linkchecker;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** How a report is written to a file. */
enum ReportFormat {
    JSON {
        @Override
        byte[] render(Report report) throws IOException {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(report);
        }
    },
    HTML {
        @Override
        byte[] render(Report report) {
            return HtmlReport.render(report).getBytes(StandardCharsets.UTF_8);
        }
    };

    /**
     * {@return the format that the name of a file asks for} The file is not there yet, as a rule, but it has to look as if
     * it could be written: better to know now than when the run is over.
     */
    static ReportFormat of(Path file) throws UnusableInputException {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".json") && !name.endsWith(".html")) {
            throw new UnusableInputException(
                    "cannot write a report to '" + file + "': its name has to end with .json or" + " .html");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new UnusableInputException("cannot write a report to '" + file + "': there is no such folder");
        }
        if (Files.isDirectory(file) || !Files.isWritable(Files.exists(file) ? file : folder)) {
            throw new UnusableInputException("cannot write a report to '" + file + "': no permission, or not a file");
        }
        return name.endsWith(".json") ? JSON : HTML;
    }

    abstract byte[] render(Report report) throws IOException;

    void write(Report report, Path file) throws UnusableInputException {
        try {
            Files.write(file, render(report));
        } catch (IOException e) {
            throw new UnusableInputException("cannot write the report to '" + file + "': " + e);
        }
    }
}
