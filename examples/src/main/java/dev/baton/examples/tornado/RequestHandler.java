package dev.baton.examples.tornado;

import static dev.baton.Coroutines.await;

import com.sun.net.httpserver.HttpExchange;
import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers one request, as Tornado's class of this name does. {@link #get()} is the body of a coroutine: it awaits what
 * it likes, and when it returns, the answer is complete.
 */
abstract class RequestHandler {
    private final StringBuilder written = new StringBuilder();
    private @Nullable HttpExchange exchange; // null before serve
    private int status = 200;
    private boolean asynchronous;
    private boolean finished;
    private boolean begun; // off the loop, by one thread at a time: whoever flushes awaits it

    /** Makes the answer. */
    abstract void get() throws Exception;

    /** Runs this handler, in a coroutine of its own. */
    final void serve(HttpExchange request) {
        exchange = request;
        try {
            get();
        } catch (Exception e) {
            status = 500;
            asynchronous = false;
        }
        if (!asynchronous && !finished) {
            await(finish());
        }
    }

    /** Leaves the answer open when {@link #get()} returns, until {@link #finish()}: {@code @asynchronous}. */
    final void asynchronous() {
        asynchronous = true;
    }

    final void setStatus(int code) {
        status = code;
    }

    final void write(String text) {
        written.append(text);
    }

    /** Fills in a template, and finishes. */
    final void render(String template, Map<String, ?> values) {
        String text = template;
        for (Map.Entry<String, ?> each : values.entrySet()) {
            text = text.replace("{{ " + each.getKey() + " }}", String.valueOf(each.getValue()));
        }
        write(text);
        finish();
    }

    /** Sends what has been written so far, off the loop, for a socket blocks. To be awaited before the next. */
    final Deferred<?> flush() {
        byte[] bytes = written.toString().getBytes(StandardCharsets.UTF_8);
        written.setLength(0);
        return Futures.blocking(() -> send(bytes));
    }

    /** Sends the rest, and ends the answer. */
    final Deferred<?> finish() {
        finished = true;
        byte[] bytes = written.toString().getBytes(StandardCharsets.UTF_8);
        return Futures.blocking(() -> {
            try (HttpExchange ended = send(bytes)) {
                return ended;
            }
        });
    }

    private HttpExchange send(byte[] bytes) throws IOException {
        if (exchange == null) {
            throw new IllegalStateException("there is no request yet");
        }
        if (!begun) {
            begun = true;
            exchange.sendResponseHeaders(status, 0); // 0: as much as comes
        }
        exchange.getResponseBody().write(bytes);
        exchange.getResponseBody().flush();
        return exchange;
    }
}
