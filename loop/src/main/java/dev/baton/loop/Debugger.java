package dev.baton.loop;

import java.util.List;

/** Whether this JVM was started so that a debugger can stop its threads one by one. Asked only if the options ask. */
final class Debugger {
    private static final boolean THERE = look();

    private Debugger() {}

    static boolean isThere() {
        return THERE;
    }

    /** Through reflection: this module needs java.base alone, and the answer is no where java.management is missing. */
    private static boolean look() {
        try {
            Object runtime = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getRuntimeMXBean")
                    .invoke(null);
            Object arguments = Class.forName("java.lang.management.RuntimeMXBean")
                    .getMethod("getInputArguments")
                    .invoke(runtime);
            return arguments instanceof List<?> options && isAmong(options);
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    static boolean isAmong(List<?> options) {
        return options.stream().map(String::valueOf).anyMatch(option -> option.contains("jdwp"));
    }
}
