/** The event loop that coroutines run on. */
module dev.baton.loop {
    requires static transitive org.jspecify;

    exports dev.baton.loop;
    exports dev.baton.loop.testing;
}
