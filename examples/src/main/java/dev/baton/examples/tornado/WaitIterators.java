package dev.baton.examples.tornado;

import static dev.baton.Coroutines.await;
import static dev.baton.examples.tornado.TornadoGuide.print;
import static dev.baton.examples.tornado.TornadoGuide.title;

import dev.baton.examples.tornado.AsyncHttpClient.HttpError;
import dev.baton.future.WaitIterator;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The two loops in the documentation of {@code WaitIterator}: each result as soon as it is there. */
final class WaitIterators {
    private final LocalSite site;
    private final AsyncHttpClient http = new AsyncHttpClient();

    WaitIterators(LocalSite site) {
        this.site = site;
    }

    void show() {
        title("WaitIterator");
        eachByItself();
        title("WaitIterator in a for loop");
        untilOneFails();
    }

    /** {@code while not wait_iterator.done()}: goes on after a failure. */
    private void eachByItself() {
        URI slow = site.page("/slow", "from afar");
        URI quick = site.page("/quick", "from here");
        URI missing = site.url("/missing");

        CompletableFuture<HttpResponse<String>> future1 = http.fetch(slow);
        CompletableFuture<HttpResponse<String>> future2 = http.fetch(quick);
        CompletableFuture<HttpResponse<String>> future3 = http.fetch(missing);
        site.answerAfter(future3, quick);
        site.answerAfter(future2, slow);
        Map<Object, String> names = Map.of(future1, "future1", future2, "future2", future3, "future3");

        WaitIterator<HttpResponse<String>> waitIterator = WaitIterator.of(future1, future2, future3);
        while (!waitIterator.done()) {
            try {
                String result = await(waitIterator.next()).body();
                print("Result %s received from %s at %s"
                        .formatted(result, names.get(waitIterator.currentFuture()), waitIterator.currentIndex()));
            } catch (HttpError e) {
                print("Error %s from %s".formatted(e.getMessage(), names.get(waitIterator.currentFuture())));
            }
        }
    }

    /** {@code async for}: the loop awaits each result by itself, and the first failure ends it. */
    private void untilOneFails() {
        URI slow = site.page("/slow", "from afar");
        URI quick = site.page("/quick", "from here");
        URI missing = site.url("/missing");

        CompletableFuture<HttpResponse<String>> future1 = http.fetch(slow);
        CompletableFuture<HttpResponse<String>> future2 = http.fetch(quick);
        CompletableFuture<HttpResponse<String>> future3 = http.fetch(missing);
        site.answerAfter(future2, missing);
        site.answerAfter(future3, slow);

        WaitIterator<HttpResponse<String>> waitIterator = WaitIterator.of(future1, future2, future3);
        try {
            for (HttpResponse<String> result : waitIterator) {
                print("Result %s received at %s".formatted(result.body(), waitIterator.currentIndex()));
            }
        } catch (HttpError e) {
            print("Error %s ends the loop".formatted(e.getMessage()));
        }
        print("but not what it waited for: " + await(future1).body());
    }
}
