import com.palantir.javaformat.java.Main;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Formats the tree's Java files, or only names those that are not formatted: {@code java Format.java check|apply}, run by the root pom. */
final class Format {
    public static void main(String[] args) throws Exception {
        boolean apply = args[0].equals("apply");
        List<String> arguments = new ArrayList<>(List.of("--palantir"));
        arguments.addAll(apply ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
        for (String module : List.of(
                ".mvn", "loop/src", "core/src", "examples/src", "examples/benchmarks/src", "examples/trust/src")) {
            try (var files = Files.walk(Path.of(module))) {
                files.map(Path::toString)
                        .filter(file -> file.endsWith(".java"))
                        .sorted()
                        .forEach(arguments::add);
            }
        }
        int status = new Main(new PrintWriter(System.out, true), new PrintWriter(System.err, true), System.in)
                .format(arguments.toArray(String[]::new));
        if (status != 0) {
            System.err.println("Not formatted: the files above. Run: mvn -q -N verify -Dformat=apply");
        }
        System.exit(status);
    }
}
