package dev.baton.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Takes away from a program that fails what it can fail without, one action at a time. */
final class Shrinker {
    private final Predicate<Program> fails;

    Shrinker(Predicate<Program> fails) {
        this.fails = fails;
    }

    Program shrink(Program program) {
        Program smallest = program;
        for (boolean smaller = true; smaller; ) {
            smaller = false;
            for (int body = smallest.bodies().size() - 1; body >= 0; body--) {
                for (int at = smallest.bodies().get(body).size() - 1; at >= 0; at--) {
                    Program candidate = smaller(smallest, body, at);
                    if (candidate != null) {
                        smallest = candidate;
                        smaller = true;
                    }
                }
            }
        }
        return smallest;
    }

    /** {@return the program without an action, or with the insides of that action in its place; null if these do not fail} */
    private Program smaller(Program program, int body, int at) {
        Action action = program.bodies().get(body).get(at);
        List<List<Action>> substitutes = new ArrayList<>(List.of(List.of()));
        switch (action) {
            case Action.Try all -> {
                substitutes.add(all.body());
                substitutes.add(List.of(new Action.Try(all.body(), all.caught(), List.of())));
                for (int i = 0; i < all.body().size(); i++) {
                    substitutes.add(List.of(new Action.Try(without(all.body(), i), all.caught(), all.last())));
                }
                for (int i = 0; i < all.last().size(); i++) {
                    substitutes.add(List.of(new Action.Try(all.body(), all.caught(), without(all.last(), i))));
                }
            }
            case Action.TailCall tail -> {
                substitutes.add(tail.next());
                for (int i = 0; i < tail.next().size(); i++) {
                    substitutes.add(List.of(new Action.TailCall(without(tail.next(), i))));
                }
            }
            default -> {}
        }
        for (List<Action> substitute : substitutes) {
            Program candidate = replace(program, body, at, substitute);
            if (!candidate.bodies().equals(program.bodies()) && fails.test(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    private static Program replace(Program program, int body, int at, List<Action> substitute) {
        List<List<Action>> bodies = new ArrayList<>(program.bodies());
        List<Action> actions = new ArrayList<>(bodies.get(body));
        actions.remove(at);
        actions.addAll(at, substitute);
        bodies.set(body, actions);
        return program.withBodies(bodies);
    }

    private static List<Action> without(List<Action> actions, int at) {
        List<Action> rest = new ArrayList<>(actions);
        rest.remove(at);
        return rest;
    }
}
