package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.Coroutines.tailCall;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Coroutine.stack and printStack. */
class StackTest {
    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private static List<String> methods(List<StackTraceElement> frames) {
        return frames.stream()
                .map(StackTraceElement::getMethodName)
                .map(name -> name.startsWith("lambda$") ? "body" : name)
                .toList();
    }

    private static List<String> printed(Coroutine<?> coroutine, int limit) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        coroutine.printStack(limit, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static List<String> printed(Coroutine<?> coroutine) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        coroutine.printStack(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static String outer(Deferred<String> end) {
        return middle(end);
    }

    private static String middle(Deferred<String> end) {
        return inner(end);
    }

    private static String inner(Deferred<String> end) {
        return await(end);
    }

    private static String b1(Exception failure) throws Exception {
        return b2(failure);
    }

    private static String b2(Exception failure) throws Exception {
        return bad(failure);
    }

    private static String bad(Exception failure) throws Exception {
        failure.fillInStackTrace();
        throw failure;
    }

    private static Coroutine<String> failed(String name, Exception failure) {
        Coroutine<String> coroutine = spawn(name, () -> b1(failure));
        coroutine.ignoreFailure();
        return coroutine;
    }

    @Test
    @DisplayName("A-50 a limit keeps the newest frames of a stack, in the same order (test_get_stack)")
    void limitKeepsTheNewestFrames() {
        time.run(() -> {
            Deferred<String> end = new Deferred<>();
            Coroutine<?> child = spawn(() -> outer(end));
            assertEquals(List.of("body", "outer", "middle", "inner"), methods(child.stack()));
            assertEquals(List.of("middle", "inner"), methods(child.stack(2)));
            assertEquals(List.of("inner"), methods(child.stack(1)));
            assertEquals(List.of(), child.stack(0));
            assertEquals(child.stack(), child.stack(4));
            assertEquals(child.stack(), child.stack(Integer.MAX_VALUE));
            end.complete("");
            await(child);
        });
    }

    @Test
    @DisplayName("A-50 a limit keeps the oldest frames of a failure")
    void limitKeepsTheOldestFramesOfAFailure() {
        time.run(() -> {
            Coroutine<?> child = failed("bad", new IOException("z"));
            assertEquals(List.of("body", "b1", "b2", "bad"), methods(child.stack()));
            assertEquals(List.of("body", "b1"), methods(child.stack(2)));
            assertEquals(List.of("body"), methods(child.stack(1)));
            assertEquals(List.of(), child.stack(0));
        });
    }

    @Test
    @DisplayName("A-50 a negative limit is refused, whatever the coroutine does")
    void negativeLimitIsRefused() {
        time.run(() -> {
            Deferred<String> end = new Deferred<>();
            Coroutine<?> suspended = spawn(() -> outer(end));
            for (Coroutine<?> each :
                    List.of(suspended, spawn(() -> "done"), failed("bad", new IOException()), Coroutines.current())) {
                assertThrows(IllegalArgumentException.class, () -> each.stack(-1));
                assertThrows(IllegalArgumentException.class, () -> printed(each, -1));
            }
            end.complete("");
        });
    }

    @Test
    @DisplayName("A-50 a running one that asks for one frame gets the newest (test_get_stack)")
    void runningOneThatAsksForOneFrame() {
        time.run(() -> {
            Coroutine<List<StackTraceElement>> child = spawn("foo", () -> bar(Coroutines.current()));
            assertEquals(List.of("bar"), methods(await(child)));
        });
    }

    private static List<StackTraceElement> bar(Coroutine<?> self) {
        return self.stack(1);
    }

    @Test
    @DisplayName("A-50 the snapshot is the caller's: it does not change, nor does changing it matter")
    void snapshotIsTheCallers() {
        time.run(() -> {
            Deferred<String> end = new Deferred<>();
            Coroutine<?> child = spawn(() -> outer(end));
            List<StackTraceElement> before = child.stack();
            end.complete("");
            await(child);
            assertEquals(List.of("body", "outer", "middle", "inner"), methods(before));
            assertEquals(List.of(), child.stack());
        });
    }

    @Test
    @DisplayName("A-50 a cancelled one has no stack, also one that was cancelled before its start")
    void cancelledOneHasNoStack() {
        time.run(() -> {
            Coroutine<?> suspended = spawn(() -> outer(new Deferred<>()));
            Coroutine<?> never = spawnLater(() -> outer(new Deferred<>()));
            suspended.cancel();
            never.cancel();
            assertFalse(suspended.stack().isEmpty(), "not yet");
            moment();
            assertTrue(suspended.isDone() && never.isDone());
            assertEquals(List.of(), suspended.stack());
            assertEquals(List.of(), never.stack());
        });
    }

    @Test
    @DisplayName("A-50 for those who hear of the failure at once it is the failure's already")
    void forThoseWhoHearOfTheFailureAtOnce() {
        time.run(() -> {
            List<String> seen = new ArrayList<>();
            Coroutine<String> child = spawn(() -> {
                moment();
                return b1(new IOException());
            });
            var told = child.whenComplete((value, failure) -> seen.addAll(methods(child.stack())));
            Coroutine<String> good = spawn(() -> {
                moment();
                return "x";
            });
            var toldToo = good.whenComplete((value, failure) -> seen.addAll(methods(good.stack())));
            moment();
            assertTrue(told.isDone() && toldToo.isDone());
            assertEquals(List.of("body", "b1", "b2", "bad"), seen);
        });
    }

    @Test
    @DisplayName("A-50 one that has ended while it is paused: its failure comes with the outcome, not before")
    void oneThatHasEndedWhilePaused() {
        time.run(() -> {
            AtomicReference<Coroutine<String>> self = new AtomicReference<>();
            self.set(spawnLater(() -> {
                self.get().pause();
                return b1(new IOException());
            }));
            Coroutine<String> child = self.get();
            child.ignoreFailure();
            moment();
            assertEquals(Coroutine.Status.PAUSED, child.status());
            assertEquals(List.of(), child.stack());
            child.unpause();
            assertEquals(List.of("body", "b1", "b2", "bad"), methods(child.stack()));
        });
    }

    @Test
    @DisplayName("A-50, X-14 after a tail call only the last body is on the stack")
    void afterATailCallOnlyTheLastBody() {
        time.run(() -> {
            Deferred<String> end = new Deferred<>();
            Coroutine<String> child = spawn(() -> tailCaller(end));
            List<String> methods = methods(child.stack());
            assertFalse(methods.contains("tailCaller"), methods.toString());
            assertEquals(List.of("middle", "inner"), methods(child.stack(2)));
            end.complete("");
            await(child);
        });
    }

    private static String tailCaller(Deferred<String> end) {
        return tailCall(() -> middle(end));
    }

    @Test
    @DisplayName("A-50, J-07 a foreign thread may ask at any moment")
    void foreignThreadMayAskAtAnyMoment() {
        Coroutines.run(time.wallClock(), () -> {
            Coroutine<?> busy = spawn(() -> {
                for (int i = 0; i < 2_000; i++) {
                    moment();
                }
            });
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread asks = Thread.ofPlatform().start(() -> {
                try {
                    while (!busy.isDone()) {
                        assertTrue(busy.stack(3).size() <= 3);
                        assertFalse(printed(busy, 1).isEmpty());
                        assertTrue(methods(busy.stack()).stream().allMatch(List.of("body", "run", "call")::contains));
                    }
                    assertEquals(List.of(), busy.stack());
                } catch (Throwable failure) {
                    thrown.set(failure);
                }
            });
            await(busy);
            VirtualTime.join(asks);
            if (thrown.get() != null) {
                throw new AssertionError(thrown.get());
            }
            return null;
        });
    }

    @Test
    @DisplayName(
            "A-51 a suspended one: a header, and a line for each frame, the most recent call last (test_get_stack)")
    void printedSuspended() {
        time.run(() -> {
            Deferred<String> end = new Deferred<>();
            Coroutine<?> child = spawn("child", () -> outer(end));
            List<String> lines = printed(child);
            assertEquals("Stack for " + child + " (most recent call last):", lines.getFirst());
            assertEquals(5, lines.size());
            for (int i = 0; i < 4; i++) {
                assertEquals("    at " + child.stack().get(i), lines.get(i + 1));
            }
            assertEquals(List.of(lines.getFirst(), lines.getLast()), printed(child, 1));
            end.complete("");
            await(child);
        });
    }

    @Test
    @DisplayName("A-51 a failed one: a traceback, and the failure at the end")
    void printedFailed() {
        time.run(() -> {
            Coroutine<?> child = failed("bad", new IOException("z"));
            List<String> lines = printed(child);
            assertEquals("Traceback for " + child + " (most recent call last):", lines.getFirst());
            assertTrue(lines.get(1).startsWith("    at " + StackTest.class.getName() + ".lambda$"), lines.get(1));
            assertTrue(lines.get(4).startsWith("    at " + StackTest.class.getName() + ".bad("), lines.get(4));
            assertEquals("java.io.IOException: z", lines.getLast());
            assertEquals(6, lines.size());
            assertEquals(List.of(lines.get(0), lines.get(1), lines.get(5)), printed(child, 1));
        });
    }

    @Test
    @DisplayName("A-51 without a frame to show: no stack, and the failure if there is one")
    void printedWithoutAFrame() {
        time.run(() -> {
            Coroutine<?> done = spawn("done", () -> "x");
            Coroutine<?> later = spawnLater(() -> "x");
            Coroutine<?> suspended = spawn(() -> outer(new Deferred<>()));
            Coroutine<?> bad = failed("bad", new IOException("z"));
            for (Coroutine<?> each : List.of(done, later)) {
                assertEquals(List.of("No stack for " + each), printed(each));
            }
            assertEquals(List.of("No stack for " + suspended), printed(suspended, 0));
            suspended.cancel();
            moment();
            assertTrue(suspended.isDone());
            assertEquals(List.of("No stack for " + suspended), printed(suspended));
            assertEquals(List.of("No stack for " + bad, "java.io.IOException: z"), printed(bad, 0));
        });
    }

    @Test
    @DisplayName("A-51, F-05 to print a failure is not to retrieve it")
    void toPrintAFailureIsNotToRetrieveIt() {
        IOException failure = new IOException();
        List<Object> held = new ArrayList<>();
        time.run(() -> {
            Coroutine<String> child = spawn(() -> {
                throw failure;
            });
            held.add(child);
            assertFalse(printed(child).isEmpty());
        });
        assertEquals(List.of(failure), time.reports());
    }

    @Test
    @DisplayName("A-50 one that joins or gets a Deferred shows its own frames, and none of the runtime")
    void oneThatJoinsShowsItsOwnFrames() {
        time.run(() -> {
            Deferred<String> end = new Deferred<>();
            List<Coroutine<String>> children =
                    List.of(spawn(end::join), spawn(() -> joins(end)), spawn(() -> gets(end)));
            assertEquals(List.of("joins"), methods(children.get(1).stack(1)));
            assertEquals(List.of("gets"), methods(children.get(2).stack(1)));
            assertEquals(List.of("body", "joins"), methods(children.get(1).stack()));
            end.complete("");
            await(children);
        });
    }

    private static String joins(Deferred<String> end) {
        return end.join();
    }

    private static String gets(Deferred<String> end) throws Exception {
        return end.get(1, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("A-50 one that answered a cancel with a failure shows that failure")
    void oneThatAnsweredACancelWithAFailure() {
        time.run(() -> {
            Coroutine<String> gone = spawn(() -> {
                try {
                    return outer(new Deferred<>());
                } catch (CancellationException e) {
                    return b1(new IOException("instead"));
                }
            });
            gone.ignoreFailure();
            gone.cancel();
            moment();
            assertEquals(List.of("body", "b1", "b2", "bad"), methods(gone.stack()));
        });
    }
}
