/** Coroutines on virtual threads. */
module dev.baton {
    requires transitive dev.baton.loop;
    requires static transitive org.jspecify;
    requires static micrometer.core;

    exports dev.baton;
    exports dev.baton.future;
    exports dev.baton.legacy;
    exports dev.baton.micrometer;

    uses dev.baton.future.YieldConverter;

    provides dev.baton.future.YieldConverter with
            dev.baton.legacy.YieldPointConverter;
}
