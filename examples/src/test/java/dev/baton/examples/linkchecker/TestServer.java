package dev.baton.examples.linkchecker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A web server that does what it is told, bytes on a socket: so it can do what no decent server does. */
final class TestServer implements AutoCloseable {

    /** What a server does with a connection after it has read a request. Then the connection is closed. */
    interface Behaviour {
        void answer(OutputStream out) throws Exception;
    }

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ServerSocket socket;

    TestServer() {
        try {
            socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        threads.execute(this::accept);
    }

    /** Answers requests for a path in a way; other paths are 404. */
    TestServer on(String path, Behaviour behaviour) {
        behaviours.put(path, behaviour);
        return this;
    }

    TestServer page(String path, String html) {
        return on(path, out -> send(out, "200 OK", "Content-Type: text/html", html));
    }

    TestServer redirect(String path, String location) {
        return on(path, out -> send(out, "302 Found", "Location: " + location, ""));
    }

    String url(String path) {
        return "http://127.0.0.1:" + socket.getLocalPort() + path;
    }

    /** {@return the requests so far: {@code GET /path}} */
    List<String> requests() {
        return requests;
    }

    /** Does nothing until the server is closed. */
    void hang() throws InterruptedException {
        isClosedWithin(Duration.ofMinutes(1));
    }

    /** Waits for a while, or until the server is closed. */
    boolean isClosedWithin(Duration duration) throws InterruptedException {
        return closed.await(duration.toNanos(), TimeUnit.NANOSECONDS);
    }

    static void send(OutputStream out, String status, String header, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        sendHead(out, status, header, "Content-Length: " + bytes.length);
        out.write(bytes);
    }

    static void sendHead(OutputStream out, String status, String... headers) throws IOException {
        String head = "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.UTF_8));
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                threads.execute(() -> serve(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setSoTimeout(10_000);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
            String[] request = String.valueOf(in.readLine()).split(" ");
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                // headers
            }
            if (request.length < 2) {
                return;
            }
            requests.add(request[0] + " " + request[1]);
            Behaviour notFound = out -> send(out, "404 Not Found", "Content-Type: text/plain", "no such page");
            behaviours.getOrDefault(request[1], notFound).answer(connection.getOutputStream());
        } catch (Exception e) {
            // the client hung up, or the server is being closed
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        threads.shutdownNow();
    }
}
