/**
 * The examples of Tornado's documentation of its coroutines (4.5), from the module {@code tornado.gen} and the guide's
 * chapter, one after the other, as a program.
 *
 * <p>Read {@link dev.baton.examples.tornado.Handlers} first, then {@link dev.baton.examples.tornado.ParallelFetch}.
 * {@link dev.baton.examples.tornado.RequestHandler} and {@link dev.baton.examples.tornado.LocalSite} are the web
 * server, whose handlers are coroutines as well.
 */
@NullMarked
package dev.baton.examples.tornado;

import org.jspecify.annotations.NullMarked;
