package dev.baton.examples.tornado;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.blocking;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.spawnLater;
import static dev.baton.examples.tornado.TornadoGuide.print;
import static dev.baton.examples.tornado.TornadoGuide.title;

import dev.baton.Coroutine;
import dev.baton.examples.tornado.AsyncHttpClient.HttpError;
import dev.baton.future.Futures;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The guide's "Calling blocking functions" and "Looping", and {@code gen.maybe_future}. */
final class Patterns {
    private final LocalSite site;
    private final AsyncHttpClient http = new AsyncHttpClient();

    Patterns(LocalSite site) {
        this.site = site;
    }

    void show() {
        title("Calling blocking functions");
        callBlocking();
        callThreadPool();
        title("Looping");
        loopExample();
        title("maybe_future");
        maybeFuture();
    }

    // ------------------------------------------------------------------- guide, Calling blocking functions

    private void callBlocking() {
        CountDownLatch latch = openedByAnotherCoroutine();
        print(blocking(() -> blockingFunction(latch)));
    }

    /** Any future of a thread pool can be awaited. */
    private void callThreadPool() {
        try (ExecutorService threadPool = Executors.newFixedThreadPool(4)) {
            CountDownLatch latch = openedByAnotherCoroutine();
            print(await(threadPool.submit(() -> blockingFunction(latch))));
        }
    }

    /** On the loop it would stand in the way of the coroutine that it waits for. */
    private static String blockingFunction(CountDownLatch latch) throws InterruptedException {
        return latch.await(20, TimeUnit.SECONDS) ? "the function has returned" : "nobody else ran";
    }

    private static CountDownLatch openedByAnotherCoroutine() {
        CountDownLatch latch = new CountDownLatch(1);
        spawnLater(() -> {
            print("others run meanwhile");
            latch.countDown();
        });
        return latch;
    }

    // -------------------------------------------------------------------------------------- guide, Looping

    /** {@code while (yield cursor.fetch_next)}: an await is an expression, so a loop may have one in its condition. */
    private void loopExample() {
        site.page("/documents/1", "Ann");
        site.page("/documents/2", "Bob");
        site.page("/documents/3", "Cy");
        Cursor cursor = new Cursor();
        while (await(cursor.fetchNext())) {
            String document = cursor.nextObject();
            print("document: " + document);
        }
    }

    /** What Motor has, for documents that are numbered pages. */
    private final class Cursor {
        private int number;
        private String document = "";

        Coroutine<Boolean> fetchNext() {
            return spawn(() -> {
                try {
                    number++;
                    document =
                            await(http.fetch(site.url("/documents/" + number))).body();
                    return true;
                } catch (HttpError e) {
                    return false;
                }
            });
        }

        String nextObject() {
            return document;
        }
    }

    // ------------------------------------------------------------------------------------------------- gen

    /** For functions that have the answer at once, or promise it. */
    private void maybeFuture() {
        URI url = site.page("/quick", "from here");
        for (boolean known : new boolean[] {true, false}) {
            Object result = await(Futures.maybe(f(url, known)));
            print(known + ": " + (result instanceof HttpResponse<?> response ? response.body() : result));
        }
    }

    private Object f(URI url, boolean known) {
        return known ? "from memory" : http.fetch(url);
    }
}
