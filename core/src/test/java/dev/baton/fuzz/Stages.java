package dev.baton.fuzz;

import dev.baton.Coroutine;
import dev.baton.future.Deferred;
import dev.baton.future.Futures;
import dev.baton.future.WaitIterator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Makes the stages that sources describe, and notes who asks for what. */
final class Stages {
    private final World world;

    Stages(World world) {
        this.world = world;
    }

    CompletableFuture<Object> of(Source source) {
        return world.hold(
                switch (source) {
                    case Source.Slot slot -> world.slots.get(slot.number());
                    case Source.Child child -> child(child.body());
                    case Source.Combined combined -> combined(combined);
                    case Source.Bounded bounded -> bounded(bounded);
                    case Source.Until until -> until(until);
                    case Source.Completed completed -> completed(completed);
                    case Source.Next next ->
                        any(WaitIterator.of(distinct(inputs(next.parts(), false)))
                                .next());
                    case Source.Shielded shielded -> shielded(of(shielded.part()));
                    case Source.Dependent dependent ->
                        input(dependent.part(), false).thenApply(value -> value);
                    case Source.After after -> any(Futures.after(world.time(after.millis()), world.number()));
                    case Source.FromCallback from -> Futures.fromCallback(callback -> call(callback, from.calls()));
                    case Source.Blocking blocking -> blocking(blocking.fails());
                });
    }

    /** {@return the stages of the sources, each of which is asked for its outcome} */
    List<CompletableFuture<Object>> inputs(List<Source> sources, boolean reportsSurplus) {
        List<CompletableFuture<Object>> inputs = new ArrayList<>();
        sources.forEach(each -> inputs.add(input(each, reportsSurplus)));
        return inputs;
    }

    private CompletableFuture<Object> input(Source source, boolean reportsSurplus) {
        CompletableFuture<Object> input = of(source);
        world.ask(input, World.Asked.YES);
        if (reportsSurplus) {
            world.surplus.add(input);
        }
        return input;
    }

    private CompletableFuture<Object> child(int body) {
        Coroutine<Object> coroutine = world.coroutines.get(body);
        return coroutine != null ? coroutine : CompletableFuture.completedFuture("absent");
    }

    private CompletableFuture<Object> combined(Source.Combined combined) {
        List<CompletableFuture<Object>> parts = inputs(combined.parts(), false);
        return switch (combined.combinator()) {
            case MULTI -> reportsFurther(any(Futures.multi(parts)), parts);
            case MULTI_MAP -> reportsFurther(any(Futures.multi(byNumber(parts))), parts);
            case GATHER -> any(Futures.gather(parts));
            case OUTCOMES -> any(Futures.gatherOutcomes(parts));
            case YIELDABLES -> reportsFurther(any(Futures.multi((Iterable<?>) parts)), parts);
        };
    }

    private CompletableFuture<Object> reportsFurther(
            CompletableFuture<Object> result, List<CompletableFuture<Object>> parts) {
        world.multis.put(result, distinct(parts));
        return result;
    }

    static <T> Map<Integer, CompletableFuture<T>> byNumber(List<CompletableFuture<T>> parts) {
        Map<Integer, CompletableFuture<T>> map = new LinkedHashMap<>();
        for (CompletableFuture<T> part : parts) {
            map.put(map.size(), part);
        }
        return map;
    }

    private CompletableFuture<Object> bounded(Source.Bounded bounded) {
        Duration limit = world.time(bounded.millis());
        CompletableFuture<Object> part = input(bounded.part(), bounded.bound() == Source.Bound.WITH_TIMEOUT);
        Source.Bound bound = bounded.bound();
        if (bound == Source.Bound.WITH_TIMEOUT) {
            return Futures.withTimeout(limit, part);
        }
        if (bound == Source.Bound.WAIT_FOR || !(part instanceof Deferred<Object> deferred)) {
            return Futures.waitFor(limit, part);
        }
        return bound == Source.Bound.ADD_TIMEOUT
                ? deferred.addTimeout(limit)
                : deferred.addTimeout(limit, (value, failure) -> "late");
    }

    private CompletableFuture<Object> until(Source.Until until) {
        List<CompletableFuture<Object>> parts = inputs(until.parts(), false);
        return any(
                until.millis() < 0
                        ? Futures.waitUntil(parts, until.when())
                        : Futures.waitUntil(parts, until.when(), world.time(until.millis())));
    }

    private CompletableFuture<Object> completed(Source.Completed completed) {
        List<CompletableFuture<Object>> all = asCompleted(inputs(completed.parts(), true), completed.millis());
        return all.get(completed.position() % all.size());
    }

    List<CompletableFuture<Object>> asCompleted(List<CompletableFuture<Object>> parts, int millis) {
        Iterable<Deferred<Object>> futures =
                millis < 0 ? Futures.asCompleted(parts) : Futures.asCompleted(parts, world.time(millis));
        world.boundsOfCompleted += millis < 0 ? 0 : 1;
        List<CompletableFuture<Object>> all = new ArrayList<>();
        futures.forEach(each -> all.add(world.hold(each)));
        if (millis >= 0 && !world.exact && !Known.EXPIRIES_RACE) {
            all.forEach(each -> world.ask(each, World.Asked.PERHAPS));
        }
        return all;
    }

    /** A shield takes the failure over only if it is still there when that comes. */
    private CompletableFuture<Object> shielded(CompletableFuture<Object> part) {
        world.ask(part, World.Asked.PERHAPS);
        return Futures.shield(part);
    }

    private void call(java.util.function.Consumer<? super Object> callback, Source.Calls calls) {
        int value = world.number();
        switch (calls) {
            case AT_ONCE -> callback.accept(value);
            case IN_A_CALLBACK -> world.order.execute(() -> callback.accept(value));
            case IN_A_TIMER -> world.timers.add(world.order.schedule(world.time(3), () -> callback.accept(value)));
            case NEVER -> {}
            case AND_THROWS -> throw Boom.<RuntimeException>sneaky(world.boom(Boom.Kind.CHECKED));
        }
    }

    private CompletableFuture<Object> blocking(boolean fails) {
        int value = world.number();
        return Futures.blocking(() -> {
            Thread.onSpinWait();
            if (fails) {
                throw Boom.<RuntimeException>sneaky(world.boom(Boom.Kind.UNCHECKED));
            }
            return value;
        });
    }

    static List<CompletableFuture<Object>> distinct(List<CompletableFuture<Object>> parts) {
        List<CompletableFuture<Object>> distinct = new ArrayList<>();
        parts.stream()
                .filter(part -> distinct.stream().noneMatch(other -> other == part))
                .forEach(distinct::add);
        return distinct;
    }

    @SuppressWarnings("unchecked") // values are only looked at
    static CompletableFuture<Object> any(CompletionStage<?> stage) {
        return (CompletableFuture<Object>) stage;
    }
}
