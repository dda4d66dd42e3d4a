package dev.baton.benchmarks;

import static dev.baton.benchmarks.Peer.batonCarrier;
import static dev.baton.benchmarks.Peer.batonPortable;
import static dev.baton.benchmarks.Peer.byHand;
import static dev.baton.benchmarks.Peer.continuation;
import static dev.baton.benchmarks.Peer.kotlinDispatcher;
import static dev.baton.benchmarks.Peer.kotlinRunBlocking;
import static dev.baton.benchmarks.Peer.vertx;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What Baton should reach, as ratios within one run, beside what it reached. */
final class Targets {
    private static final double ANY = Double.NaN;

    private final Figures figures;
    private final List<String> rows = new ArrayList<>();

    private Targets(Figures figures) {
        this.figures = figures;
    }

    /** {@return a table in Markdown} */
    static List<String> table(Figures figures) {
        Targets targets = new Targets(figures);
        targets.rows.add("| scenario | measured as | PORTABLE | | CARRIER | |");
        targets.rows.add("| --- | --- | ---: | --- | ---: | --- |");
        targets.addAll();
        return targets.rows;
    }

    private void addAll() {
        atMost(
                "`moment` alone",
                "of Kotlin's fastest yield",
                baton -> of("MomentAlone", baton)
                        / Math.min(of("MomentAlone", kotlinDispatcher), of("MomentAlone", kotlinRunBlocking)),
                1 / 3.0,
                1 / 3.0);
        atMost(
                "`moment` among 1,000",
                "of Vert.x's await, the cheaper way",
                baton -> of("MomentAmong 1000", baton)
                        / Math.min(of("MomentAmong 1000", vertx), of("MomentByTask", vertx)),
                1 / 3.0,
                1 / 8.0);
        atMost("", "of the bare continuation", over("MomentAmong 1000", continuation), ANY, 1.6);
        atMost(
                "among 100,000",
                "of its own among 1,000",
                baton -> of("MomentAmong 100000", baton) / of("MomentAmong 1000", baton),
                2,
                2);
        atMost("hand a value back and forth", "of Vert.x", over("HandValue", vertx), 1 / 3.0, ANY);
        atMost("", "of Kotlin on one thread", over("HandValue", kotlinDispatcher), ANY, 1);
        atMost("spawn and await", "of Vert.x", over("SpawnAndAwait", vertx), 0.7, ANY);
        atMost("", "of Kotlin on one thread", over("SpawnAndAwait", kotlinDispatcher), ANY, 1);
        atMost("", "of Kotlin in runBlocking", over("SpawnAndAwait", kotlinRunBlocking), ANY, 1);
        atMost("await of a completed future", "ns", baton -> of("AwaitDone", baton), 5, 5);
        atMost("", "of Vert.x", over("AwaitDone", vertx), 0.1, 0.1);
        atMost(
                "bytes per suspended coroutine",
                "of a bare parked virtual thread",
                over(Figures.MEMORY, byHand),
                1.4,
                1.4);
        row("a million suspended", "in a heap of 2 GB", baton -> of(Figures.MEMORY, baton), ANY, ANY, false);
        atMost(
                "metrics bound",
                "of the same without",
                baton -> of("Metrics true", baton) / of("Metrics false", baton),
                1.25,
                1.25);
        row(
                "2 loops on 2 cores",
                "throughput, of one loop's",
                baton -> of("TwoLoops 1", baton) / of("TwoLoops 2", baton),
                1.7,
                1.7,
                true);
    }

    private double of(String scenario, Peer peer) {
        return figures.median(scenario, peer);
    }

    private ToDoubleFunction<Peer> over(String scenario, Peer peer) {
        return baton -> of(scenario, baton) / of(scenario, peer);
    }

    private void atMost(String scenario, String what, ToDoubleFunction<Peer> measure, double portable, double carrier) {
        row(scenario, what, measure, portable, carrier, false);
    }

    private void row(
            String scenario,
            String what,
            ToDoubleFunction<Peer> measure,
            double portable,
            double carrier,
            boolean atLeast) {
        rows.add("| %s | %s | %s | %s |"
                .formatted(
                        scenario,
                        what,
                        cell(measure.applyAsDouble(batonPortable), portable, atLeast),
                        cell(measure.applyAsDouble(batonCarrier), carrier, atLeast)));
    }

    private static String cell(double measured, double limit, boolean atLeast) {
        if (Double.isNaN(measured)) {
            return "– | not measured";
        }
        String figure = measured >= 100 ? Report.number(measured) : String.format(Locale.ROOT, "%.2f", measured);
        if (Double.isNaN(limit)) {
            return figure + " | ";
        }
        boolean met = atLeast ? measured >= limit : measured <= limit;
        return "%s | %s: %s %s"
                .formatted(
                        figure,
                        met ? "met" : "**missed**",
                        atLeast ? "at least" : "at most",
                        String.format(Locale.ROOT, "%.2f", limit));
    }
}
