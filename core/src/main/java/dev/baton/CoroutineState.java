package dev.baton;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one coroutine was doing when a {@link CoroutineDump} was taken.
 *
 * @param id its number
 * @param name its name
 * @param status what it was doing
 * @param awaiting what it awaited, for people; null if it awaited nothing but its turn
 * @param awaits the numbers of the coroutines that it awaited, directly or through combinators
 * @param awaitedBy the numbers of the coroutines that awaited it, directly or through combinators
 * @param waiting how long it had been suspended, on the loop's clock; null if it was not, or if nobody has listened to the
 *     loop since then: metrics do, and so does any {@link dev.baton.loop.LoopListener}
 * @param stack where it was, newest call first, without the frames of the runtime
 * @param spawnedAt where it was made; empty unless {@link dev.baton.loop.LoopOptions#withSpawnSites()} asks for it
 */
public record CoroutineState(
        long id,
        String name,
        Coroutine.Status status,
        @Nullable String awaiting,
        List<Long> awaits,
        List<Long> awaitedBy,
        @Nullable Duration waiting,
        List<StackTraceElement> stack,
        List<StackTraceElement> spawnedAt) {

    /** {@return name and number} */
    String label() {
        return name.equals("coroutine-" + id) ? name : "\"" + name + "\" #" + id;
    }
}
