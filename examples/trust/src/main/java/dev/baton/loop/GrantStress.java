package dev.baton.loop;

import dev.baton.loop.Rescue.Party;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The flag that is the baton: what the giver wrote before it, the taker sees after it; and it is seen at all. */
final class GrantStress {
    private GrantStress() {}

    @JCStressTest
    @Outcome(id = "0, 0, 0, 0", expect = Expect.ACCEPTABLE, desc = "the baton has not arrived")
    @Outcome(id = "1, 2, 3, 4", expect = Expect.ACCEPTABLE, desc = "the baton, and all that was written before it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the baton without what was written before it")
    @State
    public static class CarriesWhatWasWrittenBefore extends Party {
        int a;
        int b;
        int c;
        int d;

        @Actor
        public void giver() {
            a = 1;
            b = 2;
            c = 3;
            d = 4;
            grant();
        }

        @Actor
        public void taker(IIII_Result result) {
            if (isGranted()) {
                takeGrant();
                result.r1 = a;
                result.r2 = b;
                result.r3 = c;
                result.r4 = d;
            }
        }
    }

    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "not yet, or not yet both ways")
    @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "there and back again")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a write of the other turn is missing")
    @State
    public static class ComesBack {
        final Party first = new Party();
        final Party second = new Party();
        int plain;

        @Actor
        public void first(II_Result result) {
            plain = 1;
            second.grant();
            for (int i = 0; i < 100 && !first.isGranted(); i++) {
                Thread.onSpinWait();
            }
            if (first.isGranted()) {
                first.takeGrant();
                result.r2 = plain;
            }
        }

        @Actor
        public void second(II_Result result) {
            if (second.isGranted()) {
                second.takeGrant();
                result.r1 = plain;
                plain = 2;
                first.grant();
            }
        }
    }

    @JCStressTest(Mode.Termination)
    @Outcome(id = "TERMINATED", expect = Expect.ACCEPTABLE, desc = "it has seen that the baton is its")
    @Outcome(id = "STALE", expect = Expect.FORBIDDEN, desc = "it waits beside its baton for ever")
    @State
    public static class IsSeenByOneThatSpins extends Party {
        @Actor
        public void taker() {
            while (!isGranted()) {
                // as a relay would if each park came back at once
            }
        }

        @Signal
        public void giver() {
            grant();
        }
    }
}
