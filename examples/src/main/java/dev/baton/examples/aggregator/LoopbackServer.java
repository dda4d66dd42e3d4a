package dev.baton.examples.aggregator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server that only this machine can reach, with a virtual thread for each request. */
final class LoopbackServer implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    /**
     * Takes a port.
     *
     * @param port 0 takes a free one
     */
    LoopbackServer(int port) throws IOException {
        // Read when the first server of the JVM is made. Without it an answer on a kept connection waits some 40 ms for
        // the client's acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        server = HttpServer.create(new InetSocketAddress(loopback, port), 0);
        server.setExecutor(threads);
    }

    /** Hands requests for all that begins with a path to a handler; the longest path that fits counts. */
    void on(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }

    void start() {
        server.start();
    }

    /** {@return the address of the server's root} Ends with a slash. */
    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /** Writes a whole answer and ends the exchange. Blocks; {@return null} */
    @SuppressWarnings("NullAway") // the null of a Callable<Void>
    static Void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        try (exchange) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, isHead ? -1 : bytes.length);
            if (!isHead) {
                // Closed here and not with the exchange, which would keep it to itself that the client has gone.
                try (OutputStream body = exchange.getResponseBody()) {
                    body.write(bytes);
                }
            }
            return null;
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
