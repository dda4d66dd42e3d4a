package dev.baton.examples.txcoroutine;

import static dev.baton.Coroutines.run;
import static dev.baton.Coroutines.spawn;
import static dev.baton.Coroutines.tailCall;

import java.math.BigInteger;

/**
 * txcoroutine's "Tail call optimisation": ten thousand calls in the same coroutine, and each has left before the next
 * begins. It never waits, so the result is there when {@code spawn} returns. Prints how many bits 10,000! has:
 *
 * <pre>
 * 118459
 * </pre>
 */
public final class Factorial {
    private Factorial() {}

    public static void main(String[] args) {
        run(() -> {
            BigInteger factorial = spawn(() -> fact(10_000, BigInteger.ONE)).resultNow();
            System.out.println(factorial.bitLength());
        });
    }

    private static BigInteger fact(int n, BigInteger result) {
        if (n <= 1) {
            return result;
        }
        return tailCall(() -> fact(n - 1, result.multiply(BigInteger.valueOf(n))));
    }
}
