package dev.baton.legacy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a callback was called with, if it was not called with exactly one argument or none. Java has no named arguments:
 * a caller who needs some passes an {@code Arguments} as the only argument, and that is what arrives.
 *
 * <p>Source: tornado.gen.Arguments (row U-22).
 *
 * @param args the arguments; copied
 * @param kwargs the named arguments; copied
 */
public record Arguments(List<@Nullable Object> args, Map<String, @Nullable Object> kwargs) {

    /** Copies both; List.copyOf would refuse a null. */
    public Arguments {
        args = Collections.unmodifiableList(new ArrayList<>(args));
        kwargs = Collections.unmodifiableMap(new LinkedHashMap<>(kwargs));
    }

    /** {@return what a coroutine gets that waits for a call with these arguments} */
    static @Nullable Object result(@Nullable Object @Nullable ... args) {
        if (args == null || args.length == 0) { // a null array is how javac understands call(null)
            return null;
        }
        return args.length == 1 ? args[0] : new Arguments(Arrays.asList(args), Map.of());
    }
}
