package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.failure;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rows of tornado.concurrent, and of tornado.gen's functions, that have no better place. */
class TornadoFutureTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    // ---------------------------------------------------------------------------------------------- cancelling, F-04

    @Test
    @DisplayName("F-04, C-05 a future can be cancelled, unlike Tornado's: once, and not when it is done")
    void futureCanBeCancelled() {
        time.run(() -> {
            Deferred<String> pending = new Deferred<>();
            assertFalse(pending.isCancelled());
            Coroutine<?> waiter = spawn(() -> await(pending));
            assertTrue(pending.cancel("no more"));
            assertTrue(pending.isCancelled());
            assertTrue(pending.isDone());
            assertFalse(pending.cancel());
            assertFalse(pending.cancel(true));
            CancellationException cancelled = assertThrows(CancellationException.class, () -> await(waiter));
            assertEquals("no more", cancelled.getMessage());

            Deferred<String> done = new Deferred<>();
            done.complete("value");
            assertFalse(done.cancel());
            assertFalse(done.isCancelled());
            assertEquals("value", await(done));
        });
    }

    // ------------------------------------------------------------------------------------------------ chaining, F-07

    private static <T> void chain(Deferred<T> from, Deferred<T> to) {
        from.whenComplete((value, failure) -> {
            if (failure == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }

    @Test
    @DisplayName(
            "F-07 what is chained has the value, or the very failure, in the same call; the await is one iteration")
    void whatIsChainedHasTheOutcomeInTheSameCall() {
        IOException failure = new IOException("failure");
        time.run(() -> {
            Deferred<String> a = new Deferred<>();
            Deferred<String> b = new Deferred<>();
            Deferred<String> c = new Deferred<>();
            chain(a, b);
            chain(b, c);
            Coroutine<?> waiter = spawn(() -> log.add(at(await(c))));
            EventLoop.current().execute(() -> {
                a.complete("value");
                log.add(at("c is done: " + c.isDone()));
            });
            await(waiter);

            Deferred<String> d = new Deferred<>();
            Deferred<String> e = new Deferred<>();
            chain(d, e);
            d.completeExceptionally(failure);
            assertSame(failure, assertThrows(IOException.class, () -> await(e)));

            Deferred<String> f = new Deferred<>();
            chain(d, f);
            assertSame(failure, failure(f), "chained to one that was done already");
        });
        assertEquals(List.of("1 c is done: true", "2 value"), log);
    }

    @Test
    @DisplayName("F-07 one that is done already keeps its outcome, and nobody complains")
    void oneThatIsDoneAlreadyKeepsItsOutcome() {
        time.run(() -> {
            for (boolean failing : List.of(true, false)) {
                Deferred<String> a = new Deferred<>();
                Deferred<String> done = new Deferred<>();
                Deferred<String> cancelled = new Deferred<>();
                chain(a, done);
                chain(a, cancelled);
                done.complete("mine");
                cancelled.cancel();
                if (failing) {
                    a.completeExceptionally(new IOException("from a"));
                } else {
                    a.complete("from a");
                }
                assertEquals("mine", await(done));
                assertTrue(cancelled.isCancelled());
            }
        });
    }

    @Test
    @DisplayName("F-07 the combinators chain in the same way: a timeout or a cancel that came first stays")
    void combinatorsChainInTheSameWay() {
        time.run(() -> {
            Deferred<String> a = new Deferred<>();
            Deferred<String> bounded = Futures.withTimeout(ms(1), a);
            Deferred<List<String>> multi = Futures.multi(List.of(a));
            multi.cancel();
            sleep(ms(2));
            a.complete("too late");
            assertThrows(AwaitTimeoutException.class, () -> await(bounded));
            assertTrue(multi.isCancelled());
            assertEquals("too late", await(Futures.withTimeout(ms(1), a)));
        });
    }

    // --------------------------------------------------------------------------------------------- executors, F-09

    @Test
    @DisplayName("F-09 work on an executor of one's own is awaited, in each of the executor's forms"
            + " (RunOnExecutorTest.test_call_with_executor, test_no_calling)")
    void workOnAnExecutorOfOnesOwn() {
        Coroutines.run(time.wallClock(), () -> {
            try (ExecutorService executor = Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("own").factory())) {
                Thread self = Thread.currentThread();
                assertEquals(42, await(CompletableFuture.supplyAsync(() -> 42, executor)));
                assertEquals(
                        "own",
                        await(executor.submit(() -> Thread.currentThread().getName())));
                assertEquals(42, await(new Deferred<Integer>().completeAsync(() -> 42, executor)));
                IOException failure = new IOException("on the executor");
                assertSame(
                        failure,
                        assertThrows(
                                IOException.class,
                                () -> await(executor.submit(() -> {
                                    throw failure;
                                }))));
                assertSame(self, Thread.currentThread());
            }
            return null;
        });
    }

    // --------------------------------------------------------------------------------------------- callbacks, F-10

    @Test
    @DisplayName(
            "F-10 a callback that is called at once makes a future that is done; later, one that is pending till then"
                    + " (RFT.test_no_callback, test_async_future, test_async_future_gen)")
    void callbackThatIsCalledAtOnceOrLater() {
        time.run(() -> {
            Deferred<Integer> sync = Futures.fromCallback(callback -> callback.accept(42));
            assertEquals(42, sync.resultNow());
            Deferred<Integer> async =
                    Futures.fromCallback(callback -> EventLoop.current().execute(() -> callback.accept(42)));
            assertFalse(async.isDone());
            EventLoop.current().whenDone(async, (value, failure) -> log.add(at("whenDone " + value)));
            log.add(at("await " + await(async)));
        });
        assertEquals(List.of("2 whenDone 42", "2 await 42"), log);
    }

    @Test
    @DisplayName("F-10 a callback without a result gives null, and no error (RFT.test_no_result_future)")
    void callbackWithoutAResult() {
        time.run(() -> assertNull(await(Futures.fromCallback(callback -> callback.accept(null)))));
    }

    @Test
    @DisplayName("F-10 an immediate failure is the future's, as that of a coroutine, and the callback is not run"
            + " (RFT.test_immediate_failure)")
    void immediateFailureIsTheFutures() {
        ArithmeticException failure = new ArithmeticException("/ by zero");
        time.run(() -> {
            Deferred<Integer> future = Futures.fromCallback(callback -> {
                throw failure;
            });
            future.thenAccept(value -> log.add("not run"));
            assertSame(failure, assertThrows(ArithmeticException.class, () -> await(future)));
        });
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("F-10 a failure of work that the function has scheduled is the loop's; the function passes it on if it"
            + " wants the future to fail (RFT.test_delayed_failure)")
    void failureOfScheduledWorkIsTheLoops() {
        ArithmeticException failure = new ArithmeticException("/ by zero");
        time.run(() -> {
            Deferred<Integer> left =
                    Futures.fromCallback(callback -> EventLoop.current().execute(() -> {
                        throw failure;
                    }));
            moment();
            moment();
            assertFalse(left.isDone());
        });
        assertEquals(List.of(failure), time.reports());
        time.run(() -> {
            Deferred<Integer> passedOn = new Deferred<>();
            EventLoop.current().execute(() -> passedOn.completeExceptionally(failure));
            assertSame(failure, assertThrows(ArithmeticException.class, () -> await(passedOn)));
        });
    }

    @Test
    @DisplayName("F-10, C-19 what one who is called back throws is reported once, and the future has its value"
            + " (RFT.test_error_in_callback)")
    void whatOneWhoIsCalledBackThrows() {
        ArithmeticException failure = new ArithmeticException("/ by zero");
        time.run(() -> {
            Deferred<Integer> future = Futures.fromCallback(callback -> callback.accept(42));
            EventLoop.current().whenDone(future, (value, none) -> {
                throw failure;
            });
            moment();
            assertEquals(42, await(future));
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("F-10 a function with a callback, a future by hand and a coroutine give the same, value or failure"
            + " (ClientTestMixin)")
    void threeStylesGiveTheSame() {
        time.run(() -> {
            for (String input : List.of("hello", "HELLO")) {
                List<String> outcomes = new ArrayList<>();
                Deferred<String> manual = new Deferred<>();
                EventLoop.current().execute(() -> {
                    try {
                        manual.complete(capitalize(input));
                    } catch (IllegalArgumentException e) {
                        manual.completeExceptionally(e);
                    }
                });
                Coroutine<String> coroutine = spawn(() -> {
                    moment();
                    return capitalize(input);
                });
                Deferred<String> callback = Futures.fromCallback((Consumer<? super String> done) ->
                        coroutine.whenComplete((value, failure) -> done.accept(failure == null ? value : "failed")));
                for (CompletableFuture<String> each : List.of(manual, coroutine, callback)) {
                    try {
                        outcomes.add(await(each));
                    } catch (IllegalArgumentException e) {
                        outcomes.add("failed");
                    }
                }
                String expected = input.equals("hello") ? "HELLO" : "failed";
                assertEquals(List.of(expected, expected, expected), outcomes);
            }
        });
    }

    private static String capitalize(String text) {
        if (text.equals(text.toUpperCase(Locale.ROOT))) {
            throw new IllegalArgumentException("already capitalized");
        }
        return text.toUpperCase(Locale.ROOT);
    }

    // ------------------------------------------------------------------------------------------ multi, U-07, U-13

    @Test
    @DisplayName("U-07 one multi for all that can be awaited, mixed; await of a collection or map is the same"
            + " (GET.test_multi_mixed_types)")
    void oneMultiForAllThatCanBeAwaited() {
        time.run(() -> {
            Deferred<Integer> deferred = new Deferred<>();
            EventLoop.current().execute(() -> deferred.complete(3));
            Coroutine<Integer> coroutine = spawn(() -> {
                sleep(ms(5));
                return 2;
            });
            List<CompletableFuture<Integer>> stages = List.of(
                    CompletableFuture.completedFuture(1),
                    coroutine,
                    deferred,
                    Futures.multi(List.of()).thenApply(List::size));
            assertEquals(List.of(1, 2, 3, 0), await(Futures.multi(stages)));
            assertEquals(List.of(1, 2, 3, 0), await(stages));
            assertEquals(List.of(1, 2, 3, 0), await((Object) stages));
            Map<String, CompletionStage<Integer>> map = new LinkedHashMap<>();
            map.put("b", coroutine);
            map.put("a", deferred);
            assertEquals("{b=2, a=3}", await(Futures.multi(map)).toString());
            assertEquals("{b=2, a=3}", await(map).toString());
            assertEquals("{b=2, a=3}", "" + await((Object) map));
        });
    }

    @Test
    @DisplayName("U-13, C-17 one unchecked AwaitTimeoutException for every timeout of ours, and for no other")
    void oneExceptionForEveryTimeout() {
        time.run(() -> {
            Deferred<String> never = new Deferred<>();
            List<Throwable> thrown = List.of(
                    assertThrows(RuntimeException.class, () -> await(Futures.withTimeout(ms(5), never))),
                    assertThrows(
                            RuntimeException.class,
                            () -> await(Futures.waitFor(ms(5), spawn(() -> await(new Deferred<>()))))));
            thrown.forEach(each -> {
                assertSame(AwaitTimeoutException.class, each.getClass());
                assertTrue(each.getMessage().contains("PT0.005S"), each.getMessage());
                assertNull(each.getCause());
            });
            assertTrue(thrown.getFirst().getMessage().contains(never.toString()), "it says what was not done");
            // the JDK's own words keep their own exceptions
            assertThrows(TimeoutException.class, () -> never.get(5, TimeUnit.MILLISECONDS));
            Deferred<String> foreign = new Deferred<>();
            foreign.completeExceptionally(new TimeoutException("somebody else's"));
            assertInstanceOf(
                    TimeoutException.class,
                    assertThrows(Exception.class, () -> await(Futures.withTimeout(ms(5), foreign))));
        });
        assertSame(
                AwaitTimeoutException.class,
                assertThrows(
                                RuntimeException.class,
                                () -> Coroutines.run(
                                        time.options(), Duration.ofMillis(5), () -> await(new Deferred<>())))
                        .getClass());
    }
}
