package dev.baton.fuzz;

import java.util.List;

/**
 * What a run does: futures, and bodies of coroutines. Body 0 is that of the first coroutine; each of the others is started
 * at most once.
 *
 * @param seed what it was made from
 * @param slots the futures
 * @param bodies the bodies
 * @param sweeps whether a timer completes and unpauses everything in the end; without it a program may get stuck
 * @param waitsForAll whether the first coroutine waits for the others; if not, the loop is closed while they live
 * @param pauses whether an action may pause something; then a wait may take longer
 * @param blocksFirst whether the first coroutine starts with blocking work, while nothing else is there
 */
record Program(
        long seed,
        List<Slot> slots,
        List<List<Action>> bodies,
        boolean sweeps,
        boolean waitsForAll,
        boolean pauses,
        boolean blocksFirst) {

    /** What kind of future. */
    enum Kind {
        DEFERRED,
        PLAIN,
        CANCEL_GIVES_VALUE,
        CANCEL_FAILS,
        CANCEL_DOES_NOTHING
    }

    /** A future, and what becomes of it without a body; at once if {@code millis} is 0, never if it is negative. */
    record Slot(Kind kind, Action.Fate fate, int millis) {}

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("program ").append(seed).append("L\n");
        text.append(sweeps ? "  a timer ends all futures and pauses\n" : "");
        text.append(waitsForAll ? "  the first coroutine waits for all others\n" : "");
        text.append(blocksFirst ? "  the first coroutine blocks first\n" : "");
        for (int i = 0; i < slots.size(); i++) {
            text.append("  future ").append(i).append(' ').append(slots.get(i)).append('\n');
        }
        for (int i = 0; i < bodies.size(); i++) {
            if (i == 0 || !bodies.get(i).isEmpty()) {
                text.append("  body ").append(i).append('\n');
                write(text, "    ", bodies.get(i));
            }
        }
        return text.toString();
    }

    private static void write(StringBuilder text, String indent, List<Action> actions) {
        for (Action action : actions) {
            text.append(indent);
            switch (action) {
                case Action.Try all -> {
                    text.append("Try\n");
                    write(text, indent + "  ", all.body());
                    text.append(indent).append("catch ").append(all.caught()).append(", finally\n");
                    write(text, indent + "  ", all.last());
                }
                case Action.TailCall tail -> {
                    text.append("TailCall\n");
                    write(text, indent + "  ", tail.next());
                }
                default -> text.append(action).append('\n');
            }
        }
    }

    Program withBodies(List<List<Action>> others) {
        return new Program(seed, slots, others, sweeps, waitsForAll, pauses, blocksFirst);
    }
}
