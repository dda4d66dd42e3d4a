package dev.baton.examples.aggregator;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program as a whole, with its own services. */
@Timeout(120)
class AggregatorTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void asksForPagesAndSumsUp() {
        assertEquals(0, run("--requests", "20"), err::toString);
        assertEquals(
                List.of(
                        "Pages http://127.0.0.1:*/products/1",
                        "Metrics http://127.0.0.1:*/metrics",
                        "Coroutines http://127.0.0.1:*/coroutines"),
                err.toString()
                        .lines()
                        .map(line -> line.replaceAll(" +", " ").replaceAll(":\\d+/", ":*/"))
                        .toList());
        List<String> lines =
                out.toString().lines().filter(line -> !line.isEmpty()).toList();
        assertEquals(
                "20 of 20 pages in *s: 0 complete, 20 partial, 0 disconnected, 0 failed",
                lines.getFirst().replaceAll("in [\\d.]+s", "in *s"));
        assertEquals(6, lines.size(), out::toString);
        for (String line : lines.subList(2, 6)) { // a part of a page is an answer, or a fallback
            Matcher row = Pattern.compile("(\\w+)" + " +(\\d+)".repeat(7)).matcher(line);
            assertTrue(row.matches(), line);
            long fallbacks = Long.parseLong(row.group(7)) + Long.parseLong(row.group(8));
            // On a slow machine an answer may come together with the end of its time: then it counts as both.
            assertTrue(fallbacks <= 20 && Long.parseLong(row.group(2)) + fallbacks >= 20, line);
            if (row.group(1).equals("stock")) {
                assertEquals(List.of("0", "20"), List.of(row.group(2), row.group(8)), line);
            }
        }
        assertEquals(
                List.of("catalog", "reviews", "prices", "stock"),
                lines.subList(2, 6).stream()
                        .map(line -> line.replaceAll(" .*", ""))
                        .toList());
    }

    @Test
    void aStallIsSeenFromOutside() {
        List<LogRecord> records = new CopyOnWriteArrayList<>();
        int status = listeningTo("dev.baton.loop", records::add, () -> run("--requests", "20", "--stall"));
        assertEquals(0, status, err::toString);

        // The watchdog's own words, while it lasts. Other steps may be slow as well, on a slow machine.
        LogRecord noticed = records.stream()
                .filter(record -> record.getThrown() != null)
                .filter(record -> Stream.of(record.getThrown().getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(Stall.class.getName())))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        records.stream().map(LogRecord::getMessage).toList().toString()));
        assertTrue(
                noticed.getMessage()
                        .matches("(?s).*\"GET /products/\\d+\".* has held the baton of aggregator for \\d+ ms, .*"
                                + "Coroutines\\.blocking\\(\\).*"),
                noticed.getMessage());

        String seen = out.toString();
        assertTrue(
                Pattern.compile("Meanwhile the dump said:\nGET /products/\\d+ is RUNNING\n"
                                + "    at [\\w.]*Stall.perhaps\\(Stall.java:\\d+\\)\n(    at .*\n)*"
                                + "and \\d+ coroutines cannot go on\n")
                        .matcher(seen)
                        .find(),
                seen);
        int afterwards = seen.indexOf("\nAfterwards:");
        assertEquals(0, figure("baton_loop_blocked_steps_total", seen.substring(0, afterwards)));
        assertTrue(figure("baton_loop_blocked_steps_total", seen.substring(afterwards)) >= 1, seen);
        assertTrue(figure("baton_loop_step_seconds_max", seen.substring(afterwards)) >= 1.9, seen);
    }

    private static double figure(String meter, String text) {
        Matcher line = Pattern.compile(meter + "\\{.*} (\\S+)").matcher(text);
        assertTrue(line.find(), text);
        return Double.parseDouble(line.group(1));
    }

    private static <T> T listeningTo(String name, Consumer<LogRecord> listener, Supplier<T> body) {
        Logger logger = Logger.getLogger(name);
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                listener.accept(record);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            return body.get();
        } finally {
            logger.removeHandler(handler);
        }
    }

    @Test
    void withoutRequestsItWaitsUntilItIsInterrupted() throws Exception {
        FutureTask<Integer> run = new FutureTask<>(() -> run());
        Thread thread = Thread.ofPlatform().start(run);
        await().atMost(Duration.ofSeconds(30)).until(() -> err.toString().contains("Coroutines "));
        thread.interrupt();

        assertEquals(0, run.get(30, TimeUnit.SECONDS));
        assertEquals("", out.toString());
    }

    @Test
    void aPortThatIsTakenIsExplained() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertEquals(2, run("--port", String.valueOf(taken.getLocalPort())));
            assertEquals(
                    "aggregator: cannot answer on port " + taken.getLocalPort() + ": Address already in use\n",
                    err.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --no-such-option | Unknown option: '--no-such-option'
        --port=70000     | Invalid value for option '--port': it has to be between 0 and 65535
        --requests=0     | Invalid value for option '--requests': it has to be between 1 and 1000000
        --requests=many  | Invalid value for option '--requests': 'many' is not an int
        """)
    void wrongOptionsAreExplainedInALine(String option, String message) {
        assertEquals(2, run(option));
        assertEquals("aggregator: " + message + "\nTry 'aggregator --help'.\n", err.toString());
        assertEquals("", out.toString());
    }

    @Test
    void helpTellsEverything() {
        assertEquals(0, run("--help"));
        assertEquals(
                List.of("--port=PORT", "--requests=N", "--stall"),
                Stream.of("--port=PORT", "--requests=N", "--stall")
                        .filter(out.toString()::contains)
                        .toList(),
                out::toString);
    }

    private int run(String... args) {
        return Aggregator.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
