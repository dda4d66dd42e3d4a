package dev.baton.future;

import static dev.baton.Coroutines.await;
import static dev.baton.Coroutines.moment;
import static dev.baton.VirtualTime.iteration;
import static dev.baton.VirtualTime.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.baton.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class YieldConvertersTest {
    private final VirtualTime time = new VirtualTime();
    private final List<YieldConverter<?>> registered = new ArrayList<>();

    @AfterEach
    void takeAwayAndExpectNoReports() {
        registered.forEach(YieldConverters::unregister);
        time.assertNoReports();
    }

    interface Shape {}

    interface Round extends Shape {}

    static class Ellipse implements Round {}

    static class Circle extends Ellipse {}

    static class Dot extends Circle implements Comparable<Dot> {
        @Override
        public int compareTo(Dot other) {
            return 0;
        }
    }

    record Converter<A>(Class<A> type, String name) implements YieldConverter<A> {
        @Override
        public CompletionStage<?> convert(A value) {
            return CompletableFuture.completedFuture(name);
        }
    }

    private <A> YieldConverter<A> register(Class<A> type, String name) {
        YieldConverter<A> converter = new Converter<>(type, name);
        YieldConverters.register(converter);
        registered.add(converter);
        return converter;
    }

    private Object awaited(Object value) {
        return time.run(() -> await(value));
    }

    @Test
    @DisplayName("U-23 a registered type can be awaited, also inside a list or a map")
    void registeredTypeCanBeAwaited() {
        register(Ellipse.class, "ellipse");
        assertEquals("ellipse", awaited(new Ellipse()));
        assertEquals(List.of("ellipse"), awaited(List.of(new Ellipse())));
        assertEquals(Map.of("k", "ellipse"), awaited(Map.of("k", new Ellipse())));
    }

    @Test
    @DisplayName("U-23 the nearest class wins, then interfaces, then Object")
    void nearestClassWinsThenInterfacesThenObject() {
        YieldConverter<Object> any = register(Object.class, "object");
        assertEquals("object", awaited(new Dot()));
        register(Shape.class, "shape");
        assertEquals("shape", awaited(new Dot()));
        register(Round.class, "round");
        assertEquals("round", awaited(new Dot()), "the nearer interface");
        register(Ellipse.class, "ellipse");
        assertEquals("ellipse", awaited(new Dot()), "a class before every interface");
        register(Circle.class, "circle");
        assertEquals("circle", awaited(new Dot()));
        assertEquals("ellipse", awaited(new Ellipse()));
        register(Dot.class, "dot");
        assertEquals("dot", awaited(new Dot()));
        assertEquals("circle", awaited(new Circle()));
        YieldConverters.unregister(any);
        assertThrows(BadYieldException.class, () -> awaited(1));
    }

    @Test
    @DisplayName("U-23 a second converter for a type is refused; the same one may come again")
    void secondConverterForATypeIsRefused() {
        YieldConverter<Circle> first = register(Circle.class, "first");
        YieldConverters.register(first);
        YieldConverter<Circle> second = new Converter<>(Circle.class, "second");
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> YieldConverters.register(second));
        assertTrue(e.getMessage().contains("first") && e.getMessage().contains("second"), e.getMessage());
        YieldConverters.unregister(second);
        assertEquals("first", awaited(new Circle()), "that one was never registered");
        YieldConverters.unregister(first);
        YieldConverters.register(second);
        registered.add(second);
        assertEquals("second", awaited(new Circle()));
    }

    /** Named in META-INF/services. */
    public static final class FoundByTheServiceLoader implements YieldConverter<StringBuilder> {
        @Override
        public Class<StringBuilder> type() {
            return StringBuilder.class;
        }

        @Override
        public CompletionStage<?> convert(StringBuilder value) {
            return Futures.after(ms(1), value.toString());
        }
    }

    @Test
    @DisplayName("U-23 a converter is found by the ServiceLoader; a registered one wins over it")
    void converterIsFoundByTheServiceLoader() {
        assertEquals("text", awaited(new StringBuilder("text")));
        YieldConverter<StringBuilder> own = register(StringBuilder.class, "registered");
        assertEquals("registered", awaited(new StringBuilder("text")));
        YieldConverters.unregister(own);
        assertEquals("text", awaited(new StringBuilder("text")));
    }

    @Test
    @DisplayName("U-23 a found converter for the class itself wins over a registered one for a supertype")
    void moreSpecificTypeWinsWhereverItCameFrom() {
        register(CharSequence.class, "sequence");
        assertEquals("text", awaited(new StringBuilder("text")));
        assertEquals("sequence", awaited(new StringBuffer("text")));
    }

    @Test
    @DisplayName("U-23 what a converter throws is thrown at the await")
    void whatAConverterThrowsIsThrownAtTheAwait() {
        IllegalStateException failure = new IllegalStateException("not today");
        YieldConverter<Circle> failing = new YieldConverter<>() {
            @Override
            public Class<Circle> type() {
                return Circle.class;
            }

            @Override
            public CompletionStage<?> convert(Circle value) {
                throw failure;
            }
        };
        YieldConverters.register(failing);
        registered.add(failing);
        assertSame(failure, assertThrows(IllegalStateException.class, () -> awaited(new Circle())));
    }

    // -------------------------------------------------------------------------------------------- convert and maybe

    @Test
    @DisplayName("A-47, U-23 convert: a future is itself, null is done in the next iteration, the rest is refused"
            + " (test_ensure_future_neither)")
    void convert() {
        time.run(() -> {
            CompletableFuture<String> plain = new CompletableFuture<>();
            Deferred<String> deferred = new Deferred<>();
            assertSame(plain, Futures.convert(plain));
            assertSame(deferred, Futures.convert(deferred));
            assertThrows(BadYieldException.class, () -> Futures.convert("text"));
            CompletableFuture<?> next = Futures.convert(null);
            assertFalse(next.isDone());
            moment();
            assertTrue(next.isDone());
            assertNull(await(next));
            assertEquals(1, iteration());
        });
    }

    @Test
    @DisplayName("U-24 maybe: a future is itself, everything else is the value of a done one, lists included")
    void maybe() {
        CompletableFuture<String> plain = new CompletableFuture<>();
        Deferred<String> deferred = new Deferred<>();
        assertSame(plain, Futures.maybe(plain));
        assertSame(deferred, Futures.maybe(deferred));
        List<Deferred<String>> list = List.of(deferred);
        assertSame(list, Futures.maybe(list).resultNow());
        assertNull(Futures.maybe(null).resultNow());
        assertEquals(1, Futures.maybe(1).resultNow());
    }
}
