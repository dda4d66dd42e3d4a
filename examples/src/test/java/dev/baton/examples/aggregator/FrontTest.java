package dev.baton.examples.aggregator;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.Coroutines;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over HTTP. What comes first is decided by gates. */
@Timeout(60)
class FrontTest {
    private static final List<String> PAGE_IN_THE_MAKING =
            List.of("GET /products/7", "gated of 7", "gated/7 hedged", "gated/7 first");

    private final Running running = new Running();

    @AfterEach
    void close() {
        running.close();
    }

    @Test
    void aPageHasAPartFromEachService() {
        running.gate.complete("and so on");
        HttpResponse<String> page = running.get("products/7");

        assertEquals(200, page.statusCode());
        assertEquals(Front.JSON, type(page));
        assertEquals("""
            {
              "product" : "7",
              "quick" : {
                "origin" : "fresh",
                "text" : "quick about 7"
              },
              "gated" : {
                "origin" : "fresh",
                "text" : "and so on"
              }
            }
            """, page.body());
    }

    @Test
    void aPartThatIsMissingSaysWhy() {
        running.gate.completeExceptionally(new IOException("status 503"));
        JsonNode page = running.json("products/7");

        assertEquals(
                "{\"origin\":\"none\",\"problem\":\"status 503\"}",
                page.get("gated").toString());
        assertMetric("aggregator_pages_seconds_count{outcome=\"partial\"} 1");
        assertMetric("aggregator_fallbacks_parts_total{origin=\"none\",upstream=\"gated\"} 1.0");
        assertMetric("aggregator_upstream_requests_seconds_count{outcome=\"failure\",upstream=\"gated\"} 1");
    }

    @ParameterizedTest
    @CsvSource({
        "products/, no such product",
        "products/a%3Cb%3E, no such product",
        "products/1/2, no such product",
        "elsewhere, no such page",
        "metrics/more, no such page",
        "coroutines/more, no such page"
    })
    void whatIsNotThereIs404(String path, String message) {
        HttpResponse<String> answer = running.get(path);

        assertEquals(
                "404 " + Front.TEXT + " " + message + "\n",
                answer.statusCode() + " " + type(answer) + " " + answer.body());
    }

