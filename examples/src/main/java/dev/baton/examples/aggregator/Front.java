package dev.baton.examples.aggregator;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.spawn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.baton.Coroutine;
import dev.baton.CoroutineDump;
import dev.baton.Coroutines;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the aggregator answers over HTTP. A page is made by a coroutine of the loop. Metrics and dumps are not: they are
 * answered on the server's threads, so they are there when the loop is blocked, which is when they are wanted.
 */
final class Front implements AutoCloseable {
    static final String JSON = "application/json; charset=utf-8";
    static final String TEXT = "text/plain; charset=utf-8";
    static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String PRODUCTS = "/products/";
    private static final Pattern PRODUCT = Pattern.compile("[A-Za-z0-9-]{1,40}");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final EventLoop loop;
    private final Set<Coroutine<?>> serving = new LinkedHashSet<>(); // the loop's own
    private final Service service;
    private final Stall stall;
    private final Meters meters;
    private final LoopbackServer server;

    Front(int port, EventLoop loop, Service service, Stall stall, Meters meters, PrometheusMeterRegistry registry)
            throws IOException {
        this.loop = loop;
        this.service = service;
        this.stall = stall;
        this.meters = meters;
        server = new LoopbackServer(port);
        server.on(PRODUCTS, this::products);
        server.on("/metrics", only("/metrics", PROMETHEUS, registry::scrape));
        server.on("/coroutines", only("/coroutines", CoroutinesPage.TYPE, () -> CoroutinesPage.HTML));
        server.on("/coroutines.txt", only("/coroutines.txt", TEXT, () -> written(CoroutineDump.of(loop)::writeText)));
        server.on("/coroutines.json", only("/coroutines.json", JSON, () -> written(CoroutineDump.of(loop)::writeJson)));
        server.on("/", exchange -> LoopbackServer.answer(exchange, 404, TEXT, "no such page\n"));
        server.start();
    }

    URI url() {
        return server.url();
    }

    private void products(HttpExchange exchange) {
        spawn(loop, "GET " + exchange.getRequestURI().getPath(), () -> serve(exchange));
    }

    /** Answers a request for a page: the body of a coroutine. */
    private void serve(HttpExchange exchange) {
        long start = System.nanoTime();
        String outcome = "failed";
        Coroutine<?> self = Coroutines.current();
        serving.add(self);
        try (exchange) {
            String product = exchange.getRequestURI().getPath().substring(PRODUCTS.length());
            if (!PRODUCT.matcher(product).matches()) {
                await(Futures.blocking(() -> LoopbackServer.answer(exchange, 404, TEXT, "no such product\n")));
                return;
            }
            stall.perhaps();
            Page page = service.page(product);
            String text = json(page.toJson());
            outcome = "disconnected";
            await(Futures.blocking(() -> LoopbackServer.answer(exchange, 200, JSON, text)), IOException.class);
            outcome = page.isComplete() ? "complete" : "partial";
        } catch (IOException e) {
            // The client has gone. What was made for it is in the cache.
        } finally {
            meters.page(outcome, System.nanoTime() - start);
            serving.remove(self);
        }
    }

    /** Waits until each page that was answered is counted as well: a client has its answer a moment before. */
    void finish() {
        spawn(loop, () -> {
                    for (Coroutine<?> page : List.copyOf(serving)) {
                        await((Object) page);
                    }
                })
                .join();
    }

    private interface Text {
        String make() throws IOException;
    }

    /** Answers under exactly this path: the JDK's server hands over all that begins with it. */
    private static HttpHandler only(String path, String type, Text text) {
        return exchange -> {
            if (exchange.getRequestURI().getPath().equals(path)) {
                LoopbackServer.answer(exchange, 200, type, text.make());
            } else {
                LoopbackServer.answer(exchange, 404, TEXT, "no such page\n");
            }
        };
    }

    private interface Writing {
        void to(Appendable out) throws IOException;
    }

    private static String written(Writing writing) throws IOException {
        StringBuilder text = new StringBuilder();
        writing.to(text);
        return text.toString();
    }

    private static String json(Object value) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps, lists and strings can be written", e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
