package dev.baton.examples.tornado;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.run;
import static dev.baton.Coroutines.spawn;
import static dev.baton.examples.tornado.TornadoGuide.print;
import static dev.baton.examples.tornado.TornadoGuide.title;

import dev.baton.loop.EventLoop;
import dev.baton.loop.LoopOptions;

/** The guide's "How to call a coroutine": where a failure goes. Each call has a loop of its own. */
final class CallingCoroutines {
    private static final LoopOptions OPTIONS =
            LoopOptions.defaults().withExceptionHandler(failure -> print("reported: " + failure.getMessage()));

    private CallingCoroutines() {}

    static void show() {
        title("How to call a coroutine");
        print(run(OPTIONS, CallingCoroutines::badCall));
        print(run(OPTIONS, CallingCoroutines::goodCall));
        print(run(OPTIONS, CallingCoroutines::spawnCallback));
        runSync();
    }

    private static int divide(int x, int y) {
        return x / y;
    }

    /** Nobody awaits it, so nobody catches anything. The loop reports it, at the latest when it closes. */
    private static String badCall() {
        spawn(() -> divide(1, 0));
        return "badCall: returned";
    }

    /** The exception comes out of the await, as it was thrown. */
    private static String goodCall() {
        try {
            int quotient = await(spawn(() -> divide(1, 0)));
            return "goodCall: " + quotient;
        } catch (ArithmeticException e) {
            return "goodCall: caught " + e.getMessage();
        }
    }

    /** {@code IOLoop.spawn_callback}: the loop answers for it. */
    private static String spawnCallback() {
        spawn(EventLoop.current(), () -> divide(1, 0));
        return "spawnCallback: returned";
    }

    /** {@code IOLoop.run_sync}: from the top level of a program. */
    private static void runSync() {
        try {
            int quotient = run(() -> divide(1, 0));
            print("runSync: " + quotient);
        } catch (ArithmeticException e) {
            print("runSync: caught " + e.getMessage());
        }
    }
}
