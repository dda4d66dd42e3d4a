package dev.baton.fuzz;

import dev.baton.Coroutine;
import dev.baton.future.Deferred;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Eight platform threads that complete, fail, cancel and pause the futures and coroutines of programs, and interrupt the
 * threads of the coroutines, while these run. Each end of a stretch of a body gives them one thing to do, so they are as
 * busy as the programs are.
 */
final class ForeignThreads implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int BACKLOG = 64; // what is not done at once is not done

    private final BlockingQueue<World> work = new LinkedBlockingQueue<>(BACKLOG);
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong operations = new AtomicLong();

    ForeignThreads(long seed) {
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = new SplittableRandom(seed + i);
            threads.add(Thread.ofPlatform().name("foreign-" + i).daemon().start(() -> meddle(random)));
        }
    }

    /** Lets one of the threads do something to a program. */
    void offer(World world) {
        if (world.beginForeign() && !work.offer(world)) {
            world.endForeign();
        }
    }

    /** {@return how much they have done} */
    long operations() {
        return operations.get();
    }

    private void meddle(SplittableRandom random) {
        try {
            while (true) {
                World world = work.take();
                try {
                    act(world, random);
                } catch (Throwable failure) {
                    world.fault("a foreign thread gets " + failure);
                } finally {
                    world.endForeign();
                }
                operations.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // close() wants it to end
        }
    }

    private static void act(World world, SplittableRandom random) {
        int slot = random.nextInt(world.slots.size());
        int body = random.nextInt(world.program.bodies().size());
        Coroutine<Object> coroutine = world.coroutines.get(body);
        int dice = random.nextInt(100);
        if (dice < 30) {
            world.settle(slot, Action.Fate.VALUE, Boom.Kind.UNCHECKED);
        } else if (dice < 45) {
            world.settle(slot, Action.Fate.FAILURE, Boom.Kind.values()[dice % 3]);
        } else if (dice < 52) {
            world.settle(slot, Action.Fate.CANCEL, Boom.Kind.UNCHECKED);
        } else if (dice < 65 && coroutine != null) {
            coroutine.cancel("from outside");
        } else if (dice < 78) {
            Thread thread = world.threads.get(body);
            if (thread != null) {
                thread.interrupt();
            }
        } else if (dice < 90 && coroutine != null) {
            coroutine.pause();
            world.settle(slot, Action.Fate.VALUE, Boom.Kind.UNCHECKED);
            coroutine.unpause();
        } else if (dice < 94) {
            submitTwo(world);
        } else if (world.slots.get(slot) instanceof Deferred<Object> future) {
            future.pause();
            world.settle(slot, dice % 2 == 0 ? Action.Fate.VALUE : Action.Fate.FAILURE, Boom.Kind.CHECKED);
            future.unpause();
        }
    }

    /** What one thread submits is run in the order of its submissions. */
    private static void submitTwo(World world) {
        boolean[] first = new boolean[1];
        try {
            world.loop.execute(() -> first[0] = true);
            world.loop.execute(() -> {
                if (!first[0]) {
                    world.fault("what a foreign thread submits is run in another order");
                }
            });
        } catch (RejectedExecutionException e) {
            // it is closing, and takes no more
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        for (Thread each : threads) {
            try {
                each.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
