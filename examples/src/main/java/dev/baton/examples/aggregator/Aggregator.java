package dev.baton.examples.aggregator;

import dev.baton.jfr.CoroutineEvents;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import dev.baton.management.LoopManagement;
import dev.baton.micrometer.CoroutineMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the aggregator: four services, the loop, the server in front, and visitors if asked for. */
@Command(
        name = "aggregator",
        version = "aggregator, an example of Baton",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Puts pages together from a fast, a slow, a flaky and a dead service.%n",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:The run is over.",
            "1:A page was not answered.",
            "2:The command line or the port is unusable."
        })
public final class Aggregator implements Callable<Integer> {
    private static final Duration STALL = Duration.ofSeconds(2);

    @Mixin
    private Options options = new Options();

    private final PrintWriter out;
    private final PrintWriter err;

    private Aggregator(PrintWriter out, PrintWriter err) {
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
        return new CommandLine(new Aggregator(out, err))
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((wrong, given) -> {
                    err.println("aggregator: " + wrong.getMessage());
                    err.println("Try 'aggregator --help'.");
                    return 2;
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    err.println("aggregator: " + (failure instanceof IOException ? failure.getMessage() : failure));
                    return 2;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws Exception {
        options.validate();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Meters meters = new Meters(registry);
        Stall stall = options.stall ? Stall.of(STALL) : Stall.none();
        try (LocalUpstreams upstreams = new LocalUpstreams();
                EventLoop loop = EventLoop.open(LoopOptions.defaults().withName("aggregator"));
                CoroutineMetrics metrics = new CoroutineMetrics(loop)) {
            upstreams.all().forEach(meters::add);
            metrics.bindTo(registry);
            LoopManagement.register(loop); // for JConsole
            CoroutineEvents.of(loop); // for JDK Flight Recorder
            Service service = new Service(upstreams.all(), meters);
            try (Front front = front(loop, service, stall, meters, registry)) {
                err.println("Pages       " + front.url().resolve("products/1"));
                err.println("Metrics     " + front.url().resolve("metrics"));
                err.println("Coroutines  " + front.url().resolve("coroutines"));
                if (options.requests == null) {
                    new CountDownLatch(1).await(); // until Ctrl-C
                    return 0;
                }
                Watch watch = new Watch(registry);
                loop.addListener(watch);
                long start = System.nanoTime();
                int answered = new Load(front.url(), options.requests).run();
                double seconds = (System.nanoTime() - start) / 1e9;
                front.finish();
                if (options.stall && options.requests >= Stall.REQUEST) {
                    out.print(watch.report());
                }
                out.print(Summary.of(options.requests, answered, seconds, upstreams.all(), meters));
                out.flush();
                return answered == options.requests ? 0 : 1;
            }
        } catch (InterruptedException e) {
            return 0;
        }
    }

    private Front front(EventLoop loop, Service service, Stall stall, Meters meters, PrometheusMeterRegistry registry)
            throws IOException {
        try {
            return new Front(options.port, loop, service, stall, meters, registry);
        } catch (IOException e) {
            throw new IOException("cannot answer on port " + options.port + ": " + e.getMessage(), e);
        }
    }
}
