package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.join;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.future.WaitIterator;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CoroutineDumpTest {
    private final VirtualTime time = new VirtualTime();

    private interface Writing {
        void to(Appendable out) throws IOException;
    }

    private static String text(Writing writing) {
        StringBuilder text = new StringBuilder();
        try {
            writing.to(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return text.toString();
    }

    /** The lines, without the header and without what differs from run to run. */
    private static List<String> lines(String dump) {
        return dump.lines()
                .skip(1)
                .map(line -> line.replaceAll(" #\\d+", "")
                        .replaceAll("@[0-9a-f]+(\\[[^\\]]*\\])?", "")
                        .replaceAll(" at dev\\.baton\\.(\\w+)\\.(\\w+?)(\\$\\w+)*\\(.*", " at $1.$2"))
                .toList();
    }

    private static CoroutineDump dump() {
        return CoroutineDump.of(EventLoop.current());
    }

    private static CoroutineState state(String name) {
        return dump().coroutines()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void waits(Deferred<?> future) {
        await(future);
    }

    @Test
    @DisplayName("B-05 a record says who it is, what it awaits, who awaits it, and where it is")
    void recordsSayWhatEachIsDoing() {
        time.run(() -> {
            Deferred<String> end = new Deferred<>() {
                @Override
                public String toString() {
                    return "the end";
                }
            };
            Coroutine<?> child = spawn("child", () -> waits(end));
            Coroutine<?> parent = spawn("parent", () -> await(child));
            CoroutineState state = state("child");
            assertEquals(child.id(), state.id());
            assertEquals(Coroutine.Status.SUSPENDED, state.status());
            assertEquals("the end", state.awaiting());
            assertEquals(List.of(), state.awaits());
            assertEquals(List.of(parent.id()), state.awaitedBy());
            assertEquals("waits", state.stack().getFirst().getMethodName());
            assertNull(state.waiting(), "nobody listens");
            assertEquals(List.of(), state.spawnedAt(), "nobody asked");
            CoroutineState above = state("parent");
            assertEquals("\"child\" #" + child.id(), above.awaiting());
            assertEquals(List.of(child.id()), above.awaits());
            CoroutineState self = state("main");
            assertEquals(Coroutine.Status.RUNNING, self.status());
            assertNull(self.awaiting());
            assertEquals(3, dump().size());
            end.complete("");
            await(parent);
            assertEquals(1, dump().size());
        });
    }

    @Test
    @DisplayName("B-05 who waits is known through every combinator, once each")
    void seesThroughCombinators() {
        Map<String, Function<CompletionStage<String>, CompletionStage<?>>> combinators = new TreeMap<>(Map.of(
                "multi", stage -> Futures.multi(List.of(stage, stage)),
                "gather", stage -> Futures.gather(List.of(stage)),
                "gather of gather", stage -> Futures.gather(List.of(Futures.gather(List.of(stage)), stage)),
                "withTimeout", stage -> Futures.withTimeout(ms(1000), stage),
                "waitFor", stage -> Futures.waitFor(ms(1000), stage),
                "shield", Futures::shield,
                "waitUntil", stage -> Futures.waitUntil(List.of(stage), dev.baton.future.ReturnWhen.ALL_COMPLETED),
                "iterator", stage -> WaitIterator.of(stage).next()));
        List<String> seen = new ArrayList<>();
        time.run(() -> {
            Deferred<String> end = new Deferred<>();
            List<Coroutine<?>> all = new ArrayList<>();
            combinators.forEach((name, combinator) -> {
                Coroutine<String> child = spawn("child of " + name, () -> await(end));
                all.add(spawn(name, () -> await(combinator.apply(child))));
                if (state(child.name()).awaitedBy().equals(List.of(all.getLast().id()))
                        && state(name).awaits().equals(List.of(child.id()))) {
                    seen.add(name);
                }
            });
            end.complete("");
            all.forEach(Coroutines::await);
        });
        assertEquals(List.copyOf(combinators.keySet()), seen);
    }

    @Test
    @DisplayName("B-05 the tree shows each below the one who awaits it, and in full once")
    void treeShowsWhoAwaitsWhom() {
        time.run(() -> {
            Deferred<String> end = new Deferred<>();
            Coroutine<?> leaf = spawn("leaf", () -> waits(end));
            Coroutine<?> other = spawn("other", () -> waits(end));
            Coroutine<?> left = spawn("left", () -> await(leaf));
            Coroutine<?> right = spawn("right", () -> await(Futures.gather(List.of(leaf, other))));
            Coroutine<?> root = spawn("root", () -> await(Futures.multi(List.of(left, right))));
            assertEquals(
                    List.of(
                            "Coroutine[\"main\" RUNNING] at CoroutineDumpTest.text",
                            "Coroutine[\"root\" SUSPENDED awaiting dev.baton.future.Multi$Result] at"
                                    + " CoroutineDumpTest.lambda",
                            "├── Coroutine[\"left\" SUSPENDED awaiting \"leaf\"] at CoroutineDumpTest.lambda",
                            "│   └── Coroutine[\"leaf\" SUSPENDED awaiting dev.baton.future.Deferred] at"
                                    + " CoroutineDumpTest.waits",
                            "└── Coroutine[\"right\" SUSPENDED awaiting dev.baton.future.Gather] at"
                                    + " CoroutineDumpTest.lambda",
                            "    ├── \"leaf\" (see above)",
                            "    └── Coroutine[\"other\" SUSPENDED awaiting dev.baton.future.Deferred] at"
                                    + " CoroutineDumpTest.waits"),
                    lines(text(dump()::writeTree)));
            end.complete("");
            await(root);
        });
    }

    @Test
    @DisplayName("B-05 a circle of awaits through a combinator is marked, and named")
    void cyclesAreMarked() {
        time.run(() -> {
            Deferred<Coroutine<?>> second = new Deferred<>();
            Coroutine<?> a = spawn("a", () -> await(Futures.gather(List.of(await(second)))));
            Coroutine<?> b = spawn("b", () -> await(Futures.gather(List.of(a))));
            second.complete(b);
            moment();
            moment();
            assertEquals(List.of(List.of(a.id(), b.id())), dump().cycles());
            List<String> tree = lines(text(dump()::writeTree));
            assertEquals(
                    List.of(
                            "Coroutine[\"a\" SUSPENDED awaiting dev.baton.future.Gather] at CoroutineDumpTest.lambda",
                            "└── Coroutine[\"b\" SUSPENDED awaiting dev.baton.future.Gather] at"
                                    + " CoroutineDumpTest.lambda",
                            "    └── \"a\" (a cycle: see above)"),
                    tree.subList(1, tree.size()));
            assertEquals(
                    "cycle: \"a\" awaits \"b\" awaits \"a\"",
                    lines(dump().toString()).getLast());
            a.cancel();
            b.cancel();
            assertThrows(Exception.class, () -> await(Futures.gather(List.of(a, b))));
        });
    }

    @Test
    @DisplayName("B-05 since when it waits is known while somebody listens, and where it was spawned if asked for")
    void timesAndSpawnSites() {
        Coroutines.run(time.options().withSpawnSites(), () -> {
            LoopListener listener = new LoopListener() {};
            EventLoop.current().addListener(listener);
            Coroutine<?> sleeper = spawnHere();
            sleep(ms(250));
            assertEquals(ms(250), state("sleeper").waiting());
            assertNull(state("main").waiting(), "it runs");
            assertEquals("spawnHere", state("sleeper").spawnedAt().getFirst().getMethodName());
            String text = dump().toString();
            assertTrue(text.contains(" for 250 ms]"), text);
            assertTrue(text.contains("    spawned at dev.baton.CoroutineDumpTest.spawnHere("), text);
            EventLoop.current().removeListener(listener);
            sleep(ms(5000)); // it waits anew meanwhile, and nobody looks
            EventLoop.current().addListener(listener);
            assertNull(state("sleeper").waiting(), "nobody knows");
            sleeper.cancel();
            return null;
        });
    }

    private static Coroutine<?> spawnHere() {
        return spawn("sleeper", () -> {
            sleep(ms(1000));
            sleep(Duration.ofDays(1));
        });
    }

    @Test
    @DisplayName("B-05 JSON with whatever a name holds")
    void jsonIsEscaped() {
        time.run(() -> {
            Deferred<String> end = new Deferred<>();
            Coroutine<?> odd = spawn("q\" b\\ n\n t\t z\u0001 l\u2028 \ud83d\ude00 \ud83d", () -> await(end));
            Coroutine<?> above = spawn("above", () -> await(odd));
            String json = text(dump()::writeJson);
            assertTrue(
                    json.contains("{\"id\":" + odd.id()
                            + ",\"name\":\"q\\\" b\\\\ n\\n t\\t z\\u0001 l\\u2028 \ud83d\ude00 \\ud83d\""
                            + ",\"status\":\"SUSPENDED\",\"awaiting\":\"dev.baton.future.Deferred@"),
                    json);
            assertTrue(
                    json.contains("\"awaits\":[" + odd.id() + "],\"awaitedBy\":[],\"waitingSeconds\":null,\"stack\":["
                            + "\"dev.baton.CoroutineDumpTest.lambda$"),
                    json);
            assertTrue(
                    json.startsWith(
                            "{\"loop\":{\"name\":\"" + EventLoop.current().name() + "\",\"handoff\":"),
                    json);
            assertTrue(json.endsWith("],\n\"cycles\":[]}\n"), json);
            end.complete("");
            await(above);
        });
    }

    @Test
    @DisplayName("B-05 a toString() that fails, or has no end, spoils nothing")
    void namesOfFuturesMayBeBad() {
        time.run(() -> {
            Deferred<String> bad = new Deferred<>() {
                @Override
                public String toString() {
                    throw new IllegalStateException();
                }
            };
            Deferred<String> lengthy = new Deferred<>() {
                @Override
                public String toString() {
                    return "x".repeat(10_000);
                }
            };
            spawn("bad", () -> await(bad));
            spawn("lengthy", () -> await(lengthy));
            assertTrue(
                    String.valueOf(state("bad").awaiting())
                            .endsWith(", whose toString() failed with java.lang.IllegalStateException"),
                    state("bad").toString());
            assertEquals("x".repeat(300) + "…", state("lengthy").awaiting());
            bad.complete("");
            lengthy.complete("");
            moment();
            moment();
        });
    }

    @Test
    @DisplayName("B-05 a hundred thousand coroutines are streamed, from another thread, while the loop is blocked")
    void aHundredThousand() {
        int count = 100_000;
        time.run(() -> {
            Deferred<String> end = new Deferred<>();
            List<Coroutine<String>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                all.add(spawn(() -> await(end)));
            }
            Coroutine<?> parent = spawn("parent", () -> await(Futures.gather(all)));
            EventLoop loop = EventLoop.current();
            AtomicReference<String> figures = new AtomicReference<>("");
            Thread dumping = Thread.ofPlatform().start(() -> {
                CoroutineDump dump = CoroutineDump.of(loop);
                long[] lines = new long[2];
                try {
                    dump.writeTree(new Counting(lines, 0));
                    dump.writeJson(new Counting(lines, 1));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                figures.set(dump.size() + " " + lines[0] + " " + lines[1] + " " + dump.cycles());
            });
            join(dumping, Duration.ofSeconds(50)); // 36 MB of text
            assertEquals((count + 2) + " " + (count + 3) + " " + (count + 5) + " []", figures.get());
            assertEquals(count, state("parent").awaits().size());
            end.complete("");
            await(parent);
        });
    }

    @Test
    @DisplayName("B-05 a chain of ten thousand awaits is written without its indentation growing without end")
    void aLongChain() {
        int depth = 10_000;
        time.run(() -> {
            Deferred<String> end = new Deferred<>();
            Coroutine<String> last = spawn(() -> await(end));
            for (int i = 1; i < depth; i++) {
                Coroutine<String> next = last;
                last = spawn(() -> await(next));
            }
            Coroutine<String> top = last;
            List<String> tree = lines(text(dump()::writeTree));
            assertEquals(depth + 1, tree.size());
            assertTrue(tree.getLast().contains("(depth " + (depth - 1) + ") Coroutine["), tree.getLast());
            assertTrue(tree.getLast().length() < 400, tree.getLast());
            assertEquals(List.of(), dump().cycles());
            end.complete("");
            await(top);
        });
    }

    /** Counts lines, and keeps nothing. */
    private record Counting(long[] lines, int index) implements Appendable {
        @Override
        public Appendable append(CharSequence text) {
            String line = text.toString();
            for (int at = line.indexOf('\n'); at >= 0; at = line.indexOf('\n', at + 1)) {
                lines[index]++;
            }
            return this;
        }

        @Override
        public Appendable append(CharSequence text, int start, int end) {
            return append(text.subSequence(start, end));
        }

        @Override
        public Appendable append(char c) {
            lines[index] += c == '\n' ? 1 : 0;
            return this;
        }
    }
}
