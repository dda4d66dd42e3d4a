/** Time that tests move: the clock is replaced, the loop is the real one. */
@NullMarked
package dev.baton.loop.testing;

import org.jspecify.annotations.NullMarked;
