package dev.baton.examples.tornado;

import static dev.baton.Coroutines.await;
import static dev.baton.examples.tornado.TornadoGuide.print;
import static dev.baton.examples.tornado.TornadoGuide.title;
import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A list or a map of futures is awaited as one: the second example of {@code tornado.gen}, and "Parallelism" of the guide.
 * The site answers none of a group of pages before it has been asked for all, so this ends only if the requests are on
 * their way at the same time.
 */
final class ParallelFetch {
    private final LocalSite site;
    private final AsyncHttpClient http = new AsyncHttpClient();

    ParallelFetch(LocalSite site) {
        this.site = site;
    }

    void show() {
        URI url1 = site.page("/1", "one");
        URI url2 = site.page("/2", "two");
        URI url3 = site.page("/3", "three");
        URI url4 = site.page("/4", "four");

        title("A list and a map of futures");
        get(url1, url2, url3, url4);

        title("Parallelism");
        parallelFetch(url1, url2);
        parallelFetchMany(List.of(url1, url2, url3, url4));
        parallelFetchMap(List.of(url4, url3, url2, url1));
    }

    // ---------------------------------------------------------------------------------------- gen, the top

    private void get(URI url1, URI url2, URI url3, URI url4) {
        site.answerTogether(List.of(url1, url2));
        List<HttpResponse<String>> responses = await(List.of(http.fetch(url1), http.fetch(url2)));
        HttpResponse<String> response1 = responses.get(0);
        HttpResponse<String> response2 = responses.get(1);
        print("response1 " + response1.body() + ", response2 " + response2.body());

        site.answerTogether(List.of(url3, url4));
        Map<String, HttpResponse<String>> responseMap =
                await(Map.of("response3", http.fetch(url3), "response4", http.fetch(url4)));
        HttpResponse<String> response3 = requireNonNull(responseMap.get("response3"));
        HttpResponse<String> response4 = requireNonNull(responseMap.get("response4"));
        print("response3 " + response3.body() + ", response4 " + response4.body());
    }

    // ---------------------------------------------------------------------------------- guide, Parallelism

    private void parallelFetch(URI url1, URI url2) {
        site.answerTogether(List.of(url1, url2));
        List<HttpResponse<String>> both = await(List.of(http.fetch(url1), http.fetch(url2)));
        print("two: " + both.get(0).body() + " " + both.get(1).body());
    }

    private void parallelFetchMany(List<URI> urls) {
        site.answerTogether(urls);
        List<HttpResponse<String>> responses =
                await(urls.stream().map(http::fetch).toList());
        print("many: " + responses.stream().map(HttpResponse::body).toList());
    }

    private void parallelFetchMap(List<URI> urls) {
        site.answerTogether(urls);
        Map<URI, CompletableFuture<HttpResponse<String>>> fetches = new LinkedHashMap<>();
        urls.forEach(url -> fetches.put(url, http.fetch(url)));
        Map<URI, HttpResponse<String>> responses = await(fetches);
        responses.forEach((url, response) -> print("map: " + url.getPath() + " " + response.body()));
    }
}
