/**
 * The context of Micrometer's {@code context-propagation}, for coroutines. This package needs that library, which is an
 * optional dependency of this module; nothing else refers to it.
 */
@NullMarked
package dev.baton.context;

import org.jspecify.annotations.NullMarked;
