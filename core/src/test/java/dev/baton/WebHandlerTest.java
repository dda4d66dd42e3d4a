package dev.baton;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.spawn;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Handlers of a web server that are coroutines: each request is one, on one loop, and its end is the response's. */
class WebHandlerTest {
    private final VirtualTime time = new VirtualTime();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, Handler> handlers = new LinkedHashMap<>();
    private EventLoop loop;
    private HttpServer server;

    private interface Handler {
        void get(Response response) throws Exception;
    }

    /** What a handler writes; it is sent when the handler has ended, however it ends. */
    private static final class Response {
        final StringBuilder body = new StringBuilder();

        void write(String text) {
            body.append(text);
        }
    }

    private static final class HttpError extends Exception {
        private static final long serialVersionUID = 1;
        final int status;

        HttpError(int status) {
            this.status = status;
        }
    }

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.open(time.wallClock());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> spawn(loop, exchange.getRequestURI().getPath(), () -> {
                    serve(exchange);
                    return null;
                }));
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
        loop.close();
        client.close();
        time.assertNoReports();
    }

    private void serve(HttpExchange exchange) throws Exception {
        Response response = new Response();
        try {
            handlers.get(exchange.getRequestURI().getPath()).get(response);
            respond(exchange, 200, response.body.toString());
        } catch (HttpError e) {
            respond(exchange, e.status, "");
        } catch (Exception e) {
            respond(exchange, 500, "");
            throw e; // nobody awaits this coroutine, so the loop's handler hears of it
        }
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange;
                OutputStream out = exchange.getResponseBody()) {
            exchange.sendResponseHeaders(status, 0);
            out.write(body.getBytes(UTF_8));
        }
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path))
                .timeout(Duration.ofSeconds(10))
                .build();
    }

    private String fetch(String path, Handler handler) throws Exception {
        handlers.put(path, handler);
        HttpResponse<String> response = client.send(request(path), BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    private static void nextIteration() {
        Deferred<String> called = new Deferred<>();
        EventLoop.current().execute(() -> called.complete(""));
        await(called);
    }

    // ---------------------------------------------------------------------------------------------------------- tests

    @Test
    @DisplayName("T-23 what a handler writes between its awaits comes in this order, and its end finishes the response"
            + " (GWT.test_coroutine_sequence_handler, test_coroutine_unfinished_sequence_handler)")
    void sequence() throws Exception {
        assertEquals("200 123", fetch("/sequence", response -> {
            nextIteration();
            response.write("1");
            nextIteration();
            response.write("2");
            nextIteration();
            response.write("3");
        }));
    }

    @Test
    @DisplayName("T-23 two handlers take turns at each await, and never otherwise: no lock for what they share")
    void twoHandlersTakeTurns() throws Exception {
        List<String> shared = new ArrayList<>();
        Deferred<String> bothAreHere = new Deferred<>();
        Handler handler = response -> {
            shared.add("in");
            if (shared.size() == 2) {
                bothAreHere.complete("");
            }
            await(bothAreHere);
            for (int i = 0; i < 3; i++) {
                shared.add("first half");
                Thread.yield();
                shared.add("second half");
                moment();
            }
            response.write("" + shared.size());
        };
        handlers.put("/a", handler);
        handlers.put("/b", handler);
        List<HttpResponse<String>> responses = Coroutines.run(
                time.wallClock(),
                () -> await(List.of(
                        client.sendAsync(request("/a"), BodyHandlers.ofString()),
                        client.sendAsync(request("/b"), BodyHandlers.ofString()))));
        assertEquals(
                List.of("14", "14"), responses.stream().map(HttpResponse::body).toList());
        List<String> expected = new ArrayList<>(List.of("in", "in"));
        for (int i = 0; i < 6; i++) {
            expected.addAll(List.of("first half", "second half"));
        }
        assertEquals(expected, shared);
    }

    @Test
    @DisplayName("T-23 a handler awaits a request of its own to the same server (GWT.test_task_handler)")
    void handlerAwaitsARequestOfItsOwn() throws Exception {
        handlers.put("/sequence", response -> {
            moment();
            response.write("123");
        });
        assertEquals("200 got response: 123", fetch("/task", response -> {
            HttpResponse<String> inner = await(client.sendAsync(request("/sequence"), BodyHandlers.ofString()));
            response.write("got response: " + inner.body());
        }));
    }

    @Test
    @DisplayName("T-23 an exception, sooner or later, gives 500, and is reported once"
            + " (GWT.test_exception_handler, test_coroutine_exception_handler)")
    void exceptionGives500() throws Exception {
        Exception sooner = new Exception("oops, at once");
        Exception later = new Exception("oops");
        assertEquals("500 ", fetch("/sooner", response -> {
            throw sooner;
        }));
        assertEquals("500 ", fetch("/later", response -> {
            response.write("not sent");
            nextIteration();
            throw later;
        }));
        loop.close(); // what nobody has asked for is reported by now
        assertEquals(
                List.of(sooner, later),
                time.reports().stream().sorted((a, b) -> a == sooner ? -1 : 1).toList());
    }

    @Test
    @DisplayName("T-23 a failure that arrives at an await can be handled there (GWT.test_yield_exception_handler)")
    void failureCanBeHandledAtTheAwait() throws Exception {
        assertEquals("200 ok", fetch("/yield_exception", response -> {
            Deferred<String> failing = new Deferred<>();
            EventLoop.current().execute(() -> failing.completeExceptionally(new ArithmeticException("/ by zero")));
            try {
                await(failing);
                response.write("did not get the exception");
            } catch (ArithmeticException e) {
                response.write("ok");
            }
        }));
    }

    @Test
    @DisplayName("T-23 a preparation and the handler itself both await, one after the other"
            + " (GWT.test_undecorated_coroutines)")
    void preparationAndHandler() throws Exception {
        assertEquals("200 123", fetch("/undecorated_coroutine", response -> {
            List<String> chunks = new ArrayList<>();
            await(spawn(() -> {
                nextIteration();
                chunks.add("1");
            }));
            chunks.add("2");
            nextIteration();
            chunks.add("3");
            nextIteration();
            response.write(String.join("", chunks));
        }));
    }

    @Test
    @DisplayName("T-23 the status that a preparation raises after an await is honoured, and is no report"
            + " (GWT.test_async_prepare_error_handler)")
    void statusOfAPreparation() throws Exception {
        assertEquals("403 ", fetch("/async_prepare_error", response -> {
            await(spawn(() -> {
                nextIteration();
                throw new HttpError(403);
            }));
            response.write("not reached");
        }));
    }

    @Test
    @DisplayName("T-23 a handler may await a stage that a foreign thread completes (GWT.test_native_coroutine_handler)")
    void handlerMayAwaitAForeignStage() throws Exception {
        assertEquals("200 ok", fetch("/native_coroutine", response -> {
            response.write(await(
                    Futures.<String>fromCallback(callback -> Thread.ofPlatform().start(() -> callback.accept("ok")))));
        }));
    }
}
