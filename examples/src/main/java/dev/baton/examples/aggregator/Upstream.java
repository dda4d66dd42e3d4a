package dev.baton.examples.aggregator;

import java.time.Duration;

/**
 * One of the services that a page is put together from.
 *
 * @param name its name, in pages, metrics and dumps
 * @param source how to ask it
 * @param timeout how long a page waits for it, all tries and the wait for a turn included
 * @param hedgeAfter how long to wait for an answer before a second request is sent
 * @param limiter how many requests at a time it gets
 */
record Upstream(String name, Source source, Duration timeout, Duration hedgeAfter, Limiter limiter) {

    /** Asks a service. */
    interface Source {
        /** {@return what the service says about a product} Called in a coroutine; may await. */
        String ask(String product) throws Exception;
    }
}
