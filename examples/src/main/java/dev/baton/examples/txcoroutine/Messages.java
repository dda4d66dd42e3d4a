package dev.baton.examples.txcoroutine;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.spawn;

import dev.baton.Coroutine;
import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.loop.EventLoop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * txcoroutine's "Simple example": a coroutine gets one message after the other, and when it is cancelled, so is
 * the getting. Three seconds in no time, or in three seconds with {@code --real}. Prints:
 *
 * <pre>
 * getting a message...
 * processing message: dummy-message
 * getting a message...
 * processing message: dummy-message
 * getting a message...
 * cancelled getting a message
 * coroutine stopped, cleaning up
 * </pre>
 */
public final class Messages {
    private Messages() {}

    public static void main(String[] args) {
        Time.of(args).run(() -> {
            EventLoop loop = EventLoop.current();
            // Before the first message: so on the wall clock, too, this comes before the third one.
            long start = loop.nanoTime();
            Coroutine<@Nullable Void> process = spawn(Messages::someProcess);
            loop.scheduleAt(start + 3 * Time.SECOND, process::cancel);
            return process;
        });
    }

    private static void someProcess() {
        try {
            while (true) {
                String message = await(getMessage());
                System.out.println("processing message: " + message);
            }
        } finally {
            System.out.println("coroutine stopped, cleaning up");
        }
    }

    private static Deferred<String> getMessage() {
        System.out.println("getting a message...");
        Deferred<String> heavyLifting = Futures.after(Duration.ofSeconds(1), "dummy-message");
        Deferred<String> message = new Deferred<>(cancelled -> {
            System.out.println("cancelled getting a message");
            heavyLifting.cancel();
        });
        heavyLifting.thenAccept(message::complete);
        return message;
    }
}
