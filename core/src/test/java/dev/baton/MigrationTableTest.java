package dev.baton;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The tables of core/README.md: their Java compiles, their row ids exist, and no name of the other side is missing. */
class MigrationTableTest {
    private static final Path README = Path.of("README.md");

    private static final Pattern ID = Pattern.compile("\\b([A-Z])-(\\d\\d)\\b");

    /** How many rows each letter has. */
    private static final Map<String, Integer> ROWS = Map.ofEntries(
            Map.entry("A", 59),
            Map.entry("B", 14),
            Map.entry("C", 24),
            Map.entry("E", 4),
            Map.entry("F", 10),
            Map.entry("J", 11),
            Map.entry("L", 20),
            Map.entry("R", 3),
            Map.entry("S", 10),
            Map.entry("T", 24),
            Map.entry("U", 25),
            Map.entry("W", 34),
            Map.entry("X", 23),
            Map.entry("Y", 10));

    /** Where Baton differs on purpose: each has a word about it in the last column. */
    private static final String DEVIATIONS = """
        A-09 A-12 A-13 A-14 A-18 A-22 A-27 A-28 A-31 A-40 A-44 A-52 A-56 C-01 C-02 C-03 C-04 C-11 C-13 C-17 C-22
        F-01 F-05 L-10 L-16 R-02 T-11 T-19 T-20 U-14 U-20 U-25 W-10 W-14 W-25 W-28 W-29 W-30 X-04 X-05 X-07 X-21
        Y-02 Y-07 Y-10
        """;

    /** The public names of each module, as its source has them. */
    private static final Map<String, String> NAMES = Map.of(
            "tornado.gen",
            """
            Arguments BadYieldError Callback KeyReuseError LeakedCallbackError Multi MultiYieldPoint Return
            ReturnValueIgnoredError Runner Task TimeoutError UnknownKeyError Wait WaitAll WaitIterator YieldFuture YieldPoint
            convert_yielded coroutine current_future current_index done engine get_result handle_exception handle_yield
            is_coroutine_function is_ready maybe_future moment multi multi_future next pop_result quiet_exceptions
            register_callback replace_callback result_callback run set_result sleep start with_timeout
            """,
            "tornado.ioloop",
            """
            ERROR IOLoop NONE PeriodicCallback PollIOLoop READ TimeoutError WRITE add_callback add_callback_from_signal
            add_future add_handler add_timeout call_at call_later clear_current clear_instance close close_fd
            configurable_base configurable_default configure current handle_callback_exception initialize initialized install
            instance is_running log_stack make_current remove_handler remove_timeout run_sync set_blocking_log_threshold
            set_blocking_signal_threshold spawn_callback split_fd start stop time update_handler
            """,
            "tornado.concurrent",
            """
            DummyExecutor FUTURES Future ReturnValueIgnoredError TracebackFuture add_done_callback cancel cancelled
            chain_future done dummy_executor exc_info exception is_future result return_future run_on_executor running
            set_exc_info set_exception set_result shutdown submit
            """,
            "asyncio: coroutines and tasks",
            """
            ALL_COMPLETED CancelledError FIRST_COMPLETED FIRST_EXCEPTION InvalidStateError Runner Task TaskGroup TimeoutError
            add_done_callback all_tasks as_completed async cancel cancelled cancelling coroutine create_eager_task_factory
            create_task current_task done eager_task_factory ensure_future exception gather get_context get_coro get_loop
            get_name get_stack iscoroutine iscoroutinefunction print_stack remove_done_callback result return_exceptions run
            run_coroutine_threadsafe set_exception set_name set_result shield sleep timeout timeout_at to_thread uncancel
            wait wait_for
            """,
            "asyncio: futures and the loop",
            """
            Future call_at call_exception_handler call_later call_soon call_soon_threadsafe cancel close create_future
            default_exception_handler get_debug get_event_loop get_running_loop is_closed is_running isfuture new_event_loop
            run_forever run_in_executor run_until_complete set_debug set_event_loop set_exception set_exception_handler
            set_result set_task_factory stop time when wrap_future
            """,
            "twisted.internet.defer",
            """
            AlreadyCalledError AlreadyTryingToLockError CancelledError DebugInfo Deferred DeferredFilesystemLock DeferredList
            DeferredLock DeferredQueue DeferredSemaphore FAILURE FailureGroup FirstError NotACoroutineError QueueOverflow
            QueueUnderflow SUCCESS TimeoutError addBoth addCallback addCallbacks addErrback addTimeout asFuture callback cancel
            chainDeferred deferUntilLocked deferredGenerator ensureDeferred errback execute fail fromCoroutine fromFuture
            gatherResults getDebugging getResult inlineCallbacks logError maybeDeferred passthru pause race returnValue
            setDebugging succeed timeout unpause waitForDeferred acquire release run put get
            """,
            "txcoroutine",
            """
            Coroutine cancel cancelling coroutine depends_on noreturn pause unpause
            """,
            "tornado.stack_context",
            """
            ExceptionStackContext NullContext StackContext StackContextInconsistentError deactivate enter exit
            run_with_stack_context wrap
            """);

