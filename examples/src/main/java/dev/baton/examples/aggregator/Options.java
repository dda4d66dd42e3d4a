package dev.baton.examples.aggregator;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be chosen on the command line. Filled in by picocli, then only read. */
final class Options {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Answer on this port of this machine; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
    int port = 0;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "Ask for N pages, eight at a time, print a summary and end. Default: wait for others to ask,"
                    + " until Ctrl-C.")
    @Nullable
    Integer requests;

    @Option(
            names = "--stall",
            description =
                    "Make the mistake: one request, the twelfth, blocks the loop for two seconds. With --requests,"
                            + " show what the dump and the metrics say about it.")
    boolean stall;

    /** Looks for values that no run can use. */
    void validate() {
        require("--port", port, 0, 65_535);
        if (requests != null) {
            require("--requests", requests, 1, 1_000_000);
        }
    }

    private void require(String option, int value, int least, int most) {
        if (command != null && (value < least || value > most)) {
            throw new ParameterException(
                    command.commandLine(),
                    "Invalid value for option '" + option + "': it has to be between " + least + " and " + most);
        }
    }
}
