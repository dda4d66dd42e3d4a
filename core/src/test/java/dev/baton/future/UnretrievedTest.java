package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import dev.baton.loop.FailureReport;
import dev.baton.loop.LoopListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** F-05, A-52, T-18, C-14: a failure that nobody asks for is reported once. */
class UnretrievedTest {
    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static Coroutine<String> failing(Exception failure) {
        return spawn(() -> {
            throw failure;
        });
    }

    private static Deferred<String> failed(Throwable failure) {
        Deferred<String> deferred = new Deferred<>();
        deferred.completeExceptionally(failure);
        return deferred;
    }

    // ------------------------------------------------------------------------------------------------ when it is
    // reported

    @Test
    @DisplayName("F-05, T-18 a failure that nobody asks for is reported when the loop closes, raw and once"
            + " (test_uncaught_exception_log)")
    void reportedWhenTheLoopClosesRawAndOnce() {
        IOException ofCoroutine = new IOException("of a coroutine");
        IOException ofDeferred = new IOException("of a deferred");
        List<Object> held = new ArrayList<>();
        EventLoop loop = time.run(() -> {
            held.add(failing(ofCoroutine));
            held.add(failed(ofDeferred));
            moment();
            assertEquals(List.of(), time.reports());
            return EventLoop.current();
        });
        List<Throwable> reports = time.reports();
        assertEquals(2, reports.size(), reports.toString());
        assertTrue(reports.containsAll(List.of(ofCoroutine, ofDeferred)));
        loop.close();
        held.clear();
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        // Nothing else comes, see nothingElseIsReported.
    }

