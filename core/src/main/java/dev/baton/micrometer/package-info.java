/**
 * Metrics of a loop and its coroutines, for Micrometer. This package needs {@code micrometer-core}, which is an optional
 * dependency of this module; nothing else refers to it.
 */
@NullMarked
package dev.baton.micrometer;

import org.jspecify.annotations.NullMarked;
