/**
 * An API aggregator: a page is put together from four services, one of them slow, one flaky, one dead, and it is ready
 * within a fixed time all the same.
 *
 * <p>Read it in this order: {@link dev.baton.examples.aggregator.Service} (the state, and all that is done about late and
 * missing answers), {@link dev.baton.examples.aggregator.Upstream} and {@link dev.baton.examples.aggregator.Limiter} (one
 * service, so many requests at a time), {@link dev.baton.examples.aggregator.Front} (what it answers over HTTP, its
 * metrics and the dump included). The rest is there to have something to ask, somebody who asks, and a table at the end.
 */
@NullMarked
package dev.baton.examples.aggregator;

import org.jspecify.annotations.NullMarked;
