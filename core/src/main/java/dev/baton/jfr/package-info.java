/**
 * Events of a loop for JDK Flight Recorder. This package needs the module {@code jdk.jfr}, which is an optional dependency
 * of this module; nothing else refers to it.
 */
@NullMarked
package dev.baton.jfr;

import org.jspecify.annotations.NullMarked;
