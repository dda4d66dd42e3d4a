package dev.baton.examples;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.run;
import static dev.baton.Coroutines.spawn;

import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.Futures;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The example of the README: three requests at once, one shared map, no lock, no callback. */
public final class FirstSteps {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Map<String, Integer> STOCK = new HashMap<>(); // shared by all coroutines: plain, and no lock

    public static void main(String[] args) throws Exception {
        try (Shop shop = Shop.open()) { // a small HTTP server on this machine: one shelf answers late, one never
            run(() -> {
                await(List.of("apples", "pears", "plums").stream()
                        .map(fruit -> spawn(() -> count(fruit, shop.shelf(fruit))))
                        .toList());
                System.out.println("in stock: " + STOCK.get("total"));
            });
        }
    }

    private static void count(String fruit, URI shelf) {
        try {
            var answer = HTTP.sendAsync(HttpRequest.newBuilder(shelf).build(), BodyHandlers.ofString());
            int pieces = Integer.parseInt(
                    await(Futures.waitFor(Duration.ofSeconds(2), answer)).body());
            int total = STOCK.getOrDefault("total", 0); // from here on nobody else runs ...
            STOCK.put("total", total + pieces); // ... until the next await, so this is no race
            System.out.println(fruit + ": " + pieces);
        } catch (AwaitTimeoutException e) { // an ordinary catch: the request is cancelled, and its connection closed
            System.out.println(fruit + ": no answer");
        }
    }
}
