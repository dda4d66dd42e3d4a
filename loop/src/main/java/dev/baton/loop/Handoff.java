package dev.baton.loop;

import java.util.Locale;

/** How the baton of a loop changes hands. The order of events is the same in each. */
public enum Handoff {
    /**
     * The fastest one that this JDK allows; or the one that the system property {@code baton.handoff} names, so that a
     * program can be tried on each without a change.
     */
    AUTO,

    /**
     * A suspending fiber wakes the next one itself. Needs nothing but public API.
     *
     * <p>A fiber that waits where it cannot be unmounted, in a native method, a class initializer or (before JDK 24) a
     * {@code synchronized} block, keeps a carrier of the JVM's virtual threads for as long. The JDK tells that to nothing
     * before the fiber waits. As many such fibers as there are carriers, which are as many as cores, stop every virtual
     * thread of the JVM, of this loop and of others. Then the watchdog, a thread of the operating system, names them, and
     * one after the other gets an {@link IllegalStateException} where it waits, until there is a carrier to go on with.
     * A loop without a watchdog ({@link LoopOptions#withSlowStepThreshold}) stands still for good.
     */
    PORTABLE,

    /**
     * The thread that drives the loop carries its fibers, which takes the JVM's option
     * {@code --add-opens java.base/java.lang=ALL-UNNAMED} ({@code =dev.baton.loop} on the module path) and a JDK that has
     * what it opens; a loop that asks for it elsewhere is refused. A fiber that waits where it cannot be unmounted, in a
     * native method or (before JDK 24) in a {@code synchronized} block, gets an {@link IllegalStateException} there. A loop
     * with a thread of its own has two more, which only sleep: they keep other loops' threads out of its cache line.
     */
    CARRIER;

    Relay open(EventLoop loop) {
        return switch (this) {
            case AUTO -> preferred().open(loop);
            case PORTABLE -> new DirectRelay();
            case CARRIER -> {
                String obstacle = VirtualThreads.obstacle();
                if (obstacle != null) {
                    throw new UnsupportedOperationException(
                            "Handoff.CARRIER cannot be had here: " + obstacle + "; or use Handoff.AUTO");
                }
                yield new CarrierRelay(loop);
            }
        };
    }

    private static Handoff preferred() {
        String wish = System.getProperty("baton.handoff", "auto").toUpperCase(Locale.ROOT);
        return switch (wish) {
            case "AUTO" -> Fastest.HANDOFF;
            case "PORTABLE" -> PORTABLE;
            case "CARRIER" -> CARRIER;
            default ->
                throw new IllegalArgumentException(
                        "system property baton.handoff is " + wish + "; it can be auto, portable or carrier");
        };
    }

    /** Found out, and said, once. */
    private static final class Fastest {
        static final Handoff HANDOFF = find();

        private static Handoff find() {
            String obstacle = VirtualThreads.obstacle();
            if (obstacle == null) {
                return CARRIER;
            }
            Reporter.write(System.Logger.Level.DEBUG, "the hand-over is PORTABLE; for CARRIER, " + obstacle, null);
            return PORTABLE;
        }
    }
}
