package dev.baton.legacy;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static dev.baton.VirtualTime.at;
import static dev.baton.legacy.Named.addCallback;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.VirtualTime;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The protocol of {@link YieldPoint}, seen from one that writes down who calls it. */
class YieldPointProtocolTest {
    private final VirtualTime time = new VirtualTime();
    private final List<Object> log = new ArrayList<>();

    @AfterEach
    void nothingIsReported() {
        time.assertNoReports();
    }

    /** Ready when it has been asked often enough, and knows no key. */
    private class Counting implements YieldPoint<String> {
        private final int readyWhenAsked;
        Run run;
        private int asked;

        Counting(int readyWhenAsked) {
            this.readyWhenAsked = readyWhenAsked;
        }

        @Override
        public void start(Run of) throws Exception {
            assertTrue(EventLoop.current().isOwner());
            run = of;
            log.add(at("start"));
        }

        @Override
        public boolean isReady() throws Exception {
            log.add(at("isReady"));
            return ++asked >= readyWhenAsked;
        }

        @Override
        public String getResult() throws Exception {
            log.add(at("getResult"));
            return "result";
        }
    }

    @Test
    @DisplayName("Y-01, Y-02 start, isReady, getResult, each once, and no iteration, if it is ready at once")
    void readyAtOnceCostsNothing() {
        time.run(() -> log.add(at((String) await(new Counting(1)))));
        assertEquals(List.of("0 start", "0 isReady", "0 getResult", "0 result"), log);
    }

    @Test
    @DisplayName(
            "Y-01, T-05 it is asked again at each result of its coroutine, whatever the key, and resumes it exactly"
                    + " one iteration after it has said yes")
    void askedAtEachResult() {
        time.run(() -> {
            Counting counting = new Counting(3);
            addCallback(() -> {
                counting.run.setResult("any key", null);
                log.add(at("set"));
                addCallback(() -> {
                    counting.run.setResult("another", null);
                    log.add(at("set"));
                    counting.run.setResult("a third one", null);
                });
            });
            log.add(at((String) await(counting)));
        });
        assertEquals(
                List.of("0 start", "0 isReady", "1 isReady", "1 set", "2 isReady", "2 getResult", "2 set", "3 result"),
                log);
    }

    @Test
    @DisplayName("Y-01 nobody asks it because of the results of another coroutine")
    void resultsOfOthersDoNotMatter() {
        time.run(() -> {
            Coroutine<Object> waits = spawn(() -> await((Object) new Counting(2)));
            Named.callback("k").call(1);
            Named.waitFor("k");
            moment();
            waits.cancel();
            moment();
            assertTrue(waits.isCancelled());
        });
        assertEquals(List.of("0 start", "0 isReady"), log);
    }

    @Test
    @DisplayName(
            "Y-01 what start, isReady or getResult throws is thrown at the await, once, and nothing else is called")
    void exceptionsAreThrownAtTheAwait() {
        IOException inStart = new IOException("start");
        IOException inIsReady = new IOException("isReady");
        IOException inGetResult = new IOException("getResult");
        time.run(() -> {
            assertSame(
                    inStart,
                    assertThrows(
                            IOException.class,
                            () -> await(new Counting(1) {
                                @Override
                                public void start(Run run) throws IOException {
                                    throw inStart;
                                }
                            })));
            assertSame(
                    inIsReady,
                    assertThrows(
                            IOException.class,
                            () -> await(new Counting(1) {
                                @Override
                                public boolean isReady() throws IOException {
                                    throw inIsReady;
                                }
                            })));
            assertSame(
                    inGetResult,
                    assertThrows(
                            IOException.class,
                            () -> await(new Counting(1) {
                                @Override
                                public String getResult() throws IOException {
                                    throw inGetResult;
                                }
                            })));
        });
        assertEquals(List.of("0 start", "0 start", "0 isReady"), log);
    }

    @Test
    @DisplayName("Y-01 the same when it is asked later: the one who set the result does not get it")
    void laterExceptionsAreThrownAtTheAwait() {
        IOException later = new IOException("later");
        time.run(() -> {
            boolean[] armed = new boolean[1];
            Counting failing = new Counting(9) {
                @Override
                public boolean isReady() throws Exception {
                    if (armed[0]) {
                        throw later;
                    }
                    return super.isReady();
                }
            };
            addCallback(() -> {
                armed[0] = true;
                failing.run.setResult("k", 1);
                log.add(at("set"));
            });
            assertSame(later, assertThrows(IOException.class, () -> await((Object) failing)));
            log.add(at("thrown"));
        });
        assertEquals(List.of("0 start", "0 isReady", "1 set", "2 thrown"), log);
    }

    @Test
    @DisplayName("Y-01 one that sets results while it is asked gets one getResult all the same")
    void mayBeAskedWhileItAnswers() {
        time.run(() -> {
            Counting nested = new Counting(1) {
                private int depth;

                @Override
                public boolean isReady() throws Exception {
                    if (depth++ < 3) {
                        run.setResult("again", depth);
                    }
                    return super.isReady();
                }
            };
            log.add(await((Object) nested));
        });
        assertEquals(
                List.of("0 start", "0 isReady", "0 getResult", "0 isReady", "0 isReady", "0 isReady", "result"), log);
    }

