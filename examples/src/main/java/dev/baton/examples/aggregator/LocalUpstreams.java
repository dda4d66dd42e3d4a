package dev.baton.examples.aggregator;

import static dev.baton.Coroutines.await;

import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The four services, on this machine and none of them reliable in the same way: which request is slow or fails is counted,
 * not drawn.
 */
final class LocalUpstreams implements AutoCloseable {
    private final HttpClient client = HttpClient.newBuilder()
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final List<LoopbackServer> servers = new ArrayList<>();
    private final ServerSocket dead = new ServerSocket(0, 0, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    private final List<Upstream> all;

    LocalUpstreams() throws IOException {
        all = List.of(
                upstream("catalog", 32, 400, 100, serve(slowEvery(0, "A fine thing, number "))),
                upstream("reviews", 8, 400, 80, serve(slowEvery(4, "Four stars for number "))),
                upstream("prices", 8, 400, 80, serve(failEvery(3, "9.99 for number "))),
                upstream("stock", 4, 250, 120, URI.create("http://127.0.0.1:" + dead.getLocalPort() + "/")));
    }

    /** {@return a fast one, a slow one, a flaky one and a dead one} */
    List<Upstream> all() {
        return all;
    }

    private Upstream upstream(String name, int limit, int timeoutMillis, int hedgeAfterMillis, URI url) {
        return new Upstream(
                name,
                product -> get(url.resolve(product)),
                Duration.ofMillis(timeoutMillis),
                Duration.ofMillis(hedgeAfterMillis),
                new Limiter(limit));
    }

    /** Sends a request, in a coroutine; if that is cancelled, so is the request. */
    private String get(URI url) throws IOException {
        HttpResponse<String> answer = await(
                client.sendAsync(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString()), IOException.class);
        if (answer.statusCode() != 200) {
            throw new IOException("status " + answer.statusCode());
        }
        return answer.body();
    }

    private URI serve(HttpHandler handler) throws IOException {
        LoopbackServer server = new LoopbackServer(0);
        servers.add(server);
        server.on("/", handler);
        server.start();
        return server.url();
    }

    /** Takes 10 ms, and each n-th time a second; never for 0. A virtual thread of its own sleeps here, and no loop. */
    private static HttpHandler slowEvery(int n, String text) {
        AtomicInteger requests = new AtomicInteger();
        return exchange -> {
            boolean isSlow = n > 0 && requests.incrementAndGet() % n == 0;
            pause(isSlow ? 1000 : 10);
            LoopbackServer.answer(exchange, 200, Front.TEXT, text + product(exchange.getRequestURI()));
        };
    }

    private static HttpHandler failEvery(int n, String text) {
        AtomicInteger requests = new AtomicInteger();
        return exchange -> {
            pause(10);
            boolean fails = requests.incrementAndGet() % n == 0;
            LoopbackServer.answer(
                    exchange, fails ? 503 : 200, Front.TEXT, fails ? "" : text + product(exchange.getRequestURI()));
        };
    }

    private static String product(URI url) {
        return url.getPath().substring(1);
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server is being closed
        }
    }

    @Override
    public void close() throws IOException {
        client.shutdownNow(); // close() would wait for the dead one
        servers.forEach(LoopbackServer::close);
        dead.close();
    }
}