    @Test
    @DisplayName("F-05, A-52 a failure that nobody asks for is reported when its future is collected, once"
            + " (test_log_traceback)")
    void reportedWhenItsFutureIsCollectedOnce() {
        IOException ofCoroutine = new IOException("of a coroutine");
        IOException ofDeferred = new IOException("of a deferred");
        List<Throwable> seen = new ArrayList<>();
        try (EventLoop loop = EventLoop.open(time.wallClock())) {
            Coroutine<Boolean> maker = spawn(loop, () -> {
                failing(ofCoroutine);
                failed(ofDeferred);
                return true;
            });
            assertTrue(maker.join());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> {
                        System.gc();
                        seen.addAll(time.reports());
                        return seen.size() >= 2;
                    });
        }
        seen.addAll(time.reports());
        assertEquals(2, seen.size(), seen.toString());
        assertTrue(seen.containsAll(List.of(ofCoroutine, ofDeferred)));
    }

    @Test
    @DisplayName("F-05 the report is made on the loop, and its message names the coroutine")
    void reportIsMadeOnTheLoopAndItsMessageNamesTheCoroutine() {
        IOException failure = new IOException();
        List<String> messages = new ArrayList<>();
        time.run(() -> {
            EventLoop.current().addListener(new LoopListener() {
                @Override
                public void failureReported(EventLoop loop, FailureReport report) {
                    messages.add(report.kind() + " " + loop.isOwner() + " " + report.message());
                    assertSame(failure, report.failure());
                }
            });
            spawn("the culprit", () -> {
                throw failure;
            });
        });
        assertEquals(List.of(failure), time.reports());
        assertEquals(1, messages.size());
        assertTrue(messages.getFirst().startsWith("UNRETRIEVED true "), messages.toString());
        assertTrue(messages.getFirst().contains("the culprit"), messages.toString());
    }

    @Test
    @DisplayName("F-05, A-52 a cancellation is never reported (test_tb_logger_not_called_after_cancel)")
    void cancellationIsNeverReported() {
        time.run(() -> {
            spawn(() -> await(new Deferred<>())).cancel();
            spawn(() -> {
                throw new CancellationException("unasked");
            });
            new Deferred<String>().cancel();
            failed(new CancellationException());
            moment();
            moment();
        });
    }

    @Test
    void valuesAreNeverReported() {
        time.run(() -> {
            spawn(() -> "nobody asks");
            new Deferred<String>().complete("nobody asks");
        });
    }

    // ------------------------------------------------------------------------------------------ what counts as
    // retrieved

    interface Retrieval {
        void of(Deferred<String> failed) throws Exception;
    }

    static Stream<Arguments> retrievals() {
        return Stream.of(
                way("await", failed -> assertThrows(IOException.class, () -> await(failed))),
                way("join", failed -> assertThrows(Exception.class, failed::join)),
                way("get", failed -> assertThrows(Exception.class, failed::get)),
                way("timed get", failed -> assertThrows(Exception.class, () -> failed.get(1, TimeUnit.SECONDS))),
                way("getNow", failed -> assertThrows(Exception.class, () -> failed.getNow("x"))),
                way("resultNow", failed -> assertThrows(IllegalStateException.class, failed::resultNow)),
                way("exceptionNow", Deferred::exceptionNow),
                way("a dependent stage", failed -> failed.exceptionally(failure -> "x")),
                way("a dependent stage that passes it on", failed -> failed.thenApply(String::trim)),
                way("whenComplete", failed -> failed.whenComplete((value, failure) -> {})),
                way("handle", failed -> failed.handle((value, failure) -> "x")),
                way("thenCompose", failed -> failed.thenCompose(CompletableFuture::completedFuture)),
                way(
                        "thenCombine of another",
                        failed -> CompletableFuture.completedFuture("x").thenCombine(failed, String::concat)),
                way("copy", Deferred::copy),
                way("minimalCompletionStage", Deferred::minimalCompletionStage),
                way("toCompletableFuture", Deferred::toCompletableFuture),
                way("whenDone", failed -> EventLoop.current().whenDone(failed, (value, failure) -> {})),
                way("multi", failed -> assertThrows(IOException.class, () -> await(Futures.multi(List.of(failed))))),
                way("gather", failed -> Futures.gather(failed).ignoreFailure()),
                way(
                        "withTimeout",
                        failed -> Futures.withTimeout(Duration.ofSeconds(1), failed)
                                .ignoreFailure()),
                way(
                        "waitFor",
                        failed -> Futures.waitFor(Duration.ofSeconds(1), failed).ignoreFailure()),
                way("ignoreFailure", Deferred::ignoreFailure));
    }

    private static Arguments way(String name, Retrieval retrieval) {
        return Arguments.of(name, retrieval);
    }

    @ParameterizedTest(name = "F-05 after the failure: {0}")
    @MethodSource("retrievals")
    void whoRetrievesItAfterTheFailureKeepsItFromBeingReported(String name, Retrieval way) {
        Coroutines.run(time.options(), () -> {
            way.of(failing(new IOException(name)));
            way.of(failed(new IOException(name)));
            return null;
        });
    }

    @ParameterizedTest(name = "F-05 before the failure: {0}")
    @MethodSource("retrievals")
    void whoAsksBeforeTheFailureKeepsItFromBeingReported(String name, Retrieval way) {
        Coroutines.run(time.options(), () -> {
            Deferred<String> deferred = new Deferred<>();
            Coroutine<String> coroutine = spawn(() -> {
                moment();
                moment();
                throw new IOException(name);
            });
            EventLoop.current().schedule(Duration.ofMillis(1), () -> deferred.completeExceptionally(new IOException()));
            List<Coroutine<?>> asking = new ArrayList<>();
            for (Deferred<String> failing : List.of(deferred, coroutine)) {
                if (!Stream.of("getNow", "resultNow", "exceptionNow").toList().contains(name)) {
                    asking.add(spawn(() -> {
                        way.of(failing);
                        return null;
                    }));
                } else {
                    failing.ignoreFailure();
                }
            }
            Coroutines.sleep(Duration.ofMillis(5));
            await(asking);
            return null;
        });
    }

    @Test
    @DisplayName("F-05 isDone, isCompletedExceptionally, state and toString retrieve nothing")
    void lookingIsNotRetrieving() {
        IOException failure = new IOException();
        time.run(() -> {
            Deferred<String> deferred = failed(failure);
            assertTrue(deferred.isDone() && deferred.isCompletedExceptionally());
            assertSame(Future.State.FAILED, deferred.state());
            assertTrue(deferred.toString().length() > 0);
            assertEquals(0, deferred.getNumberOfDependents());
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("F-05 what passes a failure on and is not asked itself is reported in its place, once")
    void whatPassesAFailureOnIsReportedInItsPlace() {
        IOException failure = new IOException();
        time.run(() -> {
            Coroutine<String> inner = failing(failure);
            spawn(() -> await(inner));
            moment();
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("F-05 a future made outside any loop does not disturb one")
    void futureMadeOutsideAnyLoop() {
        Deferred<String> outside = failed(new IOException("outside"));
        time.run(() -> assertThrows(IOException.class, () -> await(outside)));
    }

    @Test
    @DisplayName("F-05 a failure that a foreign thread brings is reported at close, once")
    void failureThatAForeignThreadBrings() {
        IOException failure = new IOException("foreign");
        Deferred<String> deferred = Coroutines.run(time.wallClock(), () -> {
            Deferred<String> made = new Deferred<>();
            VirtualTime.join(Thread.ofPlatform().start(() -> made.completeExceptionally(failure)));
            return made;
        });
        assertEquals(List.of(failure), time.reports());
        assertTrue(deferred.isCompletedExceptionally());
    }
}
