package dev.baton.fuzz;

import dev.baton.future.ReturnWhen;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Makes a program of a seed. */
final class Generator {
    private final SplittableRandom random;
    private final boolean wallClock;
    private int bodyCount;
    private int slotCount;
    private boolean pauses;

    private Generator(long seed, boolean wallClock) {
        random = new SplittableRandom(seed);
        this.wallClock = wallClock;
    }

    static Program virtualTime(long seed) {
        return new Generator(seed, false).program(seed);
    }

    static Program wallClock(long seed) {
        return new Generator(seed, true).program(seed);
    }

    private Program program(long seed) {
        bodyCount = 5 + random.nextInt(chance(20) ? 26 : 8);
        slotCount = 2 + random.nextInt(6);
        pauses = chance(40);
        List<Program.Slot> slots = new ArrayList<>();
        for (int i = 0; i < slotCount; i++) {
            Program.Kind kind = chance(40) ? Program.Kind.DEFERRED : pick(Program.Kind.values());
            slots.add(new Program.Slot(kind, pick(Action.Fate.values()), chance(40) ? -1 : time()));
        }
        List<List<Action>> bodies = new ArrayList<>();
        for (int i = 0; i < bodyCount; i++) {
            bodies.add(body(i));
        }
        for (int i = 1; i < bodyCount; i++) { // each has a place where it is started, in the body of an older one
            List<Action> parent = bodies.get(random.nextInt(i));
            int room =
                    parent.isEmpty() || parent.getLast() instanceof Action.TailCall ? parent.size() : parent.size() + 1;
            Action.Start start = chance(60) ? Action.Start.AT_ONCE : pick(Action.Start.values());
            parent.add(random.nextInt(Math.max(1, room)), new Action.Spawn(i, start));
        }
        return new Program(seed, slots, bodies, !chance(4), chance(75), pauses, !wallClock && chance(5));
    }

    private List<Action> body(int self) {
        List<Action> actions = actions(self, 1 + random.nextInt(6), 2);
        if (chance(8)) {
            actions.add(new Action.TailCall(actions(self, 1 + random.nextInt(3), 1)));
        } else if (chance(8)) {
            actions.add(new Action.Throw(pick(Boom.Kind.values())));
        }
        return actions;
    }

    private List<Action> actions(int self, int count, int depth) {
        List<Action> actions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            actions.add(action(self, depth));
        }
        return actions;
    }

    private Action action(int self, int depth) {
        int dice = random.nextInt(100);
        if (dice < 38) {
            return new Action.Await(source(2), how());
        }
        if (dice < 46) {
            return new Action.Moment();
        }
        if (dice < 54) {
            return new Action.Sleep(time() - 2);
        }
        if (dice < 64 && depth > 0) {
            return new Action.Try(
                    actions(self, 1 + random.nextInt(3), depth - 1),
                    pick(Action.Catch.values()),
                    actions(self, random.nextInt(3), 0));
        }
        if (dice < 67) {
            return new Action.ForEach(sources(1), chance(50));
        }
        if (dice < 70) {
            return new Action.Drop(source(2));
        }
        if (dice < 73) {
            return new Action.Execute(callback(self));
        }
        if (dice < 76) {
            return new Action.Schedule(time() - 2, callback(self));
        }
        if (dice < 79) {
            return new Action.WhenDone(source(1), callback(self));
        }
        if (dice < 80) {
            return new Action.CancelTimer();
        }
        if (dice < 82) {
            return chance(70) ? new Action.Throw(pick(Boom.Kind.values())) : new Action.Return();
        }
        return quickAction(self);
    }

    /** What a callback can do, too. */
    private Action quickAction(int self) {
        int dice = random.nextInt(pauses ? 100 : 60);
        if (dice < 25) {
            int target = chance(20) ? self : random.nextInt(bodyCount);
            return new Action.Cancel(target, chance(50) ? "" : "because of " + random.nextInt(100));
        }
        if (dice < 55) {
            return new Action.Settle(slot(), pick(Action.Fate.values()), pick(Boom.Kind.values()));
        }
        if (dice < 60) {
            return new Action.Uncancel(random.nextInt(bodyCount));
        }
        if (dice < 72) {
            return new Action.PauseBody(random.nextInt(bodyCount));
        }
        if (dice < 84) {
            return new Action.UnpauseBody(random.nextInt(bodyCount));
        }
        return dice < 92 ? new Action.PauseSlot(slot()) : new Action.UnpauseSlot(slot());
    }

    private List<Action> callback(int self) {
        List<Action> actions = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            actions.add(quickAction(self));
        }
        if (chance(12)) {
            actions.add(new Action.Throw(pick(Boom.Kind.values())));
        }
        return actions;
    }

    private Action.How how() {
        return chance(70) ? Action.How.AWAIT : pick(Action.How.values());
    }

    private Source source(int depth) {
        int dice = random.nextInt(depth == 0 ? 50 : wallClock ? 100 : 97);
        if (dice < 25) {
            return new Source.Slot(slot());
        }
        if (dice < 45) {
            return new Source.Child(random.nextInt(bodyCount));
        }
        if (dice < 50) {
            return chance(60) ? new Source.After(time() - 2) : new Source.FromCallback(pick(Source.Calls.values()));
        }
        if (dice < 68) {
            return new Source.Combined(pick(Source.Combinator.values()), sources(depth - 1));
        }
        if (dice < 80) {
            return new Source.Bounded(pick(Source.Bound.values()), time() - 1, source(depth - 1));
        }
        if (dice < 86) {
            return new Source.Until(pick(ReturnWhen.values()), sources(depth - 1), chance(50) ? -1 : time());
        }
        if (dice < 89) {
            List<Source> parts = sources(depth - 1);
            return new Source.Completed(parts, random.nextInt(parts.size()), chance(50) ? -1 : time());
        }
        if (dice < 92) {
            return new Source.Next(sources(depth - 1));
        }
        if (dice < 95) {
            return new Source.Shielded(source(depth - 1));
        }
        return dice < 97 ? new Source.Dependent(source(depth - 1)) : new Source.Blocking(chance(30));
    }

    private List<Source> sources(int depth) {
        List<Source> sources = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            sources.add(source(depth));
        }
        return sources;
    }

    private int slot() {
        return random.nextInt(slotCount);
    }

    /** Milliseconds: few different ones, so that many deadlines are the same. */
    private int time() {
        return random.nextInt(chance(70) ? 6 : 60);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T pick(T[] some) {
        return some[random.nextInt(some.length)];
    }
}
