package dev.baton.examples.linkchecker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README of the examples shows is what the program is and says. */
class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final Path SOURCES = Path.of("src/main/java/dev/baton/examples");

    @Test
    void javaBlocksStandInThePrograms() throws IOException {
        StringBuilder programs = new StringBuilder();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                programs.append(Files.readString(file));
            }
        }
        for (String block : blocks("java")) {
            assertTrue(programs.indexOf(block) >= 0, () -> "in none of the programs:\n" + block);
        }
    }

    @Test
    void theHelpIsTheProgramsOwn() throws IOException {
        String help = Run.of("--help").out().replace(System.lineSeparator(), "\n");

        assertEquals(1, blocks("text").stream().filter(help::equals).count(), help);
    }

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(Files.readString(README))
                .results()
                .map(block -> block.group(1))
                .toList();
    }
}
