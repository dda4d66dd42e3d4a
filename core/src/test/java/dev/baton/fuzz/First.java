package dev.baton.fuzz;

import dev.baton.Coroutines;
import dev.baton.future.Futures;
import java.util.concurrent.CountDownLatch;

/** The first coroutine of a program: it runs its body, waits for all others, and looks whether anything is left. */
final class First extends Interpreter {
    private static final int LOOKS = 24; // each after twice the time of the one before: hours

    private static final int LOOKS_OF_REAL_TIME = 12;

    private final Inspector inspector;

    First(World world) {
        super(world, 0);
        inspector = new Inspector(world);
    }

    @Override
    Object start() throws Exception {
        if (world.program.blocksFirst()) {
            blockAlone();
        }
        return super.start();
    }

    /** Real time passes, but the work waits until this coroutine does, so it is in no race with it. */
    private void blockAlone() {
        CountDownLatch suspended = new CountDownLatch(1);
        world.loop.execute(suspended::countDown);
        Coroutines.await(Futures.<Object>blocking(() -> {
            suspended.await();
            return 1;
        }));
    }

    @Override
    void atTheEnd() {
        if (!world.program.waitsForAll()) {
            return;
        }
        int looks = world.exact ? LOOKS : LOOKS_OF_REAL_TIME;
        for (int look = 0; look < looks && !inspector.allDone() && !world.loop.isClosing(); look++) {
            sleep(1 << look);
            if (world.exact) { // the loop was idle since the last look, so all that could go on has gone on
                inspector.lookForStalled();
            }
        }
        boolean unwinds = world.stuck || wasAsked(); // a loop that does has a timer of its own
        if (world.exact && !unwinds && inspector.allDone()) {
            inspector.endAll(self, this::moment);
            inspector.lookForLeftovers();
        }
    }
}
