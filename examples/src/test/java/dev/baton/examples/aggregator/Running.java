package dev.baton.examples.aggregator;

import static dev.baton.Coroutines.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;
import dev.baton.micrometer.CoroutineMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An aggregator with two services: one that answers at once, and one that answers when the test says what. */
final class Running implements AutoCloseable {
    final CompletableFuture<String> gate = new CompletableFuture<>();
    final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    final EventLoop loop = EventLoop.open(LoopOptions.defaults().withName("aggregator"));
    private final CoroutineMetrics metrics = new CoroutineMetrics(loop);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Front front;

    Running() {
        Meters meters = new Meters(registry);
        List<Upstream> upstreams = List.of(
                upstream("quick", product -> "quick about " + product),
                upstream("gated", product -> await(gate.copy(), IOException.class)));
        upstreams.forEach(meters::add);
        metrics.bindTo(registry);
        try {
            front = new Front(0, loop, new Service(upstreams, meters), Stall.none(), meters, registry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Upstream upstream(String name, Upstream.Source source) {
        return new Upstream(name, source, Duration.ofSeconds(30), Duration.ofSeconds(30), new Limiter(4));
    }

    URI url(String path) {
        return front.url().resolve(path);
    }

    CompletableFuture<HttpResponse<String>> getLater(String path) {
        return client.sendAsync(
                HttpRequest.newBuilder(url(path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) {
        return getLater(path).join();
    }

    JsonNode json(String path) {
        return json(get(path));
    }

    static JsonNode json(HttpResponse<String> response) {
        try {
            return new ObjectMapper().readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the names of the coroutines that live now, oldest first} */
    List<String> names() {
        return json("coroutines.json").findValuesAsText("name").stream().skip(1).toList(); // the first is the loop's
    }

    @Override
    public void close() {
        front.close();
        metrics.close();
        loop.close();
        client.shutdownNow();
    }
}