    @Test
    void aClientThatHangsUpIsNoticedAndHarmsNobody() throws Exception {
        try (Socket client = new Socket("127.0.0.1", running.url("").getPort())) {
            client.getOutputStream()
                    .write("GET /products/7 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            awaitNames(PAGE_IN_THE_MAKING);
            client.setSoLinger(true, 0); // closing resets the connection: it is seen at the next write
        }
        CompletableFuture<HttpResponse<String>> other = running.getLater("products/8");
        await().atMost(Duration.ofSeconds(20)).until(() -> running.names().contains("gated/8 first"));
        running.gate.complete("late");

        assertEquals("late", Running.json(other.join()).at("/gated/text").asText());
        awaitNames(List.of());
        assertMetric("aggregator_pages_seconds_count{outcome=\"disconnected\"} 1");
        assertMetric("aggregator_pages_seconds_count{outcome=\"complete\"} 1");
    }

    @Test
    void metricsTellOfPagesServicesAndTheLoop() {
        CompletableFuture<HttpResponse<String>> page = running.getLater("products/7");
        awaitNames(PAGE_IN_THE_MAKING);

        assertEquals(Front.PROMETHEUS, type(running.get("metrics")));
        assertMetric("aggregator_upstream_inflight_requests{upstream=\"gated\"} 1.0");
        assertMetric("aggregator_upstream_inflight_requests{upstream=\"quick\"} 0.0");
        assertMetric("aggregator_upstream_waiting_requests{upstream=\"gated\"} 0.0");
        assertMetric("aggregator_pages_seconds_count{outcome=\"complete\"} 0");
        String loop =
                "{handoff=\"" + running.loop.handoff().name().toLowerCase(Locale.ROOT) + "\",loop=\"aggregator\"} ";
        assertMetric("baton_coroutines_active" + loop + "4.0");
        assertMetric("baton_coroutines_suspended" + loop + "4.0");
        assertMetric("baton_coroutines_spawned_total" + loop + "7.0");

        running.gate.complete("done");
        assertEquals(200, page.join().statusCode());
        awaitNames(List.of());
        assertMetric("aggregator_upstream_inflight_requests{upstream=\"gated\"} 0.0");
        assertMetric("aggregator_pages_seconds_count{outcome=\"complete\"} 1");
        assertMetric("aggregator_upstream_requests_seconds_count{outcome=\"success\",upstream=\"gated\"} 1");
        assertMetric("baton_coroutines_active" + loop + "0.0");
    }

    @Test
    void theDumpComesInThreeForms() {
        CompletableFuture<HttpResponse<String>> page = running.getLater("products/7");
        awaitNames(PAGE_IN_THE_MAKING);

        HttpResponse<String> text = running.get("coroutines.txt");
        assertEquals(Front.TEXT, type(text));
        assertEquals(
                List.of("\"GET /products/7\"", "\"gated of 7\"", "\"gated/7 hedged\"", "\"gated/7 first\""),
                text.body()
                        .lines()
                        .filter(line -> line.startsWith("Coroutine["))
                        .map(line -> line.replaceAll("Coroutine\\[(\".*?\") #\\d+ SUSPENDED .*", "$1"))
                        .toList());
        assertTrue(
                text.body().contains("    at dev.baton.examples.aggregator.Service.page(Service.java:"), text.body());

        HttpResponse<String> json = running.get("coroutines.json");
        assertEquals(Front.JSON, type(json));
        JsonNode coroutines = Running.json(json).get("coroutines");
        for (int i = 0; i < 3; i++) { // each awaits the next
            assertEquals(
                    "[" + coroutines.get(i + 1).get("id") + "]",
                    coroutines.get(i).get("awaits").toString().replaceAll("^\\[\\d+,", "["));
        }

        HttpResponse<String> html = running.get("coroutines");
        assertEquals(CoroutinesPage.TYPE, type(html));
        assertTrue(html.body().startsWith("<!DOCTYPE html>"), html.body());

        running.gate.complete("done");
        page.join();
    }

    @Test
    void metricsAndDumpAreThereWhileTheLoopIsBlocked() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Coroutines.spawn(running.loop, "stubborn", () -> {
            blocked.countDown();
            return over.await(30, TimeUnit.SECONDS);
        });
        try {
            assertTrue(blocked.await(20, TimeUnit.SECONDS));
            CompletableFuture<HttpResponse<String>> page = running.getLater("products/7");
            running.gate.complete("after that");

            JsonNode stubborn = running.json("coroutines.json").at("/coroutines/0");
            assertEquals(
                    "stubborn RUNNING",
                    stubborn.get("name").asText() + " " + stubborn.get("status").asText());
            assertTrue(stubborn.get("stack").toString().contains("CountDownLatch.await"), stubborn.toString());
            assertTrue(running.get("coroutines.txt").body().contains("\"stubborn\""));
            assertMetric("aggregator_pages_seconds_count{outcome=\"complete\"} 0");
            over.countDown();
            assertEquals(
                    "after that", Running.json(page.join()).at("/gated/text").asText());
        } finally {
            over.countDown();
        }
    }

    private void awaitNames(List<String> names) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertEquals(names, running.names()));
    }

    private void assertMetric(String line) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> { // a page is counted when it has been sent
                            String text = running.get("metrics").body();
                            assertTrue(text.lines().anyMatch(line::equals), () -> line + "\nnot in\n" + text);
                        });
    }

    private static String type(HttpResponse<String> response) {
        return response.headers().firstValue("Content-Type").orElse("none");
    }
}
