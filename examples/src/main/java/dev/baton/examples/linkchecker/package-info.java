/**
 * A concurrent link checker: many coroutines on one event loop, one plain {@code HashMap} for what they know.
 *
 * <p>Read it in this order: {@link dev.baton.examples.linkchecker.Crawl} (the state and the coroutines that share it),
 * {@link dev.baton.examples.linkchecker.Fetcher} (one URL: limits, deadline, retries),
 * {@link dev.baton.examples.linkchecker.Limiter} (how to wait for a turn). The rest is parsing and printing.
 */
@NullMarked
package dev.baton.examples.linkchecker;

import org.jspecify.annotations.NullMarked;
