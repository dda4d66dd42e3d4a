package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.VirtualTime.at;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The recorded runs of Tornado 4.5.3 and asyncio 3.11: semantics.md, section 12. */
class GoldenTracesTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void nothingElseIsReported() {
        time.assertNoReports();
    }

    private void note(String label) {
        log.add(at(label));
    }

    @Test
    @DisplayName("G-1 callbacks before timers, and each addition one iteration later")
    void callbacksBeforeTimersAndEachAdditionOneIterationLater() {
        time.run(() -> {
            EventLoop loop = EventLoop.current();
            note("start");
            loop.execute(() -> {
                note("cb1");
                loop.execute(() -> note("cb2"));
                loop.schedule(Duration.ZERO, () -> note("to-from-cb"));
            });
            loop.execute(() -> note("cb1b"));
            loop.schedule(Duration.ZERO, () -> {
                note("to1");
                loop.schedule(Duration.ZERO, () -> note("to2"));
                loop.schedule(ms(-5), () -> note("to2neg"));
            });
            sleep(ms(1));
        });
        assertEquals(List.of("0 start", "1 cb1", "1 cb1b", "1 to1", "2 cb2", "2 to2neg", "2 to-from-cb", "2 to2"), log);
    }

    @Test
    @DisplayName("G-2 what each kind of await costs (a done future stands for [moment], T-11)")
    void whatEachKindOfAwaitCosts() {
        time.run(() -> {
            note("m0");
            moment();
            note("m1");
            moment();
            note("m2");
            moment();
            note("none");
            await((Object) null);
            note("list-moment");
            await(List.of(CompletableFuture.completedFuture(1)));
            note("empty-list");
            await(List.<Deferred<String>>of());
            note("sleep0");
            await(Futures.after(Duration.ZERO));
            note("sleepneg");
            await(Futures.after(Duration.ofSeconds(-1)));
            note("end");
        });
        assertEquals(
                List.of(
                        "0 m0",
                        "1 m1",
                        "2 m2",
                        "3 none",
                        "4 list-moment",
                        "4 empty-list",
                        "4 sleep0",
                        "6 sleepneg",
                        "8 end"),
                log);
    }

    @Test
    @DisplayName("G-3 one iteration for each level of nesting")
    void oneIterationForEachLevelOfNesting() {
        time.run(() -> {
            Deferred<String> f = new Deferred<>();
            Coroutine<String> c = spawn(() -> {
                note("c start");
                String b = await(spawn(() -> {
                    note("b start");
                    String a = await(spawn(() -> {
                        note("a start");
                        String value = await(f);
                        note("a " + value);
                        return value;
                    }));
                    note("b " + a);
                    return a;
                }));
                note("c " + b);
                return b;
            });
            note("after c()");
            EventLoop.current().execute(() -> {
                note("set");
                f.complete("res");
                note("after set");
            });
            note("main " + await(c));
        });
        assertEquals(
                List.of(
                        "0 c start",
                        "0 b start",
                        "0 a start",
                        "0 after c()",
                        "1 set",
                        "1 after set",
                        "2 a res",
                        "3 b res",
                        "4 c res",
                        "5 main res"),
                log);
    }

    @Test
    @DisplayName("G-4 asyncio's order, one iteration earlier: here the main body starts at 0")
    void asynciosOrderOneIterationEarlier() {
        time.run(() -> {
            EventLoop loop = EventLoop.current();
            note("main start");
            Coroutine<?> t = spawnLater(() -> note("b run"));
            loop.execute(() -> {
                note("soon1");
                loop.execute(() -> note("soon2"));
                loop.schedule(Duration.ZERO, () -> note("later-in"));
            });
            loop.schedule(Duration.ZERO, () -> note("later0"));
            note("after create");
            sleep(Duration.ZERO);
            note("after sleep0");
            await(t);
            note("after t");
            await(CompletableFuture.completedFuture(null));
            note("done fut sync");
            note("b run"); // a direct call is what Python's await b() is
            note("direct await");
            sleep(ms(1));
        });
        assertEquals(
                List.of(
                        "0 main start",
                        "0 after create",
                        "1 b run",
                        "1 soon1",
                        "1 after sleep0",
                        "1 after t",
                        "1 done fut sync",
                        "1 b run",
                        "1 direct await",
                        "1 later0",
                        "2 soon2",
                        "2 later-in"),
                log);
    }

    @Test
    @DisplayName("G-5 the three strings of test_moment")
    void theThreeStringsOfTestMoment() {
        assertEquals("aaaaabbbbb", letters(false, false));
        assertEquals("ababababab", letters(true, true));
        assertEquals("abbbbbaaaa", letters(true, false));
    }

    private String letters(boolean aYields, boolean bYields) {
        StringBuilder text = new StringBuilder();
        new VirtualTime()
                .run(() -> await(
                        List.of(spawn(() -> letters(text, 'a', aYields)), spawn(() -> letters(text, 'b', bYields)))));
        return text.toString();
    }

    private static void letters(StringBuilder text, char letter, boolean yields) {
        for (int i = 0; i < 5; i++) {
            text.append(letter);
            if (yields) {
                moment();
            } else {
                await(CompletableFuture.completedFuture(null));
            }
        }
    }

    @Test
    @DisplayName("G-7, A-12 a cancel is a request: the child hears it one iteration later, its awaiter one more")
    void cancelIsARequest() {
        time.run(() -> {
            Coroutine<?> child = spawn(() -> {
                try {
                    await(new Deferred<>());
                } finally {
                    note("child");
                }
            });
            Coroutine<?> awaiter = spawn(() -> {
                CancellationException e = assertThrows(CancellationException.class, () -> await(child));
                note("awaiter");
                throw e;
            });
            moment();
            long asked = iteration();
            note("cancel " + child.cancel());
            note("cancelled " + child.isCancelled() + ", done " + child.isDone());
            assertThrows(CancellationException.class, () -> await(awaiter));
            note("cancelled " + child.isCancelled() + ", cancel " + child.cancel());
            assertEquals(1, asked);
        });
        assertEquals(
                List.of(
                        "1 cancel true",
                        "1 cancelled false, done false",
                        "2 child",
                        "3 awaiter",
                        "4 cancelled true, cancel false"),
                log);
    }
}
