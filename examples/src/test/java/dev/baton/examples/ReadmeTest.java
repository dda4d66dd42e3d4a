package dev.baton.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README shows what is compiled, and prints what was printed. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Path SOURCES = Path.of("src");

    @Test
    void everyJavaBlockStandsInASourceFile() throws IOException {
        String sources = squeezed(read(SOURCES.resolve("main/java/dev/baton/examples/FirstSteps.java"))
                + read(SOURCES.resolve("test/java/dev/baton/examples/ReadmeSnippetsTest.java")));
        List<String> blocks = blocks("java");
        assertFalse(blocks.isEmpty());
        for (String block : blocks) {
            assertTrue(sources.contains(squeezed(block)), () -> "not compiled anywhere:\n" + block);
        }
    }

    @Test
    void theFirstExamplePrintsWhatTheReadmeSays() throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            FirstSteps.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        assertEquals(
                blocks("text").getFirst(),
                printed.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n"));
    }

    @Test
    void everyRelativeLinkLeadsToAFile() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            List<Path> pages = Stream.concat(
                            Stream.of(ROOT.resolve("README.md")), modules.map(module -> module.resolve("README.md")))
                    .filter(Files::exists)
                    .toList();
            for (Path page : pages) {
                Pattern.compile("]\\((?!https?:|#)([^)#]+)")
                        .matcher(read(page))
                        .results()
                        .forEach(link -> {
                            Path target = page.resolveSibling(link.group(1));
                            assertTrue(Files.exists(target), () -> page + " links to " + target);
                        });
            }
        }
    }

    @Test
    void theDependencyHasTheVersionOfTheBuild() throws IOException {
        String version = blocks("xml").getFirst().replaceAll("(?s).*<version>(.*)</version>.*", "$1");
        assertTrue(read(ROOT.resolve("pom.xml")).contains("<version>" + version + "</version>"), version);
    }

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(read(ROOT.resolve("README.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    /** Without what depends on how deep the text stands. */
    private static String squeezed(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file);
    }
}
