package dev.baton.context;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.blocking;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.VirtualTime.join;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.loop.ContextCapture;
import dev.baton.loop.EventLoop;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What Logback writes into each line, and which Observation is the current one. */
class ContextSnapshotsTest {
    private final VirtualTime time = new VirtualTime();
    private final Logger log = (Logger) LoggerFactory.getLogger("dev.baton.test");
    private final List<String> logged = new ArrayList<>(); // "message [user]"
    private final Appender<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) { // on the thread that logs; AppenderBase takes a lock
            logged.add(
                    line.getFormattedMessage() + " " + line.getMDCPropertyMap().values());
        }
    };
    private final ContextCapture mdc = ContextSnapshots.capture(ContextSnapshotFactory.builder()
            .contextRegistry(new ContextRegistry().registerThreadLocalAccessor(new Slf4jThreadLocalAccessor()))
            .build());

    @BeforeEach
    void listen() {
        MDC.clear();
        appender.start();
        log.setLevel(Level.INFO);
        log.addAppender(appender);
    }

    @AfterEach
    void nothingIsLeftBehind() {
        log.detachAppender(appender);
        assertEquals("-", user(), "on the thread of the test");
        time.assertNoReports();
    }

    private void run(ContextCapture capture, Runnable body) {
        Coroutines.run(time.options().withContext(capture), () -> {
            body.run();
            return null;
        });
    }

    private static String user() {
        Map<String, String> all = MDC.getCopyOfContextMap();
        return all == null || all.isEmpty() ? "-" : String.join(" ", all.values());
    }

    // --------------------------------------------------------------------------------------------------------- the MDC

    @Test
    @DisplayName("A-55 the MDC is that of the moment of the spawn, and is set on the coroutine's thread")
    void capturedAtSpawn() {
        run(mdc, () -> {
            MDC.put("user", "ann");
            Thread own = Thread.currentThread();
            Coroutine<?> now = spawn(() -> log.info("now, on this thread: {}", Thread.currentThread() == own));
            Coroutine<?> later = spawnLater(() -> log.info("later"));
            MDC.put("user", "bob");
            await(List.of(now, later));
            log.info("spawner");
        });
        assertEquals(List.of("now, on this thread: false [ann]", "later [ann]", "spawner [bob]"), logged);
    }

    @Test
    @DisplayName("A-55, A-57 spawned from another thread, it has the MDC of that one")
    void capturedOnAnotherThread() {
        try (EventLoop loop = EventLoop.open(time.wallClock().withContext(mdc))) {
            MDC.put("user", "ann");
            Coroutine<?> spawned = spawn(loop, () -> {
                moment();
                log.info("spawned");
            });
            MDC.clear();
            spawned.join();
        }
        assertEquals(List.of("spawned [ann]"), logged);
    }

    @Test
    @DisplayName("A-55, J-08 it stays put across awaits of every kind, while others run")
    void staysAcrossAwaits() {
        run(mdc, () -> {
            CompletableFuture<String> foreign = new CompletableFuture<>();
            MDC.put("user", "ann");
            Coroutine<?> ann = spawn(() -> {
                log.info("start");
                moment();
                log.info("moment");
                await(foreign);
                log.info("foreign");
                sleep(ms(10));
                log.info("sleep");
                await(spawn(() -> sleep(ms(10))));
                log.info("child");
            });
            MDC.put("user", "bob");
            join(Thread.ofPlatform().start(() -> foreign.complete("")));
            while (!ann.isDone()) {
                MDC.put("user", "bob");
                sleep(ms(1));
            }
            MDC.clear();
        });
        assertEquals(List.of("start [ann]", "moment [ann]", "foreign [ann]", "sleep [ann]", "child [ann]"), logged);
    }

    @Test
    @DisplayName("A-55 siblings, and those above and below, do not see each other's changes")
    void siblingsAreApart() {
        run(mdc, () -> {
            MDC.put("user", "main");
            List<Coroutine<?>> both = new ArrayList<>();
            for (String name : List.of("ann", "bob")) {
                both.add(spawn(() -> {
                    log.info("{} begins", name);
                    MDC.put("user", name);
                    moment();
                    await(spawn(() -> {
                        log.info("child of {}", name);
                        MDC.put("user", "child");
                        moment();
                    }));
                    log.info("{} ends", name);
                }));
            }
            log.info("main");
            await(both);
            log.info("main");
            MDC.clear();
        });
        assertEquals(
                List.of(
                        "ann begins [main]",
                        "bob begins [main]",
                        "main [main]",
                        "child of ann [ann]",
                        "child of bob [bob]",
                        "ann ends [ann]",
                        "bob ends [bob]",
                        "main [main]"),
                logged);
    }

    @Test
    @DisplayName(
            "A-55 nothing leaks into the loop's thread: not from a coroutine that waits or has ended, and not from a"
                    + " callback or a timer, which are in the context of their own")
    void nothingLeaksIntoTheLoopsThread() {
        List<String> seen = new ArrayList<>();
        try (EventLoop loop = EventLoop.create(time.options().withContext(mdc))) {
            MDC.put("user", "driver");
            Coroutine<?> main = spawn(loop, () -> {
                MDC.put("user", "ann");
                Coroutine<?> waiting = spawn(() -> sleep(ms(10)));
                loop.executeWithoutContext(() -> seen.add("while it waits " + user()));
                loop.execute(() -> {
                    seen.add("callback " + user());
                    MDC.put("user", "callback");
                });
                loop.executeWithoutContext(() -> seen.add("after it " + user()));
                loop.schedule(ms(1), () -> {
                    seen.add("timer " + user());
                    MDC.clear();
                });
                await(waiting);
                loop.executeWithoutContext(() -> seen.add("at the end " + user()));
                moment();
            });
            loop.runUntil(main);
            seen.add("after the run " + user());
            MDC.clear();
        }
        assertEquals(
                List.of(
                        "while it waits driver",
                        "callback ann",
                        "after it driver",
                        "timer ann",
                        "at the end driver",
                        "after the run driver"),
                seen);
    }

    @Test
    @DisplayName("A-55, J-08 nothing leaks into a thread that completes a future, nor from there into the coroutine")
    void nothingLeaksIntoACompletingThread() {
        List<String> seen = new ArrayList<>();
        try (EventLoop loop = EventLoop.open(time.wallClock().withContext(mdc))) {
            CompletableFuture<String> future = new CompletableFuture<>();
            MDC.put("user", "ann");
            Coroutine<?> waiting = spawn(loop, () -> {
                await(future);
                log.info("resumed");
                MDC.put("user", "changed");
            });
            MDC.clear();
            join(Thread.ofPlatform().start(() -> {
                MDC.put("user", "worker");
                future.complete("");
                waiting.join();
                seen.add("completer " + user());
            }));
        }
        assertEquals(List.of("resumed [ann]"), logged);
        assertEquals(List.of("completer worker"), seen);
    }

    @Test
    @DisplayName("A-55, F-09 blocking work is in its caller's context, and keeps its changes to itself")
    void blockingWorkIsInTheContext() {
        run(mdc, () -> {
            MDC.put("user", "ann");
            blocking(() -> {
                log.info("work");
                MDC.put("user", "worker");
                return "";
            });
            log.info("caller");
            MDC.clear();
        });
        assertEquals(List.of("work [ann]", "caller [ann]"), logged);
    }

    @Test
    @DisplayName(
            "A-55, A-50 a coroutine that fails or is cancelled ends as it would, and its stack shows no frames of it")
    void theOutcomeAndTheStackAreThoseOfTheBody() {
        run(mdc, () -> {
            IllegalStateException failure = new IllegalStateException("broken");
            Coroutine<?> failed = spawn(() -> {
                moment();
                throw failure;
            });
            assertSame(failure, assertThrows(IllegalStateException.class, () -> await(failed)));
            Coroutine<?> waiting = spawn(() -> sleep(ms(10)));
            assertEquals(
                    List.of(),
                    waiting.stack().stream()
                            .map(StackTraceElement::toString)
                            .filter(frame -> frame.contains("ContextSnapshots."))
                            .toList());
            waiting.cancel();
            moment();
            assertEquals(true, waiting.isCancelled());
        });
    }

    // ------------------------------------------------------------------------------------------------ what is captured

    private static final ThreadLocal<String> TENANT = new ThreadLocal<>();
    private static final ThreadLocal<String> OTHER = new ThreadLocal<>();

    @Test
    @DisplayName("A-55 an application names the thread-locals; others stay behind")
    void onlyWhatIsNamedIsCaptured() {
        ContextCapture tenant = ContextSnapshots.capture(ContextSnapshotFactory.builder()
                .contextRegistry(new ContextRegistry()
                        .registerThreadLocalAccessor("tenant", TENANT)
                        .registerThreadLocalAccessor("other", OTHER))
                .captureKeyPredicate(key -> key.equals("tenant"))
                .build());
        List<String> seen = new ArrayList<>();
        run(tenant, () -> {
            TENANT.set("blue");
            OTHER.set("red");
            MDC.put("user", "ann");
            await(spawn(() -> {
                moment();
                seen.add(TENANT.get() + " " + OTHER.get() + " " + user());
            }));
            MDC.clear();
        });
        assertEquals(List.of("blue null -"), seen);
    }

    // ---------------------------------------------------------------------------------------------------- Observations

    private final ObservationRegistry observations = ObservationRegistry.create();

    private @Nullable String current() {
        Observation observation = observations.getCurrentObservation();
        return observation == null ? null : observation.getContext().getName();
    }

    @Test
    @DisplayName(
            "A-55 an Observation around a spawn is the current one in the coroutine, across its awaits, and the parent"
                    + " of those that it starts")
    void observationAroundASpawn() {
        observations.observationConfig().observationHandler(context -> true); // without a handler it does nothing
        List<String> seen = new ArrayList<>();
        run(ContextSnapshots.capture(), () -> {
            List<Coroutine<?>> parts = new ArrayList<>();
            Observation.createNotStarted("page", observations).observe(() -> {
                for (String name : List.of("prices", "stock")) {
                    parts.add(spawn(() -> {
                        moment();
                        seen.add(name + " is in " + current());
                        Observation part = Observation.createNotStarted(name, observations);
                        part.observe(() -> {
                            moment();
                            seen.add(current() + " is below "
                                    + part.getContext()
                                            .getParentObservation()
                                            .getContextView()
                                            .getName());
                        });
                        moment();
                        seen.add(name + " is in " + current() + " again");
                    }));
                }
                moment();
                seen.add("the spawner is in " + current());
                EventLoop.current().executeWithoutContext(() -> seen.add("a callback is in " + current()));
            });
            seen.add("outside it is " + current());
            await(parts);
            Observation.createNotStarted("disk", observations)
                    .observe(() -> seen.add("blocking work is in " + blocking(this::current)));
            assertNull(current());
        });
        assertNull(current());
        assertEquals(
                List.of(
                        "prices is in page",
                        "stock is in page",
                        "the spawner is in page",
                        "outside it is null",
                        "prices is below page",
                        "stock is below page",
                        "a callback is in null",
                        "prices is in page again",
                        "stock is in page again",
                        "blocking work is in disk"),
                seen);
    }
}
