package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.VirtualTime.join;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The handle: what it is, what it tells, and what it refuses. */
class CoroutineTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    // ------------------------------------------------------------------------------------------------ what it refuses

    @Test
    @DisplayName("A-07 nobody but the body completes a coroutine (test_task_set_methods)")
    void nobodyButTheBodyCompletesACoroutine() {
        time.run(() -> {
            Coroutine<String> child = spawn(() -> {
                moment();
                return "own";
            });
            Runnable attempts = () -> {
                for (Executable attempt : List.<Executable>of(
                        () -> child.complete("x"),
                        () -> child.completeExceptionally(new IOException()),
                        () -> child.completeAsync(() -> "x"),
                        () -> child.completeAsync(() -> "x", Runnable::run),
                        () -> child.completeOnTimeout("x", 1, TimeUnit.NANOSECONDS),
                        () -> child.orTimeout(1, TimeUnit.NANOSECONDS),
                        () -> child.obtrudeValue("x"),
                        () -> child.obtrudeException(new IOException()))) {
                    String message = assertThrows(UnsupportedOperationException.class, attempt)
                            .getMessage();
                    assertTrue(message.contains(child.name()), message);
                }
            };
            attempts.run();
            assertEquals("own", await(child));
            attempts.run();
            assertEquals("own", await(child));
        });
    }

    @Test
    @DisplayName("A-07 a dependent stage of a coroutine is a plain one, which may be completed")
    void dependentStageOfACoroutineIsAPlainOne() {
        time.run(() -> {
            Coroutine<String> child = spawn(() -> {
                moment();
                return "own";
            });
            CompletableFuture<String> dependent = child.thenApply(value -> value + "!");
            CompletableFuture<String> copy = child.copy();
            CompletableFuture<String> taken = child.thenApply(value -> value);
            assertTrue(taken.complete("somebody else's"));
            assertEquals("own!", await(dependent));
            assertEquals("own", await(copy));
            assertFalse(child.isCancelled());
        });
    }

    @Test
    void coroutineIsAFutureOfEveryKind() {
        time.run(() -> {
            Coroutine<String> child = spawn(() -> "v");
            Deferred<String> deferred = child;
            CompletableFuture<String> completable = child;
            CompletionStage<String> stage = child;
            Future<String> future = child;
            assertEquals(
                    "v",
                    await(deferred)
                            + ""
                                    .repeat(await(completable).length()
                                            + await(stage).length()));
            assertEquals("v", await(future));
            assertSame(child, child.toCompletableFuture());
            assertSame(Future.State.SUCCESS, child.state());
            assertEquals(0, VirtualTime.iteration());
        });
    }

    // ---------------------------------------------------------------------------------------------------- what it
    // tells

    @Test
    void statusFollowsTheBody() {
        time.run(() -> {
            List<Coroutine.Status> seen = new ArrayList<>();
            AtomicReference<Coroutine<?>> self = new AtomicReference<>();
            Coroutine<?> child = spawnLater(() -> {
                seen.add(self.get().status());
                spawn(() -> seen.add(self.get().status())); // lends the baton
                sleep(ms(1));
            });
            self.set(child);
            seen.add(child.status());
            moment();
            seen.add(child.status());
            await(child);
            seen.add(child.status());
            assertEquals(
                    List.of(
                            Coroutine.Status.STARTING,
                            Coroutine.Status.RUNNING,
                            Coroutine.Status.RUNNING,
                            Coroutine.Status.SUSPENDED,
                            Coroutine.Status.DONE),
                    seen);
            assertEquals(List.of("STARTING", "RUNNING", "SUSPENDED", "PAUSED", "DONE"), names());
        });
    }

    private static List<String> names() {
        return List.of(Coroutine.Status.values()).stream().map(Enum::name).toList();
    }

    @Test
    @DisplayName("A-54 awaiting() is the future or the coroutine itself, null in between (test_task_repr_wait_for)")
    void awaitingIsWhatItWaitsForNow() {
        time.run(() -> {
            Deferred<String> end = new Deferred<>();
            CompletionStage<String> foreign = ForeignStage.of(new CompletableFuture<>());
            Coroutine<?> inner = spawn(() -> await(end));
            Coroutine<?> outer = spawn(() -> await(inner));
            Coroutine<?> third = spawn(() -> await(foreign));
            Coroutine<?> mover = spawn(Coroutines::moment);
            assertSame(end, inner.awaiting());
            assertSame(inner, outer.awaiting());
            assertSame(foreign, third.awaiting());
            assertNull(mover.awaiting());
            assertNull(Coroutines.current().awaiting());
            end.complete("x");
            await(outer);
            assertNull(inner.awaiting());
            assertNull(outer.awaiting());
        });
    }

    @Test
    @DisplayName("A-54 toString tells name, status, what is awaited and how it ended (test_task_repr)")
    void toStringTellsNameStatusAndWhatIsAwaited() {
        time.run(() -> {
            Coroutine<?> child = spawn("child", () -> sleep(ms(10)));
            Coroutine<?> parent = spawn("parent", () -> await(child));
            Coroutine<?> later = spawnLater(() -> 1);
            Coroutine<?> failed = spawn("bad", () -> {
                throw new IOException();
            });
            failed.ignoreFailure();
            assertEquals("Coroutine[\"child\" #" + child.id() + " SUSPENDED awaiting after PT0.01S]", child.toString());
            assertEquals(
                    "Coroutine[\"parent\" #" + parent.id() + " SUSPENDED awaiting \"child\" #" + child.id() + "]",
                    parent.toString());
            assertEquals("Coroutine[coroutine-" + later.id() + " STARTING]", later.toString());
            assertEquals("Coroutine[\"bad\" #" + failed.id() + " DONE failed]", failed.toString());
            parent.cancel();
            assertThrows(Exception.class, () -> await(parent));
            assertEquals("Coroutine[\"parent\" #" + parent.id() + " DONE cancelled]", parent.toString());
            Coroutine<?> main = Coroutines.current();
            assertEquals("Coroutine[\"main\" #" + main.id() + " RUNNING]", main.toString());
        });
    }

    @Test
    void everyCoroutineHasANumberOfItsOwnAndKnowsItsLoop() {
        Set<Long> ids = new LinkedHashSet<>();
        for (int i = 0; i < 2; i++) {
            new VirtualTime().run(() -> {
                for (int j = 0; j < 5; j++) {
                    Coroutine<?> child = spawn("same", () -> 1);
                    ids.add(child.id());
                    assertSame(EventLoop.current(), child.loop());
                }
            });
        }
        assertEquals(10, ids.size());
    }

    // --------------------------------------------------------------------------------------------------------- who
    // runs

    @Test
    @DisplayName(
            "A-49 current() is the one that runs, also under interleaving (test_current_task_with_interleaving_tasks)")
    void currentIsTheOneThatRuns() {
        time.run(() -> {
            Coroutine<?> main = Coroutines.current();
            List<Coroutine<?>> children = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                children.add(spawnLater(() -> {
                    Coroutine<?> self = Coroutines.current();
                    for (int round = 0; round < 3; round++) {
                        moment();
                        assertSame(self, Coroutines.current());
                    }
                    return self;
                }));
            }
            assertSame(main, Coroutines.current());
            assertNotEquals(main, spawn(() -> Coroutines.current()).resultNow());
            for (Coroutine<?> child : children) {
                assertSame(child, await(child));
            }
            assertSame(main, Coroutines.current());
            EventLoop.current().execute(() -> assertThrows(IllegalStateException.class, Coroutines::current));
            moment();
        });
        assertThrows(IllegalStateException.class, Coroutines::current);
    }

    @Test
    @DisplayName("A-48 all() are the unfinished ones, oldest first, the current one included (test_all_tasks)")
    void allAreTheUnfinishedOnes() {
        time.run(() -> {
            EventLoop loop = EventLoop.current();
            Coroutine<?> main = Coroutines.current();
            Coroutine<?> sleeping = spawn(() -> sleep(ms(5)));
            Coroutine<?> ended = spawn(() -> 1);
            Coroutine<?> starting = spawnLater(() -> sleep(ms(5)));
            assertEquals(List.of(main, sleeping, starting), List.copyOf(Coroutines.all(loop)));
            assertTrue(ended.isDone());
            await(List.of(sleeping, starting));
            assertEquals(Set.of(main), Coroutines.all(loop));
        });
    }

    @Test
    @DisplayName("A-48 all() may be asked by any thread, and of a loop that has not begun")
    void allMayBeAskedByAnyThread() {
        EventLoop loop = EventLoop.create(time.wallClock());
        Coroutine<?> waiting = spawn(loop, () -> sleep(ms(1)));
        assertEquals(Set.of(waiting), Coroutines.all(loop), "it has not ended");
        loop.runUntil(waiting);
        assertEquals(Set.of(), Coroutines.all(loop));
        loop.close();
    }

    @Test
    @DisplayName("A-46 isCoroutine is true of handles alone (test_iscoroutine)")
    void isCoroutineIsTrueOfHandlesAlone() {
        time.run(() -> {
            assertTrue(Coroutines.isCoroutine(spawn(() -> 1)));
            for (Object other :
                    new Object[] {null, 1, new Deferred<>(), new CompletableFuture<>(), (Runnable) () -> {}}) {
                assertFalse(Coroutines.isCoroutine(other));
            }
        });
    }

    // ------------------------------------------------------------------------------------------------------- its stack

    @Nested
    class Stack {
        @Test
        @DisplayName("A-50 a suspended one shows its whole stack, oldest first, without frames of the runtime"
                + " (test_get_stack)")
        void suspendedOneShowsItsWholeStack() {
            time.run(() -> {
                Deferred<String> end = new Deferred<>();
                Coroutine<?> child = spawn(() -> outer(end));
                List<String> methods = methods(child.stack());
                assertEquals(List.of("outer", "middle", "inner"), ownMethods(child.stack()));
                assertEquals("inner", methods.getLast(), "nothing of the runtime at the newest end");
                assertTrue(methods.getFirst().startsWith("lambda$suspendedOneShows"), "nor at the oldest: " + methods);
                end.complete("x");
                await(child);
                assertEquals(List.of(), child.stack(), "ended");
            });
        }

        @Test
        @DisplayName("A-50 one that is asleep, in a moment, or joins, shows no frame of the runtime either")
        void noFrameOfTheRuntimeHoweverItWaits() {
            time.run(() -> {
                Deferred<String> end = new Deferred<>();
                CompletableFuture<String> plain = new CompletableFuture<>();
                List<Coroutine<?>> children = List.of(
                        spawn(() -> sleep(ms(1))),
                        spawn(Coroutines::moment),
                        spawn(() -> await(List.of(end))),
                        spawn(() -> await(plain)),
                        spawn(() -> await((Object) end)));
                for (Coroutine<?> child : children) {
                    for (StackTraceElement frame : child.stack()) {
                        assertEquals(
                                CoroutineTest.class.getName(),
                                frame.getClassName().replaceAll("\\$.*", ""));
                    }
                }
                end.complete("x");
                plain.complete("x");
                await(children);
            });
        }

        @Test
        @DisplayName("A-50 before the start, and after the end or a cancel, it is empty")
        void beforeTheStartAndAfterTheEndItIsEmpty() {
            time.run(() -> {
                Coroutine<?> later = spawnLater(() -> sleep(ms(1)));
                assertEquals(List.of(), later.stack());
                moment();
                assertFalse(later.stack().isEmpty());
                later.cancel();
                assertThrows(Exception.class, () -> await(later));
                assertEquals(List.of(), later.stack());
            });
        }

        @Test
        @DisplayName(
                "A-50 one that failed shows where the failure came from, oldest first, without frames of the runtime")
        void oneThatFailedShowsWhereTheFailureCameFrom() {
            time.run(() -> {
                Coroutine<?> child = spawn(() -> failOuter());
                child.ignoreFailure();
                List<String> methods = methods(child.stack());
                assertEquals(List.of("failOuter", "failInner"), methods.subList(methods.size() - 2, methods.size()));
                assertTrue(
                        child.stack().stream()
                                .noneMatch(frame -> frame.getClassName().startsWith("dev.baton.Runner")
                                        || frame.getClassName().startsWith("dev.baton.loop.")
                                        || frame.getClassName().startsWith("java.lang.VirtualThread")),
                        methods.toString());
            });
        }

        @Test
        @DisplayName("A-50, F-05 to look at the stack of one that failed is not to retrieve its failure")
        void toLookAtTheStackIsNotToRetrieve() {
            IOException failure = new IOException("unseen");
            time.run(() -> {
                Coroutine<?> child = spawn(() -> {
                    throw failure;
                });
                assertFalse(child.stack().isEmpty());
                assertFalse(child.toString().isEmpty());
            });
            assertEquals(List.of(failure), time.reports());
        }

        @Test
        @DisplayName("A-50 one that asks for its own stack sees itself at the newest end")
        void oneThatAsksForItsOwnStackSeesItselfAtTheNewestEnd() {
            time.run(() -> assertEquals("ownStack", ownStack().getLast()));
        }

        private static List<String> ownStack() {
            return methods(Coroutines.current().stack());
        }

        @Test
        @DisplayName("A-50 a running one can be asked by another thread")
        void runningOneCanBeAskedByAnotherThread() {
            time.run(() -> {
                AtomicReference<List<String>> seen = new AtomicReference<>();
                Coroutine<?> child = spawnLater(() -> busy(seen));
                await(child);
                assertEquals(List.of("busy"), seen.get());
            });
        }

        private void busy(AtomicReference<List<String>> seen) {
            Coroutine<?> self = Coroutines.current();
            join(Thread.ofPlatform()
                    .start(() -> seen.set(methods(self.stack()).stream()
                            .filter("busy"::equals)
                            .toList())));
        }

        private String outer(Deferred<String> end) {
            return middle(end);
        }

        private String middle(Deferred<String> end) {
            return inner(end);
        }

        private String inner(Deferred<String> end) {
            return await(end);
        }

        private Object failOuter() throws IOException {
            return failInner();
        }

        private Object failInner() throws IOException {
            throw new IOException();
        }

        private static List<String> methods(List<StackTraceElement> stack) {
            return stack.stream().map(StackTraceElement::getMethodName).toList();
        }

        private static List<String> ownMethods(List<StackTraceElement> stack) {
            return methods(stack).stream()
                    .filter(name -> !name.startsWith("lambda$"))
                    .toList();
        }
    }

    // --------------------------------------------------------------------------------------------------------- the
    // dump

    @Nested
    class Dump {
        @Test
        void dumpShowsEveryCoroutineWithItsStackAndWhatItAwaits() {
            time.run(() -> {
                Coroutine<?> child = spawn("child", () -> waitInDump(ms(10)));
                Coroutine<?> parent = spawn("parent", () -> await(child));
                String dump = Coroutines.dump(EventLoop.current());
                assertTrue(section(dump, child).contains("SUSPENDED awaiting after PT0.01S"), dump);
                assertTrue(section(dump, child).contains("waitInDump"), dump);
                assertTrue(section(dump, parent).contains("SUSPENDED awaiting \"child\""), dump);
                assertTrue(section(dump, Coroutines.current()).contains("RUNNING"), dump);
                assertFalse(dump.contains("dev.baton.loop.Fiber."), "no frames of the runtime: " + dump);
                await(parent);
                assertFalse(Coroutines.dump(EventLoop.current()).contains("child"));
            });
        }

        @Test
        @DisplayName("B-05 the dump says who awaits a coroutine")
        void dumpSaysWhoAwaitsACoroutine() {
            time.run(() -> {
                Coroutine<?> child = spawn("child", () -> sleep(ms(10)));
                Coroutine<?> parent = spawn("parent", () -> await(child));
                String dump = Coroutines.dump(EventLoop.current());
                assertTrue(section(dump, child).contains("\"parent\""), dump);
                await(parent);
            });
        }

        @Test
        void dumpMayBeAskedByAnotherThreadWhileTheLoopIsBlocked() {
            time.run(() -> {
                EventLoop loop = EventLoop.current();
                spawn("sleeper", () -> sleep(ms(1)));
                AtomicReference<String> dump = new AtomicReference<>();
                join(Thread.ofPlatform().start(() -> dump.set(Coroutines.dump(loop))));
                assertTrue(dump.get().contains("sleeper"), dump.get());
                assertTrue(
                        section(dump.get(), Coroutines.current())
                                .contains("dumpMayBeAskedByAnotherThreadWhileTheLoopIsBlocked"),
                        dump.get());
            });
        }

        private void waitInDump(Duration duration) {
            sleep(duration);
        }

        /** The lines about one coroutine. */
        private static String section(String dump, Coroutine<?> of) {
            int from = dump.indexOf("Coroutine[\"" + of.name() + "\" #" + of.id());
            assertTrue(from >= 0, dump);
            int to = dump.indexOf("\nCoroutine[", from);
            return to < 0 ? dump.substring(from) : dump.substring(from, to);
        }
    }

    @Test
    @DisplayName("A-08 callbacks of whenDone are scheduled, in order, each as often as it was added; one that throws is"
            + " reported")
    void callbacksOfWhenDoneAreScheduledInOrder() {
        IllegalStateException failure = new IllegalStateException("callback");
        time.run(() -> {
            EventLoop loop = EventLoop.current();
            Coroutine<String> child = spawn(() -> "v");
            Runnable twice = () -> loop.whenDone(child, (value, none) -> log.add(VirtualTime.at(value + none)));
            twice.run();
            loop.whenDone(child, (value, none) -> {
                throw failure;
            });
            twice.run();
            log.add(VirtualTime.at("not yet"));
            moment();
        });
        assertEquals(List.of("0 not yet", "1 vnull", "1 vnull"), log);
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("A-47 convert gives a coroutine back as it is (test_ensure_future_task)")
    void convertGivesACoroutineBackAsItIs() {
        time.run(() -> {
            Coroutine<?> child = spawn(() -> 1);
            assertSame(child, Futures.convert(child));
            assertSame(child, Futures.maybe(child));
        });
    }
}
