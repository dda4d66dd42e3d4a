package dev.baton.benchmarks;

import dev.baton.Coroutines;
import dev.baton.future.Deferred;
import io.vertx.core.Promise;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Suspends so many coroutines of one peer at once, prints the bytes of heap that each of them takes, and lets them
 * end. All wait for one future, so that no future of their own counts; a bare virtual thread is parked. Arguments:
 * the peer, how many.
 */
public final class Memory {
    private final int count;
    private final AtomicInteger ended = new AtomicInteger();

    private Memory(int count) {
        this.count = count;
    }

    public static void main(String[] args) throws InterruptedException {
        int count = Integer.parseInt(args[1]);
        new Memory(count / 20).of(args[0]); // a rehearsal: the frames of compiled methods are smaller
        System.out.println(new Memory(count).of(args[0]));
        System.exit(0);
    }

    private long of(String peer) throws InterruptedException {
        return switch (peer) {
            case "batonPortable" -> baton(new BatonPeer.Portable());
            case "batonCarrier" -> baton(new BatonPeer.Carrier());
            case "vertx" -> vertx(new VertxPeer());
            case "kotlinDispatcher" -> kotlin(new KotlinDispatcher());
            case "kotlinRunBlocking" -> kotlin(new KotlinRunBlocking());
            case "byHand" -> parked();
            case "continuation" -> continuations();
            default -> throw new IllegalArgumentException(peer);
        };
    }

    private long baton(BatonPeer peer) throws InterruptedException {
        Deferred<Integer> gate = new Deferred<>();
        return measure(
                () -> peer.run(() -> {
                    for (int i = 0; i < count; i++) {
                        Coroutines.spawn(() -> {
                            Coroutines.await(gate);
                            ended.getAndIncrement();
                        });
                    }
                }),
                () -> gate.complete(1));
    }

    private long vertx(VertxPeer peer) throws InterruptedException {
        Promise<Integer> gate = Promise.promise();
        return measure(
                () -> {
                    for (int i = 0; i < count; i++) {
                        peer.context.runOnContext(nothing -> {
                            gate.future().await();
                            ended.getAndIncrement();
                        });
                    }
                    peer.run(() -> {}); // its turn comes when all the others have had theirs
                },
                () -> gate.complete(1));
    }

    private long kotlin(KotlinPeer peer) throws InterruptedException {
        CountDownLatch suspended = new CountDownLatch(1);
        KotlinGate gate = new KotlinGate();
        return measure(
                () -> {
                    peer.suspendAll(count, gate, ended, suspended);
                    await(suspended);
                },
                gate::open);
    }

    private long parked() throws InterruptedException {
        Thread[] all = new Thread[count];
        return measure(
                () -> {
                    for (int i = 0; i < count; i++) {
                        all[i] = Thread.startVirtualThread(() -> {
                            LockSupport.park();
                            ended.getAndIncrement();
                        });
                    }
                    for (Thread thread : all) {
                        while (thread.getState() != Thread.State.WAITING) {
                            Thread.onSpinWait();
                        }
                    }
                },
                () -> {
                    for (Thread thread : all) {
                        LockSupport.unpark(thread);
                    }
                });
    }

    private long continuations() throws InterruptedException {
        RawContinuation[] all = new RawContinuation[count];
        return measure(
                () -> {
                    for (int i = 0; i < count; i++) {
                        all[i] = new RawContinuation(() -> {
                            RawContinuation.suspend();
                            ended.getAndIncrement();
                        });
                        all[i].run();
                    }
                },
                () -> {
                    for (RawContinuation continuation : all) {
                        continuation.run();
                    }
                });
    }

    private long measure(Runnable suspendAll, Runnable resumeAll) throws InterruptedException {
        long before = usedHeap();
        suspendAll.run();
        long bytes = Math.round((usedHeap() - before) / (double) count);
        resumeAll.run();
        while (ended.get() < count) {
            Thread.sleep(10);
        }
        return bytes;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long usedHeap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(200);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
