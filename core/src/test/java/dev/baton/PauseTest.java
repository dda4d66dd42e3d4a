package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Coroutine.pause and unpause: recursive, counted, and never in the way of a cancel. */
class PauseTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private void note(String label) {
        log.add(at(label));
    }

    private void noteTime(String label) {
        log.add(time.when(label));
    }

    private static List<String> statuses(Coroutine<?>... all) {
        return Stream.of(all).map(each -> each.status().name()).toList();
    }

    // ------------------------------------------------------------------------------------------------ transcripts

    /** Three levels as txcoroutine's README has them. */
    private final class ThreeLevels {
        final Coroutine<?> root = spawn("root", this::root);

        private void root() {
            try {
                await(spawn("level2", this::level2));
            } finally {
                noteTime("root_process stopped; cleaning up...");
            }
        }

        private void level2() {
            try {
                await(spawn("level3", this::level3));
            } finally {
                noteTime("level2_process stopped; cleaning up...");
            }
        }

        private void level3() {
            try {
                while (true) {
                    noteTime("iterating: " + time.clock.elapsed().toSeconds() + "s passed");
                    sleep(ms(1_000));
                }
            } finally {
                noteTime("level3_process stopped; cleaning up...");
            }
        }
    }

    @Test
    @DisplayName("X-02 three levels, paused at 3, unpaused at 6, cancelled at 9 (G-8; README, advanced example)")
    void threeLevels() {
        time.run(() -> {
            EventLoop loop = EventLoop.current();
            List<Coroutine<?>> root = new ArrayList<>();
            loop.schedule(ms(3_000), () -> root.getFirst().pause());
            loop.schedule(ms(6_000), () -> root.getFirst().unpause());
            loop.schedule(ms(9_000), () -> root.getFirst().cancel());
            root.add(new ThreeLevels().root);
            assertThrows(CancellationException.class, () -> await(root.getFirst()));
        });
        assertEquals(
                List.of(
                        "0 iterating: 0s passed",
                        "1000 iterating: 1s passed",
                        "2000 iterating: 2s passed",
                        "6000 iterating: 6s passed",
                        "7000 iterating: 7s passed",
                        "8000 iterating: 8s passed",
                        "9000 level3_process stopped; cleaning up...",
                        "9000 level2_process stopped; cleaning up...",
                        "9000 root_process stopped; cleaning up..."),
                log);
    }

    @Test
    @DisplayName("X-01 a canceller runs before the cleanup; the cancel of t=3 comes before the timer of t=3"
            + " (G-8; README, simple example)")
    void simpleExample() {
        time.run(() -> {
            EventLoop loop = EventLoop.current();
            List<Coroutine<?>> process = new ArrayList<>();
            loop.schedule(ms(3_000), () -> process.getFirst().cancel());
            process.add(spawn(() -> {
                try {
                    while (true) {
                        noteTime("processing message: " + await(getMessage()));
                    }
                } finally {
                    noteTime("coroutine stopped, cleaning up");
                }
            }));
            assertThrows(CancellationException.class, () -> await(process.getFirst()));
            assertEquals(0, loop.statistics().timers());
        });
        assertEquals(
                List.of(
                        "0 getting a message...",
                        "1000 processing message: dummy-message",
                        "1000 getting a message...",
                        "2000 processing message: dummy-message",
                        "2000 getting a message...",
                        "3000 cancelled getting a message",
                        "3000 coroutine stopped, cleaning up"),
                log);
    }

    private Deferred<String> getMessage() {
        noteTime("getting a message...");
        List<Runnable> stop = new ArrayList<>();
        Deferred<String> message = new Deferred<>(self -> {
            noteTime("cancelled getting a message");
            stop.forEach(Runnable::run);
        });
        stop.add(EventLoop.current().schedule(ms(1_000), () -> message.complete("dummy-message"))::cancel);
        return message;
    }

    // ---------------------------------------------------------------------------------------------- pause and unpause

    @Test
    @DisplayName("X-03, X-04, X-05 what comes while it is paused is remembered; unpause goes on in the next iteration"
            + " (test_pause_unpause)")
    void whatComesWhileItIsPausedIsRemembered() {
        time.run(() -> {
            Deferred<String> inner = new Deferred<>();
            Coroutine<String> body = spawn(() -> {
                String value = await(inner);
                note("resumed " + value);
                return value;
            });
            Deferred<String> asDeferred = body;
            asDeferred.pause();
            inner.complete("v");
            moment();
            moment();
            assertTrue(inner.isDone());
            note("paused " + body.status() + " " + body.isPaused());
            asDeferred.unpause();
            note("unpaused " + body.status() + " " + body.isPaused());
            moment();
            note("then " + body.status());
            assertEquals("v", await(body));
        });
        assertEquals(List.of("2 paused PAUSED true", "2 unpaused SUSPENDED false", "3 resumed v", "3 then DONE"), log);
    }

    @Test
    @DisplayName("X-05 an unpause from another thread reaches a coroutine while its loop closes")
    void unpauseFromAnotherThreadArrivesWhileTheLoopCloses() throws InterruptedException {
        EventLoop loop = EventLoop.open(time.wallClock().withCloseTimeout(Duration.ofSeconds(3)));
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch unwinding = new CountDownLatch(1);
        AtomicReference<Coroutine<?>> helper = new AtomicReference<>();
        spawn(loop, () -> {
            try {
                EventLoop.current().execute(started::countDown);
                await(new Deferred<>());
            } finally {
                Deferred<Void> gate = new Deferred<>();
                helper.set(spawn(() -> {
                    await(gate);
                    log.add("helper goes on");
                }));
                helper.get().pause();
                gate.complete(null);
                moment();
                moment(); // so that it has come as far as the pause lets it
                EventLoop.current().execute(unwinding::countDown);
                await(helper.get());
                log.add("unwound");
            }
        });
        VirtualTime.pass(started);
        Thread closer = Thread.ofPlatform().daemon().start(loop::close);
        VirtualTime.pass(unwinding);

        helper.get().unpause();

        VirtualTime.join(closer);
        assertEquals(List.of("helper goes on", "unwound"), log);
    }

    @Test
    @DisplayName("X-04, C-18 pauses are counted, and one unpause too many is an IllegalStateException")
    void pausesAreCounted() {
        time.run(() -> {
            Deferred<String> inner = new Deferred<>();
            Coroutine<?> body = spawn(() -> note("resumed " + await(inner)));
            assertThrows(IllegalStateException.class, body::unpause);
            body.pause();
            body.pause();
            inner.complete("v");
            body.unpause();
            moment();
            note("one is left " + body.isPaused());
            body.unpause();
            moment();
            IllegalStateException tooMany = assertThrows(IllegalStateException.class, body::unpause);
            assertTrue(tooMany.getMessage().contains(body.name()), tooMany.getMessage());
            assertFalse(body.isPaused());
        });
        assertEquals(List.of("1 one is left true", "2 resumed v"), log);
    }

    @Test
    @DisplayName("X-04 a moment and a sleep wait as an await does, and the timer goes on")
    void momentAndSleep() {
        time.run(() -> {
            Coroutine<?> mover = spawn(() -> {
                moment();
                noteTime("moved");
            });
            Coroutine<?> sleeper = spawn(() -> {
                sleep(ms(10));
                noteTime("slept");
            });
            mover.pause();
            sleeper.pause();
            sleep(ms(30));
            noteTime(statuses(mover, sleeper) + " timers "
                    + EventLoop.current().statistics().timers());
            sleeper.unpause();
            mover.unpause();
            await(List.of(mover, sleeper));
        });
        assertEquals(List.of("30 [PAUSED, PAUSED] timers 0", "30 slept", "30 moved"), log);
    }

    @Test
    @DisplayName("X-04, X-05 unpaused again before anything came, it has missed nothing")
    void unpausedBeforeAnythingCame() {
        time.run(() -> {
            Deferred<String> inner = new Deferred<>();
            Coroutine<?> body = spawn(() -> note("resumed " + await(inner)));
            body.pause();
            assertEquals(Coroutine.Status.PAUSED, body.status());
            body.unpause();
            assertEquals(Coroutine.Status.SUSPENDED, body.status());
            moment();
            inner.complete("v");
            note("completed");
            await(body);
        });
        assertEquals(List.of("1 completed", "2 resumed v"), log);
    }

    @Test
    @DisplayName("X-05 paused and unpaused in the iteration in which it goes on, it goes on in that one")
    void pausedAndUnpausedInOneIteration() {
        time.run(() -> {
            Deferred<String> inner = new Deferred<>();
            Coroutine<?> body = spawn(() -> note("resumed " + await(inner)));
            inner.complete("v");
            body.pause();
            body.unpause();
            moment();
            assertTrue(body.isDone());
        });
        assertEquals(List.of("1 resumed v"), log);
    }

    @Test
    @DisplayName("X-05, W-28 one that ends while it is paused is done when it is unpaused, and not before")
    void oneThatEndsWhileItIsPaused() {
        time.run(() -> {
            Coroutine<String> body = spawn("ender", () -> {
                Coroutines.current().pause();
                note("goes on to its end");
                return "v";
            });
            body.thenAccept(value -> note("dependent " + value));
            EventLoop.current().whenDone(body, (value, failure) -> note("whenDone " + value));
            Coroutine<?> waiter = spawn(() -> note("awaiter " + await(body)));
            moment();
            note(body.status() + " done " + body.isDone() + " awaiting " + body.awaiting());
            assertTrue(body.isPaused());
            assertTrue(body.toString().contains("PAUSED"), body.toString());
            assertEquals(List.of(), body.stack());
            body.unpause();
            note("unpaused " + body.isDone());
            await(waiter);
            assertEquals(Coroutine.Status.DONE, body.status());
            assertFalse(body.isPaused());
        });
        assertEquals(
                List.of(
                        "0 goes on to its end",
                        "1 PAUSED done false awaiting null",
                        "1 dependent v",
                        "1 unpaused true",
                        "2 whenDone v",
                        "2 awaiter v"),
                log);
    }

    @Test
    @DisplayName("X-05, W-28 a failure is held back as a value is")
    void failureIsHeldBack() {
        time.run(() -> {
            IOException failure = new IOException("held");
            Coroutine<String> body = spawn(() -> {
                Coroutines.current().pause();
                throw failure;
            });
            Coroutine<?> waiter = spawn(() -> {
                assertSame(failure, assertThrows(IOException.class, () -> await(body)));
                note("failed");
            });
            moment();
            note("done " + body.isDone());
            body.unpause();
            await(waiter);
        });
        assertEquals(List.of("1 done false", "2 failed"), log);
    }

    @Test
    @DisplayName("X-06 pause, unpause and cancel of one that waits for nothing do no harm"
            + " (test_pause_unpause_cancel_on_coroutine_with_no_depends_on)")
    void oneThatWaitsForNothing() {
        time.run(() -> {
            Coroutine<String> done = spawn(() -> "v");
            done.pause();
            assertFalse(done.isPaused());
            assertEquals(Coroutine.Status.DONE, done.status());
            assertEquals("v", await(done));
            done.unpause();
            assertFalse(done.cancel());
            Coroutine<?> moving = spawn(() -> {
                moment();
                note("never");
            });
            moving.pause();
            moving.unpause();
            assertTrue(moving.cancel());
            assertThrows(CancellationException.class, () -> await(moving));
        });
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("X-04 paused before its first step, it does not begin")
    void pausedBeforeItsFirstStep() {
        time.run(() -> {
            Coroutine<?> later = spawnLater(() -> note("begun"));
            later.pause();
            assertEquals(Coroutine.Status.STARTING, later.status());
            moment();
            moment();
            note(later.status().name());
            later.unpause();
            await(later);
        });
        assertEquals(List.of("2 PAUSED", "3 begun"), log);
    }

    @Test
    @DisplayName("X-04, C-18 paused before its first step and cancelled, it never begins")
    void pausedBeforeItsFirstStepAndCancelled() {
        time.run(() -> {
            Coroutine<?> now = spawnLater(() -> note("never"));
            now.pause();
            now.cancel("at once");
            Coroutine<?> held = spawnLater(() -> note("never"));
            held.pause();
            moment();
            assertTrue(now.isCancelled());
            assertFalse(held.isDone());
            held.cancel("later");
            moment();
            assertTrue(held.isCancelled());
            assertEquals("later", VirtualTime.failure(held).getMessage());
        });
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("X-04 one that runs goes on to its next pending await; what is done holds nobody up")
    void oneThatRunsGoesOnToItsNextPendingAwait() {
        time.run(() -> {
            Coroutine<?> body = spawn(() -> {
                Coroutines.current().pause();
                note("running " + Coroutines.current().status() + " "
                        + Coroutines.current().isPaused());
                await(Futures.after(Duration.ZERO, "x").thenApply(any -> any).isDone() ? null : doneAlready());
                note("past what is done");
                moment();
                note("on");
            });
            moment();
            moment();
            note(body.status().name());
            body.unpause();
            await(body);
        });
        assertEquals(List.of("0 running RUNNING true", "0 past what is done", "2 PAUSED", "3 on"), log);
    }

    private static Deferred<String> doneAlready() {
        Deferred<String> done = new Deferred<>();
        done.complete("v");
        return done;
    }

    // --------------------------------------------------------------------------------------------------------- trees

    @Test
    @DisplayName("X-04 the whole chain of awaits stands still, and each level takes its one iteration afterwards")
    void wholeChainStandsStill() {
        time.run(() -> {
            Deferred<String> source = new Deferred<>();
            List<Coroutine<?>> all = new ArrayList<>();
            Coroutine<?> root = spawn("root", () -> {
                Coroutine<String> middle = spawn("middle", () -> {
                    Coroutine<String> leaf = spawn("leaf", () -> {
                        String value = await(source);
                        note("leaf");
                        return value;
                    });
                    all.add(leaf);
                    String value = await(leaf);
                    note("middle");
                    return value;
                });
                all.add(middle);
                note("root " + await(middle));
            });
            Coroutine<?> leaf = all.get(0);
            Coroutine<?> middle = all.get(1);
            root.pause();
            assertEquals(List.of("PAUSED", "PAUSED", "PAUSED"), statuses(root, middle, leaf));
            assertTrue(leaf.isPaused());
            source.complete("v");
            moment();
            assertEquals(List.of("PAUSED", "PAUSED", "PAUSED"), statuses(root, middle, leaf));
            assertThrows(IllegalStateException.class, leaf::unpause, "its own count is zero");
            note("unpause");
            root.unpause();
            assertEquals(List.of("SUSPENDED", "SUSPENDED", "SUSPENDED"), statuses(root, middle, leaf));
            await(root);
        });
        assertEquals(List.of("1 unpause", "2 leaf", "3 middle", "4 root v"), log);
    }

    @Test
    @DisplayName("X-04 a pause in the middle keeps the levels below, and those above only wait")
    void pauseInTheMiddle() {
        time.run(() -> {
            Deferred<String> source = new Deferred<>();
            Coroutine<?> leaf = spawn("leaf", () -> note("leaf " + await(source)));
            Coroutine<?> middle = spawn("middle", () -> await(leaf));
            Coroutine<?> root = spawn("root", () -> await(middle));
            middle.pause();
            assertEquals(List.of("SUSPENDED", "PAUSED", "PAUSED"), statuses(root, middle, leaf));
            leaf.pause();
            source.complete("v");
            middle.unpause();
            moment();
            assertEquals(List.of("SUSPENDED", "SUSPENDED", "PAUSED"), statuses(root, middle, leaf));
            root.pause();
            leaf.unpause();
            moment();
            assertEquals(List.of("PAUSED", "PAUSED", "PAUSED"), statuses(root, middle, leaf));
            assertEquals(List.of(), log);
            root.unpause();
            await(root);
        });
        assertEquals(List.of("3 leaf v"), log);
    }

    @Test
    @DisplayName("X-07 a child that is awaited later, by one that is paused, is held as well")
    void childAwaitedLater() {
        time.run(() -> {
            List<Coroutine<?>> children = new ArrayList<>();
            Coroutine<?> parent = spawn(() -> {
                Coroutines.current().pause();
                children.add(spawn(() -> {
                    moment();
                    note("child");
                }));
                await(children.getFirst());
                note("parent");
            });
            moment();
            moment();
            note(statuses(parent, children.getFirst()).toString());
            parent.unpause();
            await(parent);
        });
        assertEquals(List.of("2 [PAUSED, PAUSED]", "3 child", "4 parent"), log);
    }

    @Test
    @DisplayName("X-07 the pause stays with the parent: the child that it awaited before is free again")
    void pauseStaysWithTheParent() {
        time.run(() -> {
            Deferred<String> gate = new Deferred<>();
            Coroutine<?> child = spawn(() -> {
                await(gate);
                note("child");
            });
            Coroutine<?> parent = spawn(() -> {
                try {
                    await(child);
                } finally {
                    note("parent over");
                }
            });
            parent.pause();
            assertTrue(child.isPaused());
            parent.cancel();
            assertThrows(CancellationException.class, () -> await(parent));
            assertFalse(child.isPaused());
            assertTrue(child.isCancelled());
            parent.unpause(); // its own count remains
            assertThrows(IllegalStateException.class, parent::unpause);
        });
        assertEquals(List.of("2 parent over"), log);
    }

    @Test
    @DisplayName("X-04 of two parents one is paused: the child is held, and the other parent waits for it")
    void twoParents() {
        time.run(() -> {
            Deferred<String> source = new Deferred<>();
            Coroutine<String> child = spawn("child", () -> {
                String value = await(source);
                note("child");
                return value;
            });
            Coroutine<?> free = spawn(() -> note("free " + await(child)));
            Coroutine<?> paused = spawn(() -> note("paused " + await(child)));
            Coroutine<?> third = spawn(() -> note("third " + await(child)));
            paused.pause();
            source.complete("v");
            moment();
            note(statuses(child, free, paused, third).toString());
            free.pause();
            paused.unpause();
            moment();
            note(statuses(child, free, paused, third).toString());
            free.unpause();
            await(List.of(free, paused, third));
        });
        assertEquals(
                List.of(
                        "1 [PAUSED, SUSPENDED, PAUSED, SUSPENDED]",
                        "2 [PAUSED, PAUSED, SUSPENDED, SUSPENDED]",
                        "3 child",
                        "4 free v",
                        "4 paused v",
                        "4 third v"),
                log);
    }

    @Test
    @DisplayName("X-04 one paused for its parent that ends: its outcome is held for all until the parent is unpaused")
    void childEndsWhileItsParentIsPaused() {
        time.run(() -> {
            List<Coroutine<String>> children = new ArrayList<>();
            Coroutine<?> parent = spawnLater(() -> note("parent " + await(children.getFirst())));
            Coroutine<?> other = spawnLater(() -> note("other " + await(children.getFirst())));
            children.add(spawn(() -> {
                moment();
                parent.pause(); // it awaits us by now, so we are paused too, and run on to the end
                note("child ends " + Coroutines.current().isPaused());
                return "v";
            }));
            moment();
            moment();
            note(statuses(children.getFirst(), parent, other).toString());
            parent.unpause();
            note("done " + children.getFirst().isDone());
            await(List.of(parent, other));
        });
        assertEquals(
                List.of("1 child ends true", "2 [PAUSED, PAUSED, SUSPENDED]", "2 done true", "3 parent v", "3 other v"),
                log);
    }

    @Test
    @DisplayName("X-04 what a paused one awaits through a combinator is not held, only the one itself")
    void combinatorsAreNotClimbed() {
        time.run(() -> {
            Coroutine<String> child = spawn(() -> {
                moment();
                note("child");
                return "v";
            });
            Coroutine<?> parent = spawn(() -> note("parent " + await(Futures.multi(List.of(child)))));
            parent.pause();
            moment();
            moment();
            assertTrue(child.isDone());
            parent.unpause();
            await(parent);
        });
        assertEquals(List.of("1 child", "3 parent [v]"), log);
    }

    @Test
    @DisplayName("X-04 a chain of 20,000, each with a second waiter, can be asked and unpaused")
    void longChain() {
        time.run(() -> {
            Deferred<Integer> source = new Deferred<>();
            Coroutine<Integer> last = spawn(() -> await(source));
            Coroutine<Integer> first = last;
            for (int i = 0; i < 20_000; i++) {
                Coroutine<Integer> inner = last;
                if (i % 100 == 0) {
                    spawn(() -> await(inner)); // the older of two waiters
                }
                last = spawn(() -> await(inner));
            }
            last.pause();
            assertTrue(first.isPaused());
            last.unpause();
            assertFalse(first.isPaused());
            source.complete(7);
            assertEquals(7, await(last));
        });
    }

    // -------------------------------------------------------------------------------------------------------- cancel

    @Nested
    class Cancelling {
        @Test
        @DisplayName("C-18, X-06 a cancel does not wait for the end of a pause, nor do finally blocks with awaits"
                + " before they wait for it")
        void cancelDoesNotWait() {
            time.run(() -> {
                Coroutine<?> body = spawn(() -> {
                    try {
                        await(new Deferred<>());
                    } finally {
                        note("unwinding");
                    }
                });
                body.pause();
                body.cancel("over");
                note("asked");
                assertEquals(
                        "over",
                        assertThrows(CancellationException.class, () -> await(body))
                                .getMessage());
                note("over");
            });
            assertEquals(List.of("0 asked", "1 unwinding", "2 over"), log);
        }

        @Test
        @DisplayName("C-18 one whose outcome has come, and is held back by its pause, is cancelled in its stead")
        void cancelOfOneThatIsHeldBack() {
            time.run(() -> {
                Deferred<String> inner = new Deferred<>();
                Coroutine<String> body = spawn(() -> {
                    try {
                        return await(inner);
                    } finally {
                        note("finally");
                    }
                });
                body.pause();
                inner.complete("lost");
                moment();
                assertTrue(body.cancel());
                assertThrows(CancellationException.class, () -> await(body));
                assertTrue(body.isCancelled());
            });
            assertEquals(List.of("2 finally"), log);
        }

        @Test
        @DisplayName("C-18 a failure that has come, and is held back, gives way to the cancel, and is not reported")
        void cancelOfOneWhoseFailureIsHeldBack() {
            time.run(() -> {
                Deferred<String> inner = new Deferred<>();
                Coroutine<String> body = spawn(() -> await(inner));
                body.pause();
                inner.completeExceptionally(new IOException("lost"));
                moment();
                body.cancel();
                assertThrows(CancellationException.class, () -> await(body));
            });
        }

        @Test
        @DisplayName("C-18 a cancel of the paused root unwinds the chain, deepest first")
        void cancelOfThePausedRoot() {
            time.run(() -> {
                ThreeLevels levels = new ThreeLevels();
                levels.root.pause();
                sleep(ms(1_500)); // level 3's timer has come, and is held
                levels.root.cancel();
                assertThrows(CancellationException.class, () -> await(levels.root));
                levels.root.unpause();
            });
            assertEquals(
                    List.of(
                            "0 iterating: 0s passed",
                            "1500 level3_process stopped; cleaning up...",
                            "1500 level2_process stopped; cleaning up...",
                            "1500 root_process stopped; cleaning up..."),
                    log);
        }

        @Test
        @DisplayName("C-18 a child that has ended, and is held for its paused parent: the cancel of the parent arrives")
        void cancelOfAParentWhoseChildIsHeld() {
            time.run(() -> {
                List<Coroutine<?>> parents = new ArrayList<>();
                Coroutine<String> child = spawn(() -> {
                    moment();
                    parents.getFirst().pause();
                    return "held";
                });
                Coroutine<?> parent = spawn(() -> {
                    try {
                        await(child);
                    } finally {
                        note("parent over");
                    }
                });
                parents.add(parent);
                moment();
                moment();
                parent.cancel("now");
                sleep(ms(1));
                assertTrue(parent.isDone(), parent.toString());
                assertTrue(parent.isCancelled());
                assertEquals("held", await(child), "nobody holds it any more");
            });
            assertEquals(List.of("3 parent over"), log);
        }

        @Test
        @DisplayName("C-18, A-12 one that awaits a held future is not paused itself, and its cancel arrives")
        void cancelOfOneThatAwaitsAHeldFuture() {
            time.run(() -> {
                Deferred<String> held = new Deferred<>();
                held.pause();
                held.complete("held");
                Coroutine<?> body = spawn(() -> await(held));
                assertTrue(body.cancel("now"));
                sleep(ms(1));
                assertTrue(body.isCancelled(), body.toString());
                held.unpause();
                assertEquals("held", await(held), "its outcome was there before");
            });
        }

        @Test
        @DisplayName("C-18, B-03 one that takes the cancel back stands still again at its next await")
        void swallowedCancel() {
            time.run(() -> {
                Deferred<String> next = new Deferred<>();
                Coroutine<?> body = spawn(() -> {
                    assertThrows(CancellationException.class, () -> await(new Deferred<>()));
                    Coroutines.current().uncancel();
                    note("caught");
                    note("resumed " + await(next));
                });
                body.pause();
                body.cancel();
                moment();
                next.complete("v");
                moment();
                moment();
                note(body.status().name());
                body.unpause();
                await(body);
            });
            assertEquals(List.of("1 caught", "3 PAUSED", "4 resumed v"), log);
        }

        @Test
        @DisplayName("C-18 the cancel of one whose child answers it with another failure does not wait either")
        void childTranslatesTheCancel() {
            time.run(() -> {
                IOException translated = new IOException("translated");
                Coroutine<?> child = spawn(() -> {
                    try {
                        return await(new Deferred<String>());
                    } catch (CancellationException e) {
                        throw translated;
                    }
                });
                Coroutine<?> parent = spawn(() -> {
                    try {
                        await(child);
                    } finally {
                        note("parent over");
                    }
                });
                parent.pause();
                parent.cancel();
                sleep(ms(1));
                assertTrue(parent.isDone(), parent.toString());
                assertSame(translated, VirtualTime.failure(parent));
            });
            assertEquals(List.of("2 parent over"), log);
        }

        @Test
        @DisplayName("C-18, B-03 a cancel that is taken back leaves the pause as it was")
        void cancelTakenBack() {
            time.run(() -> {
                Coroutine<?> body = spawn(() -> {
                    moment();
                    note("on");
                });
                body.pause();
                body.cancel();
                body.uncancel();
                moment();
                moment();
                note(body.status().name());
                body.unpause();
                await(body);
            });
            assertEquals(List.of("2 PAUSED", "3 on"), log);
        }
    }

    // ------------------------------------------------------------------------------------------- close, stuck, dump

    @Nested
    class Ending {
        @Test
        @DisplayName("X-04, J-11 closing the loop unwinds paused ones, finally blocks with awaits too")
        void closeUnwindsPausedOnes() {
            time.run(() -> {
                Coroutine<?> child = spawn(() -> {
                    try {
                        await(new Deferred<>());
                    } finally {
                        moment();
                        log.add("child");
                    }
                });
                Coroutine<?> parent = spawn(() -> {
                    try {
                        await(child);
                    } finally {
                        sleep(ms(5));
                        log.add("parent");
                    }
                });
                parent.pause();
                Coroutine<?> notBegun = spawnLater(() -> log.add("never"));
                notBegun.pause();
            });
            assertEquals(List.of("child", "parent"), log);
        }

        @Test
        @DisplayName("X-04, J-11 closing the loop unwinds paused ones that answer the cancel with something else")
        void closeUnwindsThoseThatTranslate() {
            Coroutines.run(time.options().withCloseTimeout(Duration.ofSeconds(1)), () -> {
                Coroutine<?> child = spawn(() -> {
                    try {
                        await(new Deferred<>());
                    } catch (CancellationException e) {
                        log.add("child swallows it");
                    }
                });
                Coroutine<?> parent = spawn(() -> {
                    try {
                        await(child);
                    } finally {
                        log.add("parent");
                    }
                });
                parent.pause();
                return null;
            });
            assertEquals(List.of("child swallows it", "parent"), log);
        }

        @Test
        @DisplayName(
                "X-04, J-11 one that has ended, and is held, is released when its loop closes: nobody waits for ever")
        void closeReleasesWhatIsHeld() {
            AtomicReference<Coroutine<String>> held = new AtomicReference<>();
            time.run(() -> {
                held.set(spawn(() -> {
                    Coroutines.current().pause();
                    return "held";
                }));
            });
            assertTrue(held.get().isDone(), held.get().toString());
            assertEquals("held", held.get().join());
        }

        @Test
        @DisplayName("X-04, F-05 a failure that is held until its loop closes is reported")
        void heldFailureIsReported() {
            IOException failure = new IOException("held");
            AtomicReference<Coroutine<?>> kept = new AtomicReference<>();
            time.run(() -> {
                kept.set(spawn(() -> {
                    Coroutines.current().pause();
                    throw failure;
                }));
            });
            assertEquals(List.of(failure), time.reports());
        }

        @Test
        @DisplayName("X-04, R-02 all and dump show one that has ended and is held")
        void dumpShowsWhatIsHeld() {
            time.run(() -> {
                Coroutine<?> held = spawn("held-one", () -> Coroutines.current().pause());
                assertFalse(held.isDone());
                assertTrue(Coroutines.all(EventLoop.current()).contains(held));
                assertTrue(Coroutines.dump(EventLoop.current()).contains("held-one"));
                held.unpause();
            });
        }

        @Test
        @DisplayName("X-04, L-19 paused for good under virtual time is stuck: the dump names the paused ones")
        void pausedForGoodIsStuck() {
            IllegalStateException stuck = assertThrows(
                    IllegalStateException.class,
                    () -> time.run(() -> {
                        Coroutine<?> sleeper = spawn("sleeper", () -> {
                            try {
                                sleep(ms(10));
                            } finally {
                                noteTime("unwound");
                            }
                        });
                        sleeper.pause();
                        await(sleeper);
                    }));
            assertTrue(stuck.getMessage().contains("\"sleeper\""), stuck.getMessage());
            assertTrue(stuck.getMessage().contains("PAUSED"), stuck.getMessage());
            assertEquals(List.of("10 unwound"), log);
        }

        @Test
        @DisplayName("X-04, L-19 one that waits for good for one that has ended and is held is unwound as well")
        void heldForGoodIsStuck() {
            LoopOptions options = time.options().withCloseTimeout(Duration.ofSeconds(1));
            IllegalStateException stuck = assertThrows(
                    IllegalStateException.class,
                    () -> Coroutines.run(options, () -> {
                        Coroutine<?> held =
                                spawn("held", () -> Coroutines.current().pause());
                        try {
                            return await(held);
                        } finally {
                            log.add("unwound");
                        }
                    }));
            assertTrue(stuck.getMessage().contains("\"held\""), stuck.getMessage());
            assertEquals(List.of("unwound"), log);
        }

        @Test
        @DisplayName("X-04, A-50 a paused one shows in dump, toString and stack where it stands")
        void pausedOneIsShown() {
            time.run(() -> {
                Deferred<String> inner = new Deferred<>();
                Coroutine<?> child = spawn("child", () -> await(inner));
                Coroutine<?> parent = spawn("parent", () -> await(child));
                parent.pause();
                String dump = Coroutines.dump(EventLoop.current());
                assertTrue(dump.contains(child.toString() + " awaited by " + label(parent)), dump);
                assertTrue(dump.contains(parent.toString()), dump);
                assertTrue(parent.toString().contains("PAUSED awaiting " + label(child)), parent.toString());
                assertTrue(child.toString().contains("PAUSED awaiting"), child.toString());
                assertEquals(
                        PauseTest.class.getName(),
                        child.stack().getLast().getClassName().replaceAll("\\$.*", ""));
                inner.complete("v");
                moment();
                assertSame(inner, child.awaiting(), "its outcome is there, but it has not arrived");
                parent.unpause();
                await(parent);
                assertNull(child.awaiting());
            });
        }

        private static String label(Coroutine<?> named) {
            return "\"" + named.name() + "\" #" + named.id();
        }
    }

    // ---------------------------------------------------------------------------------------------- two loops, threads

    @Test
    @DisplayName("X-04, A-31 a pause reaches the coroutine of another loop that is awaited, and so does the unpause")
    void acrossTwoLoops() {
        try (EventLoop other = EventLoop.open(time.wallClock())) {
            Coroutines.run(time.wallClock(), () -> {
                Deferred<String> source = new Deferred<>();
                Coroutine<String> there = spawn(other, () -> await(source));
                Coroutine<String> here = spawn(() -> await(there));
                Deferred<Void> settled = new Deferred<>();
                here.pause();
                assertTrue(there.isPaused());
                source.complete("v");
                for (int i = 0; i < 3; i++) { // round trips: it has seen the completion by then
                    await(spawn(other, Coroutines::moment));
                }
                assertFalse(there.isDone());
                assertEquals(Coroutine.Status.PAUSED, there.status());
                here.unpause();
                settled.complete(null);
                assertEquals("v", await(here));
                assertTrue(settled.isDone());
                return null;
            });
        }
    }

    @Test
    @DisplayName("X-05, C-18 foreign threads pause, unpause and complete at random: nobody is left behind")
    void foreignThreadsPauseAndUnpause() {
        Coroutines.run(time.wallClock(), () -> {
            for (int round = 0; round < 300; round++) {
                Deferred<Integer> source = new Deferred<>();
                Coroutine<Integer> leaf = spawn(() -> await(source) + await(Futures.after(Duration.ZERO, 1)));
                Coroutine<Integer> middle = spawn(() -> await(leaf) + 1);
                Coroutine<Integer> root = spawn(() -> await(middle) + 1);
                List<Coroutine<Integer>> all = List.of(leaf, middle, root);
                CountDownLatch go = new CountDownLatch(1);
                List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    threads.add(Thread.ofVirtual().start(() -> {
                        VirtualTime.pass(go);
                        for (int k = 0; k < 5; k++) {
                            Coroutine<Integer> one =
                                    all.get(ThreadLocalRandom.current().nextInt(3));
                            one.pause();
                            Thread.yield();
                            one.unpause();
                        }
                    }));
                }
                threads.add(Thread.ofVirtual().start(() -> {
                    VirtualTime.pass(go);
                    source.complete(1);
                }));
                go.countDown();
                assertEquals(4, await(Futures.withTimeout(Duration.ofSeconds(10), root)));
                Coroutines.blocking(() -> {
                    threads.forEach(VirtualTime::join);
                    return null;
                });
                for (Coroutine<Integer> one : all) {
                    assertFalse(one.isPaused());
                }
            }
            return null;
        });
    }

    @Test
    @DisplayName("X-05, C-18 one that ends while foreign threads pause and unpause it gets done")
    void endsWhileForeignThreadsPauseIt() {
        Coroutines.run(time.wallClock(), () -> {
            for (int round = 0; round < 300; round++) {
                CountDownLatch go = new CountDownLatch(1);
                Coroutine<String> body = spawnLater(() -> {
                    go.countDown();
                    return "v";
                });
                Coroutine<String> parent = spawn(() -> await(body));
                List<Coroutine<String>> both = List.of(body, parent);
                List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    Coroutine<String> one = both.get(i);
                    threads.add(Thread.ofVirtual().start(() -> {
                        VirtualTime.pass(go);
                        for (int k = 0; k < 10; k++) {
                            one.pause();
                            one.unpause();
                        }
                    }));
                }
                assertEquals("v", await(Futures.withTimeout(Duration.ofSeconds(10), parent)));
                Coroutines.blocking(() -> {
                    threads.forEach(VirtualTime::join);
                    return null;
                });
            }
            return null;
        });
    }

    @Test
    void pauseThatIsNeverTakenBackConcernsNobodyButThoseBelowIt() {
        time.run(() -> {
            new Deferred<>().pause();
            Deferred<String> source = new Deferred<>();
            Coroutine<String> leaf = spawn(() -> await(source));
            Coroutine<String> middle = spawn(() -> await(leaf));
            Coroutine<String> root = spawn(() -> await(middle));
            Coroutine<?> other = spawn(() -> await(leaf));
            middle.pause();
            Coroutine<?> later = spawn(() -> await(root));
            List<Coroutine<?>> all = List.of(leaf, middle, root, other, later, Coroutines.current());
            note(all.stream().map(Coroutine::mayBePaused).toList().toString());
            middle.unpause();
            note(all.stream().map(Coroutine::mayBePaused).toList().toString());
            source.complete("v");
            assertEquals("v", await(root));
            await(List.of(other, later));
        });
        assertEquals(
                List.of("0 [true, true, false, false, false, false]", "0 [false, false, false, false, false, false]"),
                log);
    }

    @Test
    void pauseGoesAlongWithWhatIsAwaitedLater() {
        time.run(() -> {
            Deferred<String> first = new Deferred<>();
            Deferred<String> source = new Deferred<>();
            Coroutine<String> grandchild = spawn(() -> await(source));
            Coroutine<String> child = spawn(() -> await(grandchild));
            Coroutine<String> parent = spawn(() -> {
                moment(); // one that runs goes on to its next pending await
                return await(child);
            });
            Coroutine<?> pauser = spawn(() -> {
                moment();
                parent.pause();
            });
            await(pauser);
            source.complete("v");
            for (int i = 0; i < 5; i++) {
                moment();
            }
            note(statuses(grandchild, child, parent).toString());
            parent.unpause();
            assertEquals("v", await(parent));
            assertFalse(first.isDone());
        });
        assertEquals(List.of("7 [PAUSED, PAUSED, PAUSED]"), log);
    }

    /** A cancel makes a pause void for those below, too; and taken back, the pause holds again for them. */
    @Test
    void cancelTakenBackPutsThePauseBackForThoseBelow() {
        time.run(() -> {
            Deferred<String> first = new Deferred<>();
            Deferred<String> second = new Deferred<>();
            Coroutine<String> child = spawn(() -> {
                assertThrows(CancellationException.class, () -> await(first));
                note("caught " + Coroutines.current().mayBePaused());
                return await(second);
            });
            Coroutine<String> parent = spawn(() -> await(child));
            parent.pause();
            parent.cancel();
            moment();
            moment();
            parent.uncancel();
            second.complete("v");
            moment();
            moment();
            note(statuses(child, parent).toString());
            parent.unpause();
            assertEquals("v", await(parent));
        });
        assertEquals(List.of("1 caught false", "4 [PAUSED, PAUSED]"), log);
    }
}
