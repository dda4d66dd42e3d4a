package dev.baton.examples.tornado;

import static dev.baton.Coroutines.await;
import static dev.baton.examples.tornado.TornadoGuide.print;
import static dev.baton.examples.tornado.TornadoGuide.title;
import static dev.baton.future.Futures.withTimeout;

import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.Deferred;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** {@code gen.with_timeout}: a limit for whoever waits, not for what it waits for. */
final class TimeLimits {
    private final LocalSite site;
    private final AsyncHttpClient http = new AsyncHttpClient();

    TimeLimits(LocalSite site) {
        this.site = site;
    }

    void show() {
        title("with_timeout");
        inTime();
        lateAnswer();
    }

    private void inTime() {
        HttpResponse<String> response =
                await(withTimeout(Duration.ofSeconds(10), http.fetch(site.page("/quick", "from here"))));
        print("in time: " + response.body());
    }

    /** The page may not answer before the time is over; then it may, and whoever still wants to know gets it. */
    private void lateAnswer() {
        URI slow = site.page("/slow", "from afar");
        Deferred<?> mayAnswer = site.hold(slow);
        CompletableFuture<HttpResponse<String>> future = http.fetch(slow);
        try {
            await(withTimeout(Duration.ofMillis(5), future));
            print("never printed");
        } catch (AwaitTimeoutException e) {
            print("no answer in time; cancelled: " + future.isCancelled());
        }
        mayAnswer.complete(null);
        print("late: " + await(future).body());
    }
}
