package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Where a failure has been, after it was thrown (rows W-14, T-20). */
class AwaitPathTest {
    private final VirtualTime time = new VirtualTime();

    private static String bottom() {
        moment();
        throw new IllegalArgumentException("deep down");
    }

    private static String middle() {
        return await(spawn("bottom", AwaitPathTest::bottom));
    }

    private static String top() {
        return await(spawn("middle", AwaitPathTest::middle));
    }

    private static Throwable path(Throwable failure) {
        assertEquals(
                1,
                failure.getSuppressed().length,
                () -> List.of(failure.getSuppressed()).toString());
        return failure.getSuppressed()[0];
    }

    private static List<String> methods(Throwable failure) {
        return Stream.of(failure.getStackTrace())
                .filter(frame -> frame.getClassName().equals(AwaitPathTest.class.getName()))
                .map(StackTraceElement::getMethodName)
                .filter(name -> !name.contains("lambda$"))
                .toList();
    }

    @Test
    @DisplayName("W-14 every body on the await path is in the trace, in order (test_forwardTracebacks)")
    void everyBodyOnThePath() {
        time.run(() -> {
            Throwable failure =
                    assertThrows(IllegalArgumentException.class, () -> await(spawn("top", AwaitPathTest::top)));
            assertEquals(List.of("bottom"), methods(failure));
            assertEquals(List.of("middle", "top"), methods(path(failure)).subList(0, 2));
            assertTrue(
                    Stream.of(path(failure).getStackTrace())
                            .noneMatch(frame -> frame.getClassName().startsWith("dev.baton.Runner")
                                    || frame.getClassName().startsWith("dev.baton.loop.")),
                    "no frame of the runtime");
            String message = path(failure).getMessage();
            assertTrue(
                    message.matches(
                            "came out of awaits in \"middle\" #\\d+, then in \"top\" #\\d+, then in \"main\" #\\d+"),
                    message);
            assertNull(failure.getCause());
        });
    }

    @Test
    @DisplayName("W-14 a failure of 300 levels has one bounded path (test_forwardLotsOfTracebacks)")
    void lotsOfLevels() {
        time.run(() -> {
            Throwable failure = assertThrows(IllegalArgumentException.class, () -> await(spawn(() -> level(300))));
            assertTrue(methods(path(failure)).size() >= 99, "the innermost hundred");
            assertTrue(path(failure).getMessage().split(", then in ").length == 100);
        });
    }

    private static String level(int n) {
        return n == 0 ? bottom() : await(spawn(() -> level(n - 1)));
    }

    @Test
    @DisplayName("W-14 a failure that a future brings tells where it was awaited (test_reraiseTracebacksFromDeferred)")
    void ofAFuture() {
        time.run(() -> {
            Deferred<String> never = new Deferred<>();
            Coroutine<String> waiter = spawn("waiter", () -> waitsFor(never));
            never.completeExceptionally(new IllegalArgumentException("from afar"));
            Throwable failure = assertThrows(IllegalArgumentException.class, () -> await(waiter));
            assertTrue(methods(path(failure)).contains("waitsFor"), path(failure)::toString);
        });
    }

    private static String waitsFor(Deferred<String> future) {
        return await(future);
    }

    @Test
    @DisplayName("W-14 a path goes on through a combinator")
    void throughACombinator() {
        time.run(() -> {
            Coroutine<List<String>> outer =
                    spawn("outer", () -> await(Futures.multi(List.of(spawn("inner", AwaitPathTest::middle)))));
            Throwable failure = assertThrows(IllegalArgumentException.class, () -> await(outer));
            assertTrue(path(failure).getMessage().contains("\"inner\""), path(failure)::getMessage);
            assertTrue(path(failure).getMessage().contains("\"outer\""), path(failure)::getMessage);
        });
    }

    @Test
    @DisplayName("T-20 thrown again, awaited again, by this one or another: the path does not grow")
    void doesNotGrow() {
        time.run(() -> {
            Coroutine<String> bad = spawn("bad", AwaitPathTest::middle);
            Throwable first = assertThrows(IllegalArgumentException.class, () -> await(bad));
            String message = path(first).getMessage();
            int frames = path(first).getStackTrace().length;
            for (int i = 0; i < 50; i++) {
                assertSame(first, assertThrows(IllegalArgumentException.class, () -> await(bad)));
                Deferred<String> again = new Deferred<>();
                again.completeExceptionally(first);
                assertSame(first, assertThrows(IllegalArgumentException.class, () -> await(again)));
            }
            List<Coroutine<Void>> others = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                others.add(spawn(() -> {
                    assertSame(first, assertThrows(IllegalArgumentException.class, () -> await(bad)));
                }));
            }
            await(others);
            assertEquals(message, path(first).getMessage());
            assertEquals(frames, path(first).getStackTrace().length);
        });
    }

    @Test
    @DisplayName("T-20 a failure that is a constant starts a new path with each coroutine that throws it")
    void constant() {
        IllegalStateException constant = new IllegalStateException("always the same");
        time.run(() -> {
            for (int i = 0; i < 300; i++) {
                assertSame(
                        constant,
                        assertThrows(
                                IllegalStateException.class,
                                () -> await(spawn("child", () -> {
                                    throw constant;
                                }))));
            }
            String message = path(constant).getMessage();
            assertTrue(message.matches("came out of awaits in \"main\" #\\d+"), message);
        });
    }

    @Test
    @DisplayName("T-20 nothing is added to a failure that wants nothing, nor where nothing fails")
    void nothingWhereNothingIsWanted() {
        RuntimeException bare = new RuntimeException("bare", null, false, false) {
            private static final long serialVersionUID = 1L;
        };
        time.run(() -> {
            assertSame(
                    bare,
                    assertThrows(
                            RuntimeException.class,
                            () -> await(spawn(() -> {
                                throw bare;
                            }))));
            assertEquals(0, bare.getSuppressed().length);
            assertEquals("fine", await(spawn(() -> "fine")));
        });
    }

    @Test
    @DisplayName("W-14 the path travels with a failure that is serialized")
    void serialized() throws Exception {
        Throwable failure = time.run(() ->
                assertThrows(IllegalArgumentException.class, () -> await(spawn("top", AwaitPathTest::top))));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(failure);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            Throwable there = (Throwable) in.readObject();
            assertEquals(path(failure).getMessage(), path(there).getMessage());
            assertFalse(path(there).getStackTrace().length == 0);
        }
    }
}
