package dev.baton.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** One hold of the baton. */
@Name("dev.baton.Step")
@Label("Step")
@Description("One hold of a loop's baton, by a coroutine or a callback")
@Category("Baton")
@Enabled(false)
@Threshold("10 ms")
@StackTrace(false)
final class StepEvent extends Event {
    @Label("Loop")
    String loop = "";

    @Label("Holder")
    String holder = "";
}
