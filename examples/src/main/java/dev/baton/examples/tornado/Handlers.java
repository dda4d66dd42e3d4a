package dev.baton.examples.tornado;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.spawn;
import static dev.baton.examples.tornado.TornadoGuide.print;
import static dev.baton.examples.tornado.TornadoGuide.title;

import dev.baton.Coroutine;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The handlers: the same one with a callback and as a coroutine, with which the documentation of {@code tornado.gen}
 * begins, and the guide's "Interleaving".
 */
final class Handlers {
    private static final String TEMPLATE = "<p>{{ words }} words of news</p>";

    private final LocalSite site;
    private final AsyncHttpClient http = new AsyncHttpClient();

    Handlers(LocalSite site) {
        this.site = site;
    }

    void show() {
        URI news = site.page("/news", "Calm sea, fair wind");
        URI callback = site.route("/callback", () -> new AsyncHandler(news));
        URI coroutine = site.route("/coroutine", () -> new GenAsyncHandler(news));
        title("An asynchronous handler");
        print("AsyncHandler: " + await(http.fetch(callback)).body());
        print("GenAsyncHandler: " + await(http.fetch(coroutine)).body());

        title("A coroutine");
        print("fetchCoroutine: " + await(fetchCoroutine(news)));

        title("Interleaving");
        List<URI> chunks = List.of(
                site.page("/chunk/1", "ready, "),
                site.page("/chunk/2", "steady, "),
                site.page("/chunk/3", "go"),
                site.page("/chunk/4", ""));
        URI all = site.route("/chunks", () -> new ChunksHandler(chunks));
        print("the whole answer: " + await(http.fetch(all)).body());
    }

    private static int countWords(HttpResponse<String> response) {
        return response.body().split(" ").length;
    }

    // ---------------------------------------------------------------------------------------- gen, the top

    /** With a callback: get() returns long before there is an answer, and the rest stands elsewhere. */
    private final class AsyncHandler extends RequestHandler {
        private final URI url;

        AsyncHandler(URI url) {
            this.url = url;
        }

        @Override
        void get() {
            asynchronous();
            http.fetch(url, this::onFetch);
        }

        private void onFetch(HttpResponse<String> response) {
            int words = countWords(response);
            render(TEMPLATE, Map.of("words", words));
        }
    }

    /** As a coroutine: one thing after the other. */
    private final class GenAsyncHandler extends RequestHandler {
        private final URI url;

        GenAsyncHandler(URI url) {
            this.url = url;
        }

        @Override
        void get() {
            HttpResponse<String> response = await(http.fetch(url));
            int words = countWords(response);
            render(TEMPLATE, Map.of("words", words));
        }
    }

    // -------------------------------------------------------------------------------------- guide, the top

    /** A coroutine returns its value as every method does; {@code raise gen.Return} was for Python 2. */
    private Coroutine<String> fetchCoroutine(URI url) {
        return spawn(() -> {
            HttpResponse<String> response = await(http.fetch(url));
            return response.body();
        });
    }

    // --------------------------------------------------------------------------------- guide, Interleaving

    /** While one chunk is sent, the next is fetched already. */
    private final class ChunksHandler extends RequestHandler {
        private final Iterator<URI> chunks;
        private int fetched;

        ChunksHandler(List<URI> chunks) {
            this.chunks = chunks.iterator();
        }

        @Override
        void get() {
            CompletableFuture<HttpResponse<String>> fetch = fetchNextChunk();
            while (true) {
                String chunk = await(fetch).body();
                if (chunk.isEmpty()) {
                    break;
                }
                write(chunk);
                fetch = fetchNextChunk();
                print("flush \"" + chunk + "\"");
                await(flush());
            }
        }

        private CompletableFuture<HttpResponse<String>> fetchNextChunk() {
            print("fetch chunk " + ++fetched);
            return http.fetch(chunks.next());
        }
    }
}
