package dev.baton.examples.linkchecker;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server that only this machine can reach, with a virtual thread for each request. */
final class LoopbackServer implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    /**
     * Opens a port.
     *
     * @param port 0 takes a free one
     * @param path what the handler answers begins with it
     */
    LoopbackServer(int port, String path, HttpHandler handler) throws IOException {
        // Read when the first server of the JVM is made. Without it an answer on a kept connection waits some 40 ms for
        // the client's acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        server = HttpServer.create(new InetSocketAddress(loopback, port), 0, path, handler);
        server.setExecutor(threads);
        server.start();
    }

    /** {@return the address of the server's root} Ends with a slash. */
    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
