/**
 * A loop as an MBean, for JConsole and whatever else speaks JMX. This package needs the module {@code java.management},
 * which is an optional dependency of this module; nothing else refers to it.
 */
@NullMarked
package dev.baton.management;

import org.jspecify.annotations.NullMarked;
