/** Programs that show the library at work. */
@NullMarked
package dev.baton.examples;

import org.jspecify.annotations.NullMarked;
