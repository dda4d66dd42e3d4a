package dev.baton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.loop.EventLoop;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The arrows of the house: which package uses which. jdeps reads them from the compiled classes. */
class LayeringTest {
    private static final Pattern ARROW = Pattern.compile("(?m)^ +(\\S+) +-> +(\\S+) +(.+?) *$");

    private record Arrow(String from, String to, String where) {}

    private static List<Arrow> arrows(Class<?> member) throws Exception {
        Path classes = Path.of(
                member.getProtectionDomain().getCodeSource().getLocation().toURI());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        "--multi-release",
                        "base",
                        "-verbose:package",
                        "-filter:none",
                        classes.toString());
        assertEquals(0, status, err.toString());
        List<Arrow> arrows = ARROW.matcher(out.toString())
                .results()
                .map((MatchResult line) -> new Arrow(line.group(1), line.group(2), line.group(3)))
                .filter(arrow -> !arrow.from.equals(arrow.to))
                .toList();
        assertTrue(arrows.size() > 10, out.toString());
        return arrows;
    }

    private static SortedSet<String> own(List<Arrow> arrows) {
        return arrows.stream()
                .filter(arrow -> arrow.to.startsWith("dev.baton"))
                .map(arrow -> arrow.from + " -> " + arrow.to)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Neither the JDK's nor annotations that nobody needs at run time. */
    private static SortedSet<String> foreign(List<Arrow> arrows) {
        return arrows.stream()
                .filter(arrow -> !arrow.to.startsWith("dev.baton") && !arrow.where.equals("java.base"))
                .filter(arrow -> !arrow.to.equals("org.jspecify.annotations"))
                .map(arrow -> arrow.from + " -> " + arrow.to)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void coreUsesLoopAndFutureAndItsLeavesAreLeaves() throws Exception {
        assertEquals(
                new TreeSet<>(List.of(
                        "dev.baton -> dev.baton.future",
                        "dev.baton -> dev.baton.loop",
                        "dev.baton.context -> dev.baton.loop",
                        "dev.baton.future -> dev.baton.loop",
                        "dev.baton.jfr -> dev.baton",
                        "dev.baton.jfr -> dev.baton.loop",
                        "dev.baton.legacy -> dev.baton",
                        "dev.baton.legacy -> dev.baton.future",
                        "dev.baton.legacy -> dev.baton.loop",
                        "dev.baton.management -> dev.baton",
                        "dev.baton.management -> dev.baton.loop",
                        "dev.baton.micrometer -> dev.baton.loop")),
                own(arrows(Coroutines.class)));
    }

    /** It goes by deleting a directory, a line of META-INF/services and two of module-info. */
    @Test
    void nobodyUsesLegacy() throws Exception {
        for (Class<?> member : List.of(Coroutines.class, EventLoop.class)) {
            assertEquals(
                    List.of(),
                    arrows(member).stream()
                            .filter(arrow -> arrow.to.startsWith("dev.baton.legacy"))
                            .toList());
        }
    }

    @Test
    void onlyTheLeavesUseWhatIsOptional() throws Exception {
        SortedSet<String> foreign = foreign(arrows(Coroutines.class));
        assertTrue(
                foreign.stream()
                        .allMatch(arrow -> arrow.startsWith("dev.baton.micrometer -> io.micrometer.core.")
                                || arrow.equals("dev.baton.context -> io.micrometer.context")
                                || arrow.startsWith("dev.baton.jfr -> jdk.jfr")
                                || arrow.equals("dev.baton.management -> java.lang.management")
                                || arrow.equals("dev.baton.management -> javax.management")),
                foreign.toString());
        assertTrue(foreign.contains("dev.baton.micrometer -> io.micrometer.core.instrument"), foreign.toString());
    }

    @Test
    void loopUsesTheJavaBaseModuleAlone() throws Exception {
        List<Arrow> arrows = arrows(EventLoop.class);
        assertEquals(new TreeSet<>(List.of("dev.baton.loop.testing -> dev.baton.loop")), own(arrows));
        assertEquals(new TreeSet<>(), foreign(arrows));
    }
}
