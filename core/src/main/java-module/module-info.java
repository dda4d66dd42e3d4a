/** Coroutines on virtual threads. */
module dev.baton {
    requires transitive dev.baton.loop;
    requires static transitive org.jspecify;
    requires static context.propagation;
    requires static java.management;
    requires static jdk.jfr;
    requires static micrometer.core;

    exports dev.baton;
    exports dev.baton.context;
    exports dev.baton.future;
    exports dev.baton.jfr;
    exports dev.baton.legacy;
    exports dev.baton.management;
    exports dev.baton.micrometer;

    uses dev.baton.future.YieldConverter;

    provides dev.baton.future.YieldConverter with
            dev.baton.legacy.YieldPointConverter;
}
