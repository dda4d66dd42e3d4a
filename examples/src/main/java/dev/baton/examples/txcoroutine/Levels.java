package dev.baton.examples.txcoroutine;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;

import dev.baton.Coroutine;
import dev.baton.loop.EventLoop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * txcoroutine's "Advanced example": whoever pauses, unpauses or cancels the first of three coroutines does it to all of
 * them, because each waits for the next. Nine seconds in no time, or in nine seconds with {@code --real}. Prints:
 *
 * <pre>
 * iterating: 0s passed
 * iterating: 1s passed
 * iterating: 2s passed
 * iterating: 6s passed
 * iterating: 7s passed
 * iterating: 8s passed
 * level3_process stopped; cleaning up...
 * level2_process stopped; cleaning up...
 * root_process stopped; cleaning up...
 * </pre>
 */
public final class Levels {
    private Levels() {}

    public static void main(String[] args) {
        Time.of(args).run(() -> {
            EventLoop loop = EventLoop.current();
            // Before the first line is printed: so on the wall clock, too, each of these comes before the line of its
            // second.
            long start = loop.nanoTime();
            Coroutine<@Nullable Void> process = spawn(Levels::rootProcess);
            loop.scheduleAt(start + 3 * Time.SECOND, process::pause);
            loop.scheduleAt(start + 6 * Time.SECOND, process::unpause);
            loop.scheduleAt(start + 9 * Time.SECOND, process::cancel);
            return process;
        });
    }

    private static void rootProcess() {
        try {
            await(spawn(Levels::level2Process));
        } finally {
            System.out.println("root_process stopped; cleaning up...");
        }
    }

    private static void level2Process() {
        try {
            await(spawn(Levels::level3Process));
        } finally {
            System.out.println("level2_process stopped; cleaning up...");
        }
    }

    private static void level3Process() {
        EventLoop loop = EventLoop.current();
        long start = loop.nanoTime();
        try {
            while (true) {
                long seconds = Math.round((loop.nanoTime() - start) / (double) Time.SECOND);
                System.out.println("iterating: " + seconds + "s passed");
                sleep(Duration.ofSeconds(1));
            }
        } finally {
            System.out.println("level3_process stopped; cleaning up...");
        }
    }
}
