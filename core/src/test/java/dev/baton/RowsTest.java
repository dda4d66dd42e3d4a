package dev.baton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Which tests cover which row: every row of the systems that Baton follows has a test whose display name starts with
 * its id. The listing is written to {@code target/rows.md}.
 */
class RowsTest {
    /** The rows that need a test; one line each. */
    private static final Set<String> ROWS = union(
            rows("L", 19), // the loop
            rows("F", 10), // futures
            rows("T", 24), // tornado.gen: coroutine
            rows("U", 25), // tornado.gen: utilities
            rows("E", 4), // tornado.gen: engine
            rows("Y", 10), // tornado.gen: yield points
            rows("S", 10), // StackContext
            rows("R", 3), // the life of a runner
            rows("A", 58), // asyncio
            rows("W", 33), // Twisted
            rows("X", 23), // txcoroutine
            rows("J", 11)); // hazards of Java

    /** Rows without a test, by decision, and the table of core/README.md that says what happens instead. */
    private static final Map<String, String> WITHOUT_TEST = Map.of(
            "Y-02", "Coming from Tornado",
            "Y-10", "Coming from Tornado",
            "L-20", "Coming from asyncio",
            "A-59", "Coming from asyncio",
            "W-34", "Coming from Twisted");

    private static final List<Path> SOURCES = Stream.of("loop", "core", "examples")
            .map(module -> Path.of("..", module, "src", "test", "java"))
            .toList();

    private static final Path README = Path.of("README.md");
    private static final Path LISTING = Path.of("target", "rows.md");

    private static final String LITERAL = "\"[^\"\\\\\n]*+(?:\\\\.[^\"\\\\\n]*+)*+\"";
    private static final Pattern STRING = Pattern.compile(LITERAL);
    private static final Pattern NO_CODE = Pattern.compile( // text blocks, strings, characters, comments
            "\"\"\"[\\s\\S]*?\"\"\"|" + LITERAL + "|'(?:\\\\.|[^'\\\\\n])++'|//[^\n]*+|/\\*[\\s\\S]*?\\*/");
    private static final Pattern DISPLAY_NAME =
            Pattern.compile("@DisplayName\\(\\s*(" + LITERAL + "(?:\\s*\\+\\s*" + LITERAL + ")*)\\s*\\)");
    private static final Pattern DECLARATION = Pattern.compile("\\bclass\\s+(\\w+)|[\\w>\\]]\\s+(\\w+)\\s*\\(");
    private static final Pattern IDS = Pattern.compile("^[A-Z]-\\d\\d(?:, [A-Z]-\\d\\d)*(?= )");

    private record NamedTest(String where, String displayName) {}

