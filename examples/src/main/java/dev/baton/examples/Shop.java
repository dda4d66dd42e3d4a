package dev.baton.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** An HTTP server on a free loopback port, for {@link FirstSteps}: apples at once, pears late, plums never. */
final class Shop implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch applesSold = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private Shop(HttpServer server) {
        this.server = server;
    }

    static Shop open() throws IOException {
        Shop shop = new Shop(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        shop.server.setExecutor(shop.threads);
        shop.server.createContext("/apples", exchange -> {
            shop.answer(exchange, "12", 0);
            shop.applesSold.countDown();
        });
        shop.server.createContext("/pears", exchange -> {
            shop.waitFor(
                    shop.applesSold, 1_000); // not by its own clock alone: a busy machine may serve the first one late
            shop.answer(exchange, "30", 300);
        });
        shop.server.createContext("/plums", exchange -> shop.answer(exchange, "0", Long.MAX_VALUE));
        shop.server.start();
        return shop;
    }

    URI shelf(String fruit) {
        InetSocketAddress address = server.getAddress();
        return URI.create("http://" + address.getHostString() + ":" + address.getPort() + "/" + fruit);
    }

    private void answer(HttpExchange exchange, String text, long delayMillis) throws IOException {
        try (exchange) {
            if (!waitFor(closed, delayMillis)) {
                byte[] body = text.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }

    private boolean waitFor(CountDownLatch latch, long millis) {
        try {
            return latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.close();
    }
}
