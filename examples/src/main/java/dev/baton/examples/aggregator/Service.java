package dev.baton.examples.aggregator;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.spawn;

import dev.baton.Coroutine;
import dev.baton.examples.aggregator.Page.Origin;
import dev.baton.examples.aggregator.Page.Part;
import dev.baton.future.AwaitTimeoutException;
import dev.baton.future.Futures;
import dev.baton.future.ReturnWhen;
import dev.baton.future.WaitIterator;
import dev.baton.future.WaitResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts pages together. Each page asks all services at once, in a coroutine for each, and each of these is straight-line
 * code. All of them share the cache, a plain map; nobody locks anything, because between two awaits nobody else runs.
 */
final class Service {
    private final Map<String, String> cache = new HashMap<>();
    private final List<Upstream> upstreams;
    private final Meters meters;

    Service(List<Upstream> upstreams, Meters meters) {
        this.upstreams = upstreams;
        this.meters = meters;
    }

    /** {@return a page} It is ready when every service has answered or used up its time. Called in a coroutine. */
    Page page(String product) {
        List<Coroutine<Part>> parts = new ArrayList<>();
        for (Upstream upstream : upstreams) {
            parts.add(spawn(upstream.name() + " of " + product, () -> part(upstream, product)));
        }
        return new Page(product, await(Futures.gather(parts)));
    }

    /** The answer of a service; the last one to this question, if there is no answer in time; or nothing. */
    private Part part(Upstream upstream, String product) throws Exception {
        String key = upstream.name() + "/" + product;
        String problem;
        try {
            Coroutine<String> asking = spawn(key + " hedged", () -> hedged(upstream, product));
            String text = await(Futures.waitFor(upstream.timeout(), asking), Exception.class);
            cache.put(key, text);
            return new Part(upstream.name(), Origin.FRESH, text, null);
        } catch (AwaitTimeoutException e) {
            problem = "no answer within " + upstream.timeout().toMillis() + " ms";
        } catch (IOException e) {
            problem = e.getMessage();
        }
        String old = cache.get(key);
        Origin origin = old == null ? Origin.NONE : Origin.CACHE;
        meters.fallback(upstream, origin);
        return new Part(upstream.name(), origin, old, problem);
    }

    /** Asks again if the answer is late. The first answer counts, and the other request is cancelled. */
    private String hedged(Upstream upstream, String product) throws Exception {
        List<Coroutine<String>> tries = new ArrayList<>();
        tries.add(spawn(upstream.name() + "/" + product + " first", () -> ask(upstream, product)));
        String second = "unanswered";
        try {
            WaitResult<String> soon =
                    await(Futures.waitUntil(tries, ReturnWhen.FIRST_COMPLETED, upstream.hedgeAfter()));
            if (soon.done().isEmpty()) {
                tries.add(spawn(upstream.name() + "/" + product + " second", () -> ask(upstream, product)));
            }
            WaitIterator<String> answers = WaitIterator.of(List.copyOf(tries));
            while (true) {
                try {
                    String answer = await(answers.next(), IOException.class);
                    second = answers.currentIndex() == 0 ? "lost" : "won";
                    return answer;
                } catch (IOException e) {
                    if (answers.done()) {
                        throw e;
                    }
                }
            }
        } finally {
            tries.forEach(Coroutine::cancel); // no effect on one that is done
            if (tries.size() > 1) {
                meters.hedge(upstream, second);
            }
        }
    }

    /** One request, when it is its turn. */
    private String ask(Upstream upstream, String product) throws Exception {
        return upstream.limiter()
                .run(() -> meters.timed(upstream, () -> upstream.source().ask(product)));
    }
}
