package dev.baton.future;

import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The {@link YieldConverter}s of this program. For an object the most specific type decides: its class, then its
 * superclasses, then its interfaces, nearest first; and one that was registered wins over one that was found. All methods
 * may be called from any thread.
 */
public final class YieldConverters {
    private static final Map<Class<?>, YieldConverter<?>> REGISTERED = new ConcurrentHashMap<>();

    private YieldConverters() {}

    /** Those of the ServiceLoader, found when first needed. */
    private static final class Found {
        static final Map<Class<?>, YieldConverter<?>> BY_TYPE = new ConcurrentHashMap<>();

        static {
            for (YieldConverter<?> converter : ServiceLoader.load(YieldConverter.class)) {
                add(BY_TYPE, converter);
            }
        }
    }

    /**
     * Adds a converter.
     *
     * @param converter the converter
     * @throws IllegalArgumentException if another one is registered for the same type
     */
    public static void register(YieldConverter<?> converter) {
        add(REGISTERED, converter);
    }

    /**
     * Takes a converter away again; does nothing if it was not registered.
     *
     * @param converter the converter
     */
    public static void unregister(YieldConverter<?> converter) {
        REGISTERED.remove(converter.type(), converter);
    }

    private static void add(Map<Class<?>, YieldConverter<?>> map, YieldConverter<?> converter) {
        YieldConverter<?> other = map.putIfAbsent(converter.type(), converter);
        if (other != null && other != converter) {
            throw new IllegalArgumentException("two converters for " + converter.type() + ": " + other + " and "
                    + converter + "; unregister the first one");
        }
    }

    /** {@return the object as a stage, or null if no converter knows its type} */
    static @Nullable CompletionStage<?> convert(Object value) {
        for (Class<?> type : typesOf(value.getClass())) {
            YieldConverter<?> converter = REGISTERED.get(type);
            if (converter == null) {
                converter = Found.BY_TYPE.get(type);
            }
            if (converter != null) {
                return apply(converter, value);
            }
        }
        return null;
    }

    private static <A> CompletionStage<?> apply(YieldConverter<A> converter, Object value) {
        return converter.convert(converter.type().cast(value));
    }

    /** Classes from the bottom to the top but Object, then interfaces, those of lower classes first, then Object. */
    private static Set<Class<?>> typesOf(Class<?> bottom) {
        Set<Class<?>> types = new LinkedHashSet<>();
        Queue<Class<?>> interfaces = new ArrayDeque<>();
        for (Class<?> type = bottom; type != null && type != Object.class; type = type.getSuperclass()) {
            types.add(type);
            interfaces.addAll(List.of(type.getInterfaces()));
        }
        for (Class<?> type = interfaces.poll(); type != null; type = interfaces.poll()) {
            types.add(type);
            interfaces.addAll(List.of(type.getInterfaces()));
        }
        types.add(Object.class);
        return types;
    }
}
