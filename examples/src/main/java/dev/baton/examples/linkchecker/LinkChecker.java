package dev.baton.examples.linkchecker;

import com.sun.net.httpserver.HttpExchange;
import dev.baton.Coroutines;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import dev.baton.micrometer.CoroutineMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Checks the links of a web site: the program around a {@link Crawl} and its {@link Report}. */
@Command(
        name = "linkchecker",
        version = "linkchecker, an example of Baton",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Follows the links of a web site and reports the broken ones.%n",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "  0:The run is over.",
            "  1:There are broken links, and --fail-on-broken is given.",
            "  2:The command line is wrong, or no start page could be read.",
            "130:Interrupted by Ctrl-C. The report so far has been printed."
        })
public final class LinkChecker implements Callable<Integer> {
    private static final int BROKEN = 1;
    private static final int UNUSABLE = 2;
    private static final String METRICS = "/metrics";

    @Mixin
    private Options options = new Options();

    private final PrintWriter out;
    private final PrintWriter err;

    private LinkChecker(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /** Runs the program. */
    public static void main(String[] args) {
        System.exit(run(
                new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset()),
                args));
    }

    /** {@return the exit status of a run} */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new LinkChecker(out, err))
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(LinkChecker::explain)
                .setExecutionExceptionHandler(LinkChecker::explain)
                .execute(args);
    }

    private static int explain(ParameterException wrong, String[] args) {
        PrintWriter err = wrong.getCommandLine().getErr();
        err.println("linkchecker: " + wrong.getMessage());
        UnmatchedArgumentException.printSuggestions(wrong, err);
        err.println("Try 'linkchecker --help'.");
        return UNUSABLE;
    }

    private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        boolean expected = failure instanceof UnusableInputException;
        command.getErr().println("linkchecker: " + (expected ? failure.getMessage() : failure));
        return UNUSABLE;
    }

    @Override
    public Integer call() throws UnusableInputException {
        options.validate();
        ReportFormat format = options.report == null ? null : ReportFormat.of(options.report);
        try (Starts starts = Starts.open(options.starts.isEmpty() ? List.of(defaultSite()) : options.starts)) {
            Integer port = options.metricsPort;
            if (port == null) {
                return check(starts, new CompositeMeterRegistry(), format); // an empty one: its meters count nothing
            }
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            try (LoopbackServer server = metricsServer(registry, port)) {
                err.println("Metrics: " + server.url().resolve(METRICS));
                return check(starts, registry, format);
            }
        }
    }

    private static LoopbackServer metricsServer(PrometheusMeterRegistry registry, int port)
            throws UnusableInputException {
        try {
            return new LoopbackServer(port, METRICS, exchange -> scrape(registry, exchange));
        } catch (IOException e) {
            throw new UnusableInputException("cannot serve metrics on port " + port + ": " + e.getMessage());
        }
    }

    private static void scrape(PrometheusMeterRegistry registry, HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] text = registry.scrape().getBytes(StandardCharsets.UTF_8);
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.sendResponseHeaders(200, isHead ? -1 : text.length);
            if (!isHead) {
                exchange.getResponseBody().write(text);
            }
        }
    }

    /** {@return the folder that the build unpacks, named from where the program runs if it lies below} */
    private static String defaultSite() throws UnusableInputException {
        String named = System.getProperty("baton.site");
        List<String> candidates = named == null ? List.of("examples/target/site", "target/site") : List.of(named);
        Path here = Path.of("").toAbsolutePath();
        return candidates.stream()
                .map(Path::of)
                .filter(Files::isDirectory)
                .map(site -> site.startsWith(here) ? here.relativize(site) : site)
                .map(Path::toString)
                .findFirst()
                .orElseThrow(() -> new UnusableInputException("the default site is not at "
                        + String.join(" or ", candidates)
                        + "; the build unpacks it there. Or name a URL or a folder."));
    }

    private int check(Starts starts, MeterRegistry registry, @Nullable ReportFormat format)
            throws UnusableInputException {
        Meters meters = new Meters(registry);
        try (Fetcher fetcher = new Fetcher(options, meters)) {
            Crawl crawl = new Crawl(options, starts, fetcher, meters);
            Interruption interruption = Interruption.handledBy(crawl::interrupt);
            try {
                Report report = run(crawl, registry);
                print(report, format);
                return status(report);
            } finally {
                interruption.over();
            }
        }
    }

    private Report run(Crawl crawl, MeterRegistry registry) {
        LoopOptions loop = LoopOptions.defaults().withName("linkchecker");
        try (Progress progress = options.quiet ? Progress.none() : Progress.onStandardError()) {
            return Coroutines.run(loop, () -> {
                if (options.metricsPort == null) {
                    return crawl.run(progress);
                }
                try (CoroutineMetrics metrics = new CoroutineMetrics(EventLoop.current(), Tags.empty())) {
                    metrics.bindTo(registry);
                    return crawl.run(progress);
                }
            });
        }
    }

    private void print(Report report, @Nullable ReportFormat format) throws UnusableInputException {
        out.print(TextReport.render(report));
        out.flush();
        if (format != null && options.report != null) {
            format.write(report, options.report);
            err.println("The whole report is in " + options.report);
        }
    }

    private int status(Report report) {
        if (report.isEmpty()) {
            err.println("linkchecker: no start page could be read");
            return UNUSABLE;
        }
        return options.failOnBroken && !report.broken().isEmpty() ? BROKEN : 0;
    }
}