    /** What the lines may use: the imports of a user, and fields and methods that stand for a user's own. */
    private static final String FIXTURE = """
        import static dev.baton.Coroutines.*;
        import dev.baton.*; import dev.baton.future.*; import dev.baton.legacy.*; import dev.baton.management.*;
        import dev.baton.loop.*; import dev.baton.loop.testing.*;
        import java.io.*; import java.math.BigInteger; import java.nio.*; import java.nio.channels.ByteChannel; import java.time.Duration;
        import java.util.*; import java.util.concurrent.*; import java.util.function.*;
        abstract class Lines {
            EventLoop loop, driven; LoopOptions options; TimerHandle timer; long deadlineNanos;
            Deferred<String> future, first, second; CompletionStage<String> stage; Coroutine<String> page, elsewhere;
            List<Deferred<String>> futures; Map<String, Deferred<String>> map; WaitIterator<String> waiting;
            Callable<String> body; Runnable task; Consumer<String> callback; Duration delay; ThreadLocal<String> user;
            StackContext context; Object object; String value, url; ExecutorService pool; ByteChannel channel; ByteBuffer buffer;
            YieldConverter<?> converter; YieldPoint<String> yieldPoint;
            abstract String work() throws Exception;
            abstract String work(String url) throws Exception;
            abstract String page();
            abstract Deferred<String> fetch(String url);
            abstract void tick();
            abstract void abort();
            abstract void alarm(BlockedStep step);
            abstract void log(Throwable failure);
            abstract AutoCloseable open();
            abstract void request(String url, Consumer<? super String> done);
            interface Statement { void run() throws Exception; }
            interface Expression { Object value() throws Exception; }
            static void check(Statement line) {}
            static void check(Expression line) {}
        """;

    private record Row(int line, List<String> cells) {
        String at() {
            return "README.md:" + line + ": ";
        }

        /** The pieces of Java in the second cell; a cell without backticks has none. */
        List<String> java() {
            return Pattern.compile("`([^`]+)`")
                    .matcher(cells.get(1))
                    .results()
                    .map(match -> match.group(1))
                    .toList();
        }
    }

    private record Table(String heading, List<Row> rows) {}

