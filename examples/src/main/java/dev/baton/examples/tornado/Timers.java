package dev.baton.examples.tornado;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.Coroutines.run;
import static dev.baton.Coroutines.sleep;
import static dev.baton.Coroutines.spawn;
import static dev.baton.examples.tornado.TornadoGuide.print;
import static dev.baton.examples.tornado.TornadoGuide.title;

import dev.baton.Coroutine;
import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.loop.LoopOptions;
import dev.baton.loop.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The guide's "Running in the background", {@code gen.sleep} and {@code gen.moment}, on a clock that jumps. */
final class Timers {
    private final VirtualClock clock = new VirtualClock();

    void show() {
        run(LoopOptions.defaults().withClock(clock), () -> {
            title("Running in the background");
            background();
            title("moment");
            print(moments());
            return clock;
        });
    }

    // -------------------------------------------------------------------- guide, Running in the background

    /** Both loops for two hundred seconds: the first comes later each time, the second does not. */
    private void background() {
        Coroutine<@Nullable Void> first = spawn(this::minuteLoop);
        Coroutine<@Nullable Void> second = spawn(this::minuteLoop2);
        sleep(Duration.ofSeconds(200));
        first.cancel();
        second.cancel();
    }

    private void minuteLoop() {
        while (true) {
            doSomething("minuteLoop");
            sleep(Duration.ofSeconds(60));
        }
    }

    private void minuteLoop2() {
        while (true) {
            Deferred<@Nullable Void> next = Futures.after(Duration.ofSeconds(60)); // start the clock
            doSomething("minuteLoop2"); // run while it ticks
            await(next); // wait for the rest of the minute
        }
    }

    private void doSomething(String who) {
        print("%3d s %s".formatted(clock.elapsed().toSeconds(), who));
        sleep(Duration.ofSeconds(5));
    }

    // ------------------------------------------------------------------------------------------------- gen

    /** Two that never have to wait for anything, and let each other run all the same. */
    private static String moments() {
        List<String> line = new ArrayList<>();
        await(List.of(spawn(() -> count("a", line)), spawn(() -> count("b", line))));
        return String.join(" ", line);
    }

    private static void count(String name, List<String> line) {
        for (int i = 1; i <= 3; i++) {
            line.add(name + i);
            moment();
        }
    }
}
