/**
 * The examples of txcoroutine's documentation, with its output: a coroutine that is cancelled, three levels of
 * coroutines that are paused and cancelled together, and a recursion without a stack.
 */
@NullMarked
package dev.baton.examples.txcoroutine;

import org.jspecify.annotations.NullMarked;
