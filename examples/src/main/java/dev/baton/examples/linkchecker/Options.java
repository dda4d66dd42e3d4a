package dev.baton.examples.linkchecker;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What can be chosen on the command line. Filled in by picocli, then only read. */
final class Options {
    private static final int LARGEST_BODY = 1 << 30; // a page is kept in one array

    @Parameters(
            arity = "0..*",
            paramLabel = "URL|FOLDER",
            description =
                    "Where to start: http and https addresses, or folders, which are served on a free loopback port."
                            + " Default: the site that the build unpacks.")
    List<String> starts = new ArrayList<>();

    @Option(
            names = "--depth",
            paramLabel = "N",
            description = "Follow links up to N steps away from a start page; 0 checks only the links that stand on the"
                    + " start pages. Default: no limit.")
    int depth = Integer.MAX_VALUE;

    @Option(names = "--external", description = "Check links to other hosts too, without following them further.")
    boolean external;

    @Option(
            names = "--exclude",
            paramLabel = "REGEX",
            description = "Leave out addresses in which the expression is found. May be given more than once.")
    List<Pattern> excludes = new ArrayList<>();

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description = "Requests at a time, overall. Default: ${DEFAULT-VALUE}.")
    int inFlight = 64;

    @Option(
            names = "--per-host",
            paramLabel = "N",
            description = "Requests at a time to one host. Default: ${DEFAULT-VALUE}.")
    int perHost = 16;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Durations.class,
            defaultValue = "15s",
            description = "Time for one request, headers and body together. Default: ${DEFAULT-VALUE}.")
    Duration timeout = Duration.ofSeconds(15);

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            converter = Durations.class,
            defaultValue = "10m",
            description = "Time for the whole run, which then ends with the report so far. Default: ${DEFAULT-VALUE}.")
    Duration deadline = Duration.ofMinutes(10);

    @Option(
            names = "--retries",
            paramLabel = "N",
            description = "Further tries after connection errors, timeouts, and statuses 429 and 5xx."
                    + " Default: ${DEFAULT-VALUE}.")
    int retries = 2;

    @Option(
            names = "--retry-delay",
            paramLabel = "TIME",
            converter = Durations.class,
            defaultValue = "500ms",
            description =
                    "Pause before the first further try; it doubles each time, up to 30s. The server's Retry-After"
                            + " counts more, up to the same. Default: ${DEFAULT-VALUE}.")
    Duration retryDelay = Duration.ofMillis(500);

    @Option(
            names = "--max-redirects",
            paramLabel = "N",
            description = "Redirects in a row that are followed. Default: ${DEFAULT-VALUE}.")
    int maxRedirects = 10;

    @Option(
            names = "--max-bytes",
            paramLabel = "SIZE",
            converter = ByteSizes.class,
            defaultValue = "10MiB",
            description = "Read no more than this of a page or file, at most 1GiB. Default: ${DEFAULT-VALUE}.")
    long maxBytes = 10 << 20;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write the whole report to FILE too, whose name ends with .json or .html.")
    @Nullable
    Path report;

    @Option(names = "--fail-on-broken", description = "Exit with status 1 if there are broken links.")
    boolean failOnBroken;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description =
                    "Serve /metrics in Prometheus' format on this port of this machine while the run lasts; 0 takes a"
                            + " free one.")
    @Nullable
    Integer metricsPort;

    @Option(
            names = {"-q", "--quiet"},
            description = "Show no progress.")
    boolean quiet;

    /**
     * Looks for values that no run can use.
     *
     * @throws UnusableInputException if there is one; the message names the option
     */
    void validate() throws UnusableInputException {
        require("--depth", depth, 0, Integer.MAX_VALUE);
        require("--in-flight", inFlight, 1, Integer.MAX_VALUE);
        require("--per-host", perHost, 1, Integer.MAX_VALUE);
        require("--retries", retries, 0, Integer.MAX_VALUE);
        require("--max-redirects", maxRedirects, 0, Integer.MAX_VALUE);
        require("--max-bytes", maxBytes, 1, LARGEST_BODY);
        if (metricsPort != null) {
            require("--metrics-port", metricsPort, 0, 65_535);
        }
    }

    private static void require(String option, long value, long least, long most) throws UnusableInputException {
        if (value < least || value > most) {
            String range = most == Integer.MAX_VALUE ? "at least " + least : "between " + least + " and " + most;
            throw new UnusableInputException("Invalid value for option '" + option + "': it has to be " + range);
        }
    }

    boolean isExcluded(URI url) {
        return excludes.stream().anyMatch(regex -> regex.matcher(url.toString()).find());
    }

    /** {@return whether it matters how many steps away from a start page an address is} */
    boolean hasDepthLimit() {
        return depth != Integer.MAX_VALUE;
    }
}
