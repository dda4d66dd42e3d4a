package dev.baton.future;

import dev.baton.loop.Lincheck;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The registry against a field under one lock: two converters for one type, that come and go. */
@Tag("trust")
class YieldConvertersLincheckTest {

    /** What the registry does, one after the other. */
    public static class Model {
        private int registered; // 0: none

        public boolean register(int number) {
            if (registered == 0) {
                registered = number;
            }
            return registered == number;
        }

        public void unregister(int number) {
            if (registered == number) {
                registered = 0;
            }
        }

        public int convert() {
            return registered;
        }
    }

    /** The registry of the JVM, with nothing for its type at first. */
    public static class Subject {
        private record Shape() {}

        private record Converter(int number) implements YieldConverter<Shape> {
            @Override
            public Class<Shape> type() {
                return Shape.class;
            }

            @Override
            public CompletionStage<?> convert(Shape shape) {
                return CompletableFuture.completedFuture(number);
            }
        }

        private static final List<Converter> CONVERTERS = List.of(new Converter(1), new Converter(2));

        public Subject() {
            CONVERTERS.forEach(YieldConverters::unregister);
        }

        @Operation
        public boolean register(@Param(gen = IntGen.class, conf = "1:2") int number) {
            try {
                YieldConverters.register(CONVERTERS.get(number - 1));
                return true;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        @Operation
        public void unregister(@Param(gen = IntGen.class, conf = "1:2") int number) {
            YieldConverters.unregister(CONVERTERS.get(number - 1));
        }

        @Operation
        public int convert() {
            CompletionStage<?> stage = YieldConverters.convert(new Shape());
            return stage == null ? 0 : (int) stage.toCompletableFuture().join();
        }
    }

    @Test
    void stress() {
        Lincheck.stress().sequentialSpecification(Model.class).check(Subject.class);
    }

    @Test
    void modelChecking() {
        Lincheck.modelChecking().sequentialSpecification(Model.class).check(Subject.class);
    }
}