    private static List<Table> tables() throws IOException {
        List<Table> tables = new ArrayList<>();
        List<String> lines = Files.readAllLines(README);
        String heading = "";
        boolean inside = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("#")) {
                heading = line.replaceFirst("#+ ", "");
            }
            if (!line.startsWith("|")) {
                inside = false;
            } else if (!inside) {
                tables.add(new Table(heading, new ArrayList<>()));
                inside = true;
                i++; // the line of dashes
            } else {
                String[] cells = line.strip().split("(?<!\\\\)\\|", -1); // the outer two are empty
                List<String> inner = Stream.of(cells)
                        .skip(1)
                        .limit(cells.length - 2L)
                        .map(String::strip)
                        .toList();
                tables.getLast().rows().add(new Row(i + 1, inner));
            }
        }
        return tables;
    }

    private static List<Row> rows() throws IOException {
        return tables().stream().flatMap(table -> table.rows().stream()).toList();
    }

    @Test
    void everyLineOfJavaCompiles() throws IOException {
        List<Table> tables = tables();
        assertTrue(tables.size() >= NAMES.size(), tables::toString);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertNotNull(compiler, "the tests need a JDK");
        List<String> complaints = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            for (Table table : tables) {
                complaints.addAll(complaints(compiler, files, table));
            }
        }
        assertEquals("", String.join("\n", complaints));
    }

    /** Compiles the lines of a table as the methods of one class, each on one line of the source. */
    private static List<String> complaints(JavaCompiler compiler, JavaFileManager files, Table table)
            throws IOException {
        StringBuilder source = new StringBuilder(FIXTURE);
        Map<Long, String> origins = new HashMap<>();
        long number = FIXTURE.lines().count();
        for (Row row : table.rows()) {
            for (String java : row.java()) {
                origins.put(++number, row.at() + java);
                source.append(method(number, java)).append('\n');
            }
        }
        source.append("}\n");
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavacTask task = (JavacTask)
                compiler.getTask(null, files, found, options(), null, List.of(new Source(source.toString())));
        task.analyze(); // no classes are written
        return found.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .map(each -> origins.getOrDefault(each.getLineNumber(), "fixture line " + each.getLineNumber())
                        + "\n    " + each.getMessage(Locale.ROOT).replace("\n", "\n    "))
                .toList();
    }

    private static List<String> options() {
        String classPath = System.getProperty("java.class.path");
        return List.of("--release", "21", "-proc:none", "-Xlint:none", "-Xmaxerrs", "1000", "-classpath", classPath);
    }

    private static String method(long number, String java) {
        if (java.matches("[\\w<>, ?]+ \\w+\\([^()]*\\) \\{.*}") && !java.startsWith("new ")) {
            return java; // a method
        }
        boolean statement = java.endsWith(";") || java.endsWith("}");
        return "void line%d() { check(() -> %s); }".formatted(number, statement ? "{ " + java + " }" : java);
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("string:///Lines.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    @Test
    void everyRowHasFourCells() throws IOException {
        assertEquals(
                List.of(),
                rows().stream()
                        .filter(row -> row.cells().size() != 4
                                || row.cells().get(0).isEmpty()
                                || row.cells().get(1).isEmpty())
                        .map(row -> row.at() + row.cells())
                        .toList());
    }

    @Test
    void everyRowIdExists() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Row row : rows()) {
            String ids = row.cells().get(2);
            String different = row.cells().get(3);
            if (!ids.matches(ID + "(, " + ID + ")*")) {
                wrong.add(row.at() + "rows: " + ids);
            }
            if (!different.isEmpty() && !different.matches(ID + ": .+")) {
                wrong.add(row.at() + "does not begin with a row: " + different);
            }
            ID.matcher(ids + " " + different)
                    .results()
                    .filter(id -> !exists(id))
                    .forEach(id -> wrong.add(row.at() + "no such row: " + id.group()));
        }
        assertEquals(List.of(), wrong);
    }

    private static boolean exists(MatchResult id) {
        int number = Integer.parseInt(id.group(2));
        return number >= 1 && number <= ROWS.getOrDefault(id.group(1), 0);
    }

    @Test
    void everyRowOfTheOtherSidesIsNamed() throws IOException {
        Set<String> missing = new TreeSet<>();
        for (String letter : List.of("A", "E", "F", "L", "R", "S", "T", "U", "W", "X", "Y")) {
            for (int number = 1; number <= ROWS.getOrDefault(letter, 0); number++) {
                missing.add("%s-%02d".formatted(letter, number));
            }
        }
        for (Row row : rows()) {
            ID.matcher(row.cells().get(2)).results().forEach(id -> missing.remove(id.group()));
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyDeviationIsListed() throws IOException {
        String listed = rows().stream().map(row -> row.cells().get(3)).collect(Collectors.joining(" "));
        Set<String> missing = words(DEVIATIONS);
        ID.matcher(listed).results().forEach(id -> missing.remove(id.group()));
        assertEquals(Set.of(), missing);
    }

    @Test
    void noNameIsMissing() throws IOException {
        Map<String, Set<String>> missing = new HashMap<>();
        NAMES.forEach((module, names) -> missing.put(module, words(names)));
        for (Table table : tables()) {
            Set<String> names = missing.getOrDefault(table.heading(), new TreeSet<>());
            String shown =
                    table.rows().stream().map(row -> row.cells().getFirst()).collect(Collectors.joining(" "));
            names.removeIf(
                    name -> Pattern.compile("\\b" + name + "\\b").matcher(shown).find());
        }
        missing.values().removeIf(Set::isEmpty);
        assertEquals(Map.of(), missing);
    }

    private static Set<String> words(String text) {
        return new TreeSet<>(List.of(text.strip().split("\\s+")));
    }
}
