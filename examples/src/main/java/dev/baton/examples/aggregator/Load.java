package dev.baton.examples.aggregator;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.spawn;

import dev.baton.Coroutine;
import dev.baton.Coroutines;
import dev.baton.loop.LoopOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

/** Visitors: so many at a time ask for one page after the other, until enough have been asked for. On a loop of their own. */
final class Load {
    private static final int VISITORS = 8;
    private static final int PRODUCTS = 10;

    private final URI front;
    private final int requests;
    private int asked;
    private int answered;

    Load(URI front, int requests) {
        this.front = front;
        this.requests = requests;
    }

    /** Asks for all pages. Blocks until the last one is there; {@return how many came} */
    int run() {
        try (HttpClient client = HttpClient.newBuilder()
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .version(HttpClient.Version.HTTP_1_1)
                .build()) {
            return Coroutines.run(LoopOptions.defaults().withName("load"), () -> {
                List<Coroutine<Void>> visitors = new ArrayList<>();
                for (int visitor = 0; visitor < VISITORS; visitor++) {
                    visitors.add(spawn("visitor " + visitor, () -> visit(client)));
                }
                await(visitors);
                return answered;
            });
        }
    }

    private void visit(HttpClient client) {
        while (asked < requests) {
            URI url = front.resolve("products/" + (asked++ % PRODUCTS + 1));
            try {
                HttpResponse<String> page = await(
                        client.sendAsync(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString()),
                        IOException.class);
                if (page.statusCode() == 200) {
                    answered++;
                }
            } catch (IOException e) {
                // not answered
            }
        }
    }
}
