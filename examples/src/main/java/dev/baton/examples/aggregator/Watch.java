package dev.baton.examples.aggregator;

import dev.baton.loop.EventLoop;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.stream.Collectors;

/** Somebody who looks at a loop while it is blocked, as a person on call would: first the dump, then the metrics. */
final class Watch {
    private static final String MOVING = "baton_loop_(ready_tasks|step_seconds_max|lag_seconds_max)\\{.*";

    private final EventLoop loop;
    private final PrometheusMeterRegistry registry;

    Watch(EventLoop loop, PrometheusMeterRegistry registry) {
        this.loop = loop;
        this.registry = registry;
    }

    /** {@return what can be seen from outside at this moment} */
    String look() {
        List<String> dump = Dump.text(loop).lines().toList();
        StringBuilder running = new StringBuilder();
        boolean shown = false;
        for (String line : dump) {
            shown = line.startsWith("    at ") ? shown : line.contains(" RUNNING");
            if (shown) {
                running.append(line).append('\n');
            }
        }
        return "\nWhile the loop is blocked, the dump says who holds the baton, and where:\n" + running + "\n"
                + figures();
    }

    String afterwards() {
        return "\nAfterwards:\n" + figures();
    }

    private String figures() {
        return registry.scrape().lines().filter(line -> line.matches(MOVING)).collect(Collectors.joining("\n")) + "\n";
    }
}
