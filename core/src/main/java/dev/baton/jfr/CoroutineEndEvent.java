package dev.baton.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The end of a coroutine. */
@Name("dev.baton.CoroutineEnd")
@Label("Coroutine End")
@Description("A coroutine has ended")
@Category("Baton")
@Enabled(false)
@StackTrace(false)
final class CoroutineEndEvent extends Event {
    @Label("Loop")
    String loop = "";

    @Label("Coroutine")
    String coroutine = "";

    @Label("Coroutine Id")
    long coroutineId;

    @Label("Outcome")
    String outcome = "";

    @Label("Lifetime")
    @Timespan(Timespan.NANOSECONDS)
    long lifetime;
}
