package dev.baton.loop;

import dev.baton.loop.Rescue.Party;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The baton goes to and fro between two threads that park: no turn is lost, and no two are at the same time. */
@JCStressTest
@Outcome(id = "6, 6", expect = Expect.ACCEPTABLE, desc = "three turns each, one after the other")
@Outcome(id = "-1, .*", expect = Expect.FORBIDDEN, desc = "one had the baton and slept on")
@Outcome(expect = Expect.FORBIDDEN, desc = "two turns at once, or one without the writes of the last")
@State
public class RelayStress {
    private static final int TURNS = 3;

    private final DirectRelay relay = new DirectRelay();
    private final Party first = new Party();
    private final Party second = new Party();
    private int turns; // plain: what the baton is there for

    @Actor
    public void first(II_Result result) {
        first.arrive();
        second.awaitArrival();
        Rescue.watch(first, second);
        for (int i = 0; i < TURNS && !isRescued(); i++) {
            turns++;
            relay.pass(first, second);
        }
        result.r1 = isRescued() ? -1 : turns;
        first.left = true;
    }

    @Actor
    public void second(II_Result result) {
        second.arrive();
        first.awaitArrival();
        while (!second.isGranted()) {
            LockSupport.park();
        }
        second.takeGrant();
        for (int i = 1; i < TURNS && !isRescued(); i++) {
            turns++;
            relay.pass(second, first);
        }
        result.r2 = ++turns;
        relay.leave(second, first);
        second.left = true;
    }

    private boolean isRescued() {
        return first.rescued || second.rescued;
    }
}