    @Test
    @DisplayName("Y-01 after a cancel it is not asked any more")
    void notAskedAfterCancel() {
        time.run(() -> {
            Counting counting = new Counting(2);
            Coroutine<Object> waits = spawn(() -> {
                try {
                    return await((Object) counting);
                } finally {
                    moment();
                }
            });
            waits.cancel();
            moment();
            counting.run.setResult("k", 1);
            moment();
            counting.run.setResult("k", 1);
            assertTrue(waits.isCancelled());
        });
        assertEquals(List.of("0 start", "0 isReady"), log);
    }

    @Test
    @DisplayName("Y-01 one that is awaited again is started again")
    void awaitedAgainItIsStartedAgain() {
        time.run(() -> {
            Counting counting = new Counting(1);
            await((Object) counting);
            await((Object) counting);
        });
        assertEquals(List.of("0 start", "0 isReady", "0 getResult", "0 start", "0 isReady", "0 getResult"), log);
    }

    @Test
    @DisplayName("U-07, Y-01 in collections and in multi each is driven by itself")
    void eachOfSeveralIsDriven() {
        time.run(() -> {
            addCallback(() -> Named.addCallback(() -> log.add(at("later"))));
            Counting late = new Counting(2);
            addCallback(() -> late.run.setResult("k", 1));
            log.add(at(await(Futures.multi(List.of(late, new Counting(1)))).toString()));
            log.add(await((Object) List.of(List.of(new Counting(1)))));
        });
        assertEquals(
                List.of(
                        "0 start",
                        "0 isReady",
                        "0 start",
                        "0 isReady",
                        "0 getResult",
                        "1 isReady",
                        "1 getResult",
                        "2 later",
                        "2 [result, result]",
                        "2 start",
                        "2 isReady",
                        "2 getResult",
                        List.of(List.of("result"))),
                log);
    }

    @Test
    @DisplayName("Y-01 outside a coroutine it is refused with a sentence, and not started")
    void refusedOutsideCoroutine() {
        time.run(() -> {
            addCallback(() -> {
                IllegalStateException refused =
                        assertThrows(IllegalStateException.class, () -> Futures.convert(new Counting(1)));
                assertTrue(
                        refused.getMessage().startsWith("a YieldPoint, and a Run, belong to a coroutine: "),
                        refused.getMessage());
                assertThrows(IllegalStateException.class, Run::current);
                assertThrows(IllegalStateException.class, () -> await((Object) new Counting(1)));
                log.add("refused");
            });
            moment();
        });
        assertThrows(IllegalStateException.class, () -> Futures.multi(List.of(new Wait("k"))));
        assertEquals(List.of("refused"), log);
    }

    @Test
    @DisplayName("Y-01 a dump shows what is awaited")
    void dumpShowsWhatIsAwaited() {
        time.run(() -> {
            Coroutine<?> waits = spawn(() -> {
                Named.callback("k1");
                Named.waitFor("k1");
            });
            log.add(String.valueOf(waits.awaiting()));
            waits.cancel();
            moment();
        });
        assertEquals(List.of("Waiting[Wait[k1]]"), log);
    }

    // --------------------------------------------------------------------------------------------------------- the run

    @Test
    @DisplayName("Y-01 Run: one for each coroutine, with results by key")
    void runKeepsResultsByKey() {
        time.run(() -> {
            Run run = Run.current();
            assertSame(run, Run.current());
            run.registerCallback("k");
            assertThrows(KeyReuseException.class, () -> run.registerCallback("k"));
            log.add(run.isReady("k"));
            assertThrows(IllegalStateException.class, () -> run.popResult("k"));
            run.setResult("k", "v");
            log.add(run.isReady("k"));
            log.add(run.popResult("k"));
            assertThrows(UnknownKeyException.class, () -> run.isReady("k"));
            assertThrows(UnknownKeyException.class, () -> run.popResult("k"));
            run.setResult("k", "nobody waits for it");
            run.registerCallback("k");
            log.add(run.isReady("k"));
            run.setResult("k", "again");
            run.popResult("k");
            Coroutine<Boolean> other = spawn(() -> Run.current() == run);
            log.add(other.resultNow());
        });
        assertEquals(List.of(false, true, "v", false, false), log);
    }

    @Test
    @DisplayName("Y-01 a result that is set off the loop is handed over on the loop")
    void resultSetElsewhereIsHandedOverOnTheLoop() {
        List<String> asked = new ArrayList<>();
        Coroutines.run(time.wallClock(), () -> {
            Counting counting = new Counting(2) {
                @Override
                public boolean isReady() throws Exception {
                    asked.add("on the loop " + EventLoop.current().isOwner());
                    return super.isReady();
                }

                @Override
                public void start(Run of) throws Exception {
                    super.start(of);
                    Thread.ofPlatform().start(() -> of.setResult("k", 1));
                }
            };
            return await((Object) counting);
        });
        assertEquals(List.of("on the loop true", "on the loop true"), asked);
    }
}
