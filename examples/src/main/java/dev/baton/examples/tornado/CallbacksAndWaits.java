package dev.baton.examples.tornado;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.spawn;
import static dev.baton.examples.tornado.TornadoGuide.print;
import static dev.baton.examples.tornado.TornadoGuide.title;
import static java.util.Objects.requireNonNull;

import dev.baton.Coroutine;
import dev.baton.future.Futures;
import dev.baton.legacy.Callback;
import dev.baton.legacy.ResultCallback;
import dev.baton.legacy.Return;
import dev.baton.legacy.Task;
import dev.baton.legacy.Wait;
import dev.baton.legacy.WaitAll;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How it was done before there were futures, from the documentation of Tornado 2 and 3, and the guide's "Interaction
 * with callbacks": a function that calls back, and a coroutine that waits for the call.
 */
final class CallbacksAndWaits {
    private final LocalSite site;
    private final AsyncHttpClient http = new AsyncHttpClient();

    CallbacksAndWaits(LocalSite site) {
        this.site = site;
    }

    void show() {
        URI url1 = site.page("/1", "one");
        URI url2 = site.page("/2", "two");
        title("Callback and Wait");
        callbackAndWait(url1);
        twoCallbacks(url1, url2);
        waitAll(url1, url2);
        title("Task");
        callTask(url1);
        twoTasks(url1, url2);
        fromCallback(url1);
        title("Return");
        print("Return: " + await(fetchAndReturn(url2)));
    }

    private void callbackAndWait(URI url) {
        http.fetch(url, callback("key"));
        @Nullable Object response = await(new Wait("key"));
        print("Wait: " + body(response));
    }

    /** What comes first does not matter: the results wait for their Waits. */
    private void twoCallbacks(URI url1, URI url2) {
        site.answerTogether(List.of(url1, url2));
        http.fetch(url1, callback("key1"));
        http.fetch(url2, callback("key2"));
        @Nullable Object response2 = await(new Wait("key2"));
        @Nullable Object response1 = await(new Wait("key1"));
        print("two Waits: " + body(response1) + " " + body(response2));
    }

    private void waitAll(URI url1, URI url2) {
        site.answerTogether(List.of(url1, url2));
        http.fetch(url1, callback("key1"));
        http.fetch(url2, callback("key2"));
        List<?> responses = (List<?>) requireNonNull(await(new WaitAll("key1", "key2")));
        print("WaitAll: " + body(responses.get(0)) + " " + body(responses.get(1)));
    }

    // ------------------------------------------------------------------- guide, Interaction with callbacks

    private void callTask(URI url) {
        @Nullable Object response = await(new Task(callback -> http.fetch(url, callback)));
        print("Task: " + body(response));
    }

    private void twoTasks(URI url1, URI url2) {
        site.answerTogether(List.of(url1, url2));
        List<?> responses = await(List.of(
                new Task(callback -> http.fetch(url1, callback)), new Task(callback -> http.fetch(url2, callback))));
        print("two Tasks: " + body(responses.get(0)) + " " + body(responses.get(1)));
    }

    /** The same in new programs, where the result has its type. */
    private void fromCallback(URI url) {
        HttpResponse<String> response =
                await(Futures.<HttpResponse<String>>fromCallback(callback -> http.fetch(url, callback)));
        print("fromCallback: " + response.body());
    }

    /** {@code raise gen.Return(value)}: ends the coroutine from anywhere in it. */
    private Coroutine<String> fetchAndReturn(URI url) {
        return spawn(() -> {
            HttpResponse<String> response = await(http.fetch(url));
            throw new Return(response.body());
        });
    }

    private static ResultCallback callback(String key) {
        return (ResultCallback) requireNonNull(await(new Callback(key)));
    }

    /** A Wait waits for anything, so its result has no type. */
    private static Object body(@Nullable Object response) {
        return ((HttpResponse<?>) requireNonNull(response)).body();
    }
}
