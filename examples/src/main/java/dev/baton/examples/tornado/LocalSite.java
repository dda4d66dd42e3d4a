package dev.baton.examples.tornado;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.spawn;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.baton.future.Deferred;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A web server on a free loopback port, whose handlers are coroutines on the loop of the program that asks. So an
 * example can tell a page when to answer, and what comes first is never a race.
 */
final class LocalSite implements AutoCloseable {
    private final EventLoop loop = EventLoop.current();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private final Map<String, Supplier<RequestHandler>> routes = new HashMap<>(); // from here on: on the loop only
    private final Map<URI, Gate> gates = new HashMap<>();

    LocalSite() {
        // Without it an answer in several writes waits some 40 ms for the client's acknowledgement. The JDK's server
        // reads
        // it once, when the first one of the JVM is made.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext(
                "/", exchange -> spawn(loop, exchange.getRequestURI().getPath(), () -> serve(exchange)));
        server.start();
    }

    /** Adds a handler, a new one for each request, and returns its address. */
    URI route(String path, Supplier<RequestHandler> handler) {
        routes.put(path, handler);
        gates.remove(url(path));
        return url(path);
    }

    /** Adds a page that says this, and returns its address. */
    URI page(String path, String text) {
        return route(path, () -> new Page(text));
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /** From now on the page is answered only when this future is done. */
    Deferred<@Nullable Void> hold(URI page) {
        Gate gate = new Gate(new HashSet<>());
        gates.put(page, gate);
        return gate.open;
    }

    /** From now on the page is answered only after the other answer has come. */
    void answerAfter(CompletionStage<?> other, URI page) {
        Deferred<@Nullable Void> open = hold(page);
        loop.whenDone(other, (answer, failure) -> open.complete(null));
    }

    /** From now on none of these pages is answered before all have been asked for. */
    void answerTogether(List<URI> pages) {
        Gate gate = new Gate(new HashSet<>(pages));
        pages.forEach(page -> gates.put(page, gate));
    }

    private void serve(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        Gate gate = gates.get(url(path));
        if (gate != null) {
            gate.arrive(url(path));
            await(gate.open);
        }
        routes.getOrDefault(path, NotFound::new).get().serve(exchange);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** What keeps pages from being answered. */
    private record Gate(Set<URI> missing, Deferred<@Nullable Void> open) {
        Gate(Set<URI> missing) {
            this(missing, new Deferred<>());
        }

        void arrive(URI page) {
            if (missing.remove(page) && missing.isEmpty()) {
                open.complete(null);
            }
        }
    }

    private static final class Page extends RequestHandler {
        private final String text;

        Page(String text) {
            this.text = text;
        }

        @Override
        void get() {
            write(text);
        }
    }

    private static final class NotFound extends RequestHandler {
        @Override
        void get() {
            setStatus(404);
        }
    }
}
