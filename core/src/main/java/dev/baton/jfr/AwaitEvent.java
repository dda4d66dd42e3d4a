package dev.baton.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One await that had to wait. */
@Name("dev.baton.Await")
@Label("Await")
@Description("A coroutine waited for something; the thread of the event is that of whoever ran before it went on")
@Category("Baton")
@Enabled(false)
@StackTrace(false)
final class AwaitEvent extends Event {
    @Label("Loop")
    String loop = "";

    @Label("Coroutine")
    String coroutine = "";

    @Label("Coroutine Id")
    long coroutineId;

    @Label("Awaited")
    String awaited = "";
}
