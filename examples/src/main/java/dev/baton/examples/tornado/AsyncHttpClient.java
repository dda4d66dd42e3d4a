package dev.baton.examples.tornado;

import dev.baton.loop.EventLoop;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Tornado's {@code AsyncHTTPClient}, with the JDK's client inside: {@code fetch} gives a future, or calls back. As with
 * Tornado's, an answer with a status of 400 or more is a failure.
 */
final class AsyncHttpClient {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    CompletableFuture<HttpResponse<String>> fetch(URI url) {
        HttpRequest request =
                HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(20)).build();
        return CLIENT.sendAsync(request, BodyHandlers.ofString()).thenApply(AsyncHttpClient::rethrow);
    }

    /**
     * The same, for those who like callbacks.
     *
     * @param callback gets the answer, on the loop; a failure goes to the loop's exception handler, its own as well
     */
    void fetch(URI url, Consumer<? super HttpResponse<String>> callback) {
        EventLoop.current().whenDone(fetch(url), (response, failure) -> {
            if (failure != null) {
                throw new CompletionException(failure);
            }
            callback.accept(response);
        });
    }

    private static HttpResponse<String> rethrow(HttpResponse<String> response) {
        if (response.statusCode() >= 400) {
            throw new HttpError(response.statusCode());
        }
        return response;
    }

    /** An answer that says no. */
    static final class HttpError extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HttpError(int status) {
            super("HTTP " + status);
        }
    }
}
