package dev.baton.examples.linkchecker;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that stays where it is. */
final class ProgressInPlace implements Progress {
    // Not the terminal's own width: to find that out, the library opens the terminal in a way that makes Ctrl-C kill
    // the program on the spot, without the report so far.
    private static final int WIDTH = 79;

    private final ProgressBar bar = new ProgressBarBuilder()
            .setTaskName("Checking")
            .setUnit(" URLs", 1)
            .setInitialMax(1)
            .hideEta() // every page brings new ones
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200)
            .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
            .build();

    @Override
    public void show(Counts counts) {
        bar.maxHint(counts.known());
        bar.stepTo(counts.read());
        bar.setExtraMessage(" " + counts.linksAndBroken());
    }

    @Override
    public void close() {
        bar.close();
    }
}