    private static Set<String> rows(String section, int last) {
        return IntStream.rangeClosed(1, last)
                .mapToObj(number -> "%s-%02d".formatted(section, number))
                .collect(Collectors.toSet());
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    private static SortedSet<String> union(Set<String>... sets) {
        return Stream.of(sets).flatMap(Set::stream).collect(Collectors.toCollection(TreeSet::new));
    }

    // -------------------------------------------------------------------------------------------------------- reading

    private static List<Path> javaFiles(Path directory) {
        assertTrue(Files.isDirectory(directory), "no " + directory.toAbsolutePath());
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<NamedTest> testsOf(Path file) {
        try {
            String type = file.getFileName().toString().replace(".java", "");
            return namedTests(type, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<NamedTest> namedTests(String type, String source) {
        String code = NO_CODE.matcher(source).replaceAll(RowsTest::blank);
        List<NamedTest> tests = new ArrayList<>();
        Matcher names = DISPLAY_NAME.matcher(NO_CODE.matcher(source).replaceAll(RowsTest::blankUnlessString));
        while (names.find()) {
            Matcher declaration = DECLARATION.matcher(code);
            assertTrue(declaration.find(names.end()), "nothing follows " + names.group() + " in " + type);
            String member = declaration.group(1) != null ? declaration.group(1) : declaration.group(2);
            tests.add(new NamedTest(type + "." + member, concatenated(names.group(1))));
        }
        return tests;
    }

    private static String blank(MatchResult text) {
        return " ".repeat(text.group().length());
    }

    private static String blankUnlessString(MatchResult text) {
        return STRING.matcher(text.group()).matches() ? Matcher.quoteReplacement(text.group()) : blank(text);
    }

    private static String concatenated(String literals) {
        return STRING.matcher(literals)
                .results()
                .map(MatchResult::group)
                .map(literal -> literal.substring(1, literal.length() - 1).translateEscapes())
                .collect(Collectors.joining());
    }

    private static List<String> idsOf(String displayName) {
        Matcher ids = IDS.matcher(displayName);
        return ids.find() ? List.of(ids.group().split(", ")) : List.of();
    }

    private static SortedMap<String, List<NamedTest>> testsByRow() {
        SortedMap<String, List<NamedTest>> byRow = new TreeMap<>();
        for (Path source : SOURCES) {
            for (Path file : javaFiles(source)) {
                for (NamedTest test : testsOf(file)) {
                    idsOf(test.displayName)
                            .forEach(id -> byRow.computeIfAbsent(id, any -> new ArrayList<>())
                                    .add(test));
                }
            }
        }
        return byRow;
    }

    // -------------------------------------------------------------------------------------------------------- writing

    private static void writeListing(SortedMap<String, List<NamedTest>> byRow) throws IOException {
        StringBuilder text = new StringBuilder("# Rows, and the tests that cover them\n");
        SortedSet<String> ids = union(ROWS, byRow.keySet(), WITHOUT_TEST.keySet());
        for (String id : ids) {
            text.append("\n## ").append(id).append("\n\n");
            if (WITHOUT_TEST.containsKey(id)) {
                text.append("Not tested: see core/README.md, ")
                        .append(WITHOUT_TEST.get(id))
                        .append(".\n");
            } else if (!byRow.containsKey(id)) {
                text.append("**MISSING**\n");
            }
            byRow.getOrDefault(id, List.of())
                    .forEach(test -> text.append("- `")
                            .append(test.where)
                            .append("`: ")
                            .append(test.displayName)
                            .append('\n'));
        }
        Files.createDirectories(LISTING.toAbsolutePath().getParent());
        Files.writeString(LISTING, text);
    }

    // ---------------------------------------------------------------------------------------------------------- tests

    @Test
    void everyRowHasATest() throws IOException {
        SortedMap<String, List<NamedTest>> byRow = testsByRow();
        writeListing(byRow);
        SortedSet<String> missing = union(ROWS);
        missing.removeAll(byRow.keySet());
        missing.removeAll(WITHOUT_TEST.keySet());
        assertEquals(new TreeSet<>(), missing, "rows without a test; see " + LISTING.toAbsolutePath());
    }

    @Test
    void whatHasNoTestStandsInTheMigrationTables() throws IOException {
        String readme = Files.readString(README);
        SortedSet<String> unsaid = union(WITHOUT_TEST.keySet());
        unsaid.removeIf(readme::contains);
        assertEquals(new TreeSet<>(), unsaid, "neither tested nor explained in core/" + README);
    }

    @Test
    void namesAreReadWithTheirMembers() {
        String source = """
            @Nested
            @DisplayName("L-06 a class")
            class Inner {
                @Test
                @DisplayName("T-05, T-06 in one line")
                void first() {}

                @DisplayName(
                        "U-15 in two lines, with \\"quotes (inside\\""
                                + " and (WIT.test_iterator)")
                @ParameterizedTest(name = "not this (one)")
                @Timeout(5)
                Stream<DynamicTest> second() {}

                @DisplayName("no row, but L-07 later")
                void third() {}

                // @DisplayName("L-08 a comment")
                /* @DisplayName("L-08 another") */
                char quote = '"';
                String block = ""\"
                    @DisplayName("L-08 a text block")
                    ""\";
                @DisplayName("L-09, L-10 the last") void fourth() {}
            }
            """;
        assertEquals(
                List.of(
                        new NamedTest("FooTest.Inner", "L-06 a class"),
                        new NamedTest("FooTest.first", "T-05, T-06 in one line"),
                        new NamedTest(
                                "FooTest.second", "U-15 in two lines, with \"quotes (inside\" and (WIT.test_iterator)"),
                        new NamedTest("FooTest.third", "no row, but L-07 later"),
                        new NamedTest("FooTest.fourth", "L-09, L-10 the last")),
                namedTests("FooTest", source));
        assertEquals(List.of("T-05", "T-06"), idsOf("T-05, T-06 in one line"));
        assertEquals(List.of(), idsOf("no row, but L-07 later"));
        assertEquals(Set.of("S-01", "S-02"), rows("S", 2));
    }
}
