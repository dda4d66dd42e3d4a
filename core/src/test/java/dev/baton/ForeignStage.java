package dev.baton;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletionStage;

/** A stage that is nothing but a stage, and does not interoperate: toCompletableFuture throws, as it is allowed to. */
public final class ForeignStage {
    private ForeignStage() {}

    @SuppressWarnings("unchecked")
    public static <T> CompletionStage<T> of(CompletionStage<T> source) {
        return (CompletionStage<T>) Proxy.newProxyInstance(
                ForeignStage.class.getClassLoader(), new Class<?>[] {CompletionStage.class}, (proxy, method, args) -> {
                    if (method.getName().equals("toCompletableFuture")) {
                        throw new UnsupportedOperationException("a foreign stage");
                    }
                    if (method.getDeclaringClass() == Object.class) {
                        return ofObject(proxy, method.getName(), args);
                    }
                    try {
                        return method.invoke(source, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Object ofObject(Object proxy, String method, Object[] args) {
        return switch (method) {
            case "equals" -> proxy == args[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "a foreign stage";
        };
    }
}
