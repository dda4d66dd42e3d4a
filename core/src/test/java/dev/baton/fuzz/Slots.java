package dev.baton.fuzz;

import dev.baton.future.Deferred;
import java.util.concurrent.CompletableFuture;

/** Makes the futures of a program, and sees to what becomes of them. */
final class Slots {
    private Slots() {}

    static void open(World world) {
        for (Program.Slot plan : world.program.slots()) {
            int slot = world.slots.size();
            world.slots.add(world.hold(create(world, plan.kind())));
            if (plan.millis() == 0) {
                world.settle(slot, plan.fate(), Boom.Kind.UNCHECKED);
            } else if (plan.millis() > 0) {
                world.timers.add(world.order.schedule(
                        world.time(plan.millis()), () -> world.settle(slot, plan.fate(), Boom.Kind.UNCHECKED)));
            }
        }
    }

    private static CompletableFuture<Object> create(World world, Program.Kind kind) {
        return switch (kind) {
            case DEFERRED -> new Deferred<>();
            case PLAIN -> new CompletableFuture<>();
            case CANCEL_GIVES_VALUE -> new Deferred<>(self -> self.complete(world.number()));
            case CANCEL_FAILS ->
                new Deferred<>(self -> {
                    throw Boom.<RuntimeException>sneaky(world.boom(Boom.Kind.CHECKED));
                });
            case CANCEL_DOES_NOTHING -> new Deferred<>(self -> {});
        };
    }
}
