package dev.baton.examples.linkchecker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "30s, PT30S", "2m, PT2M", "1h, PT1H", "' 10S ', PT10S"})
    void durationsAreReadAsPeopleWriteThem(String text, Duration expected) {
        assertEquals(expected, new Durations().convert(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "s", "-1s", "1.5s", "1d", "99999999999s", "1m30s"})
    void otherDurationsAreExplained(String text) {
        var e = assertThrows(TypeConversionException.class, () -> new Durations().convert(text));
        assertEquals("'" + text + "' is not a duration; write 500ms, 30s, 2m or 1h", e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0ms",
        "999, 999ms",
        "1000, 1s",
        "3449, 3.4s",
        "59999, 60.0s",
        "60000, 1m",
        "90500, 1m 30s",
        "7200000, 2h"
    })
    void durationsArePrintedShort(long millis, String expected) {
        assertEquals(expected, Durations.format(Duration.ofMillis(millis)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "65536, 65536",
        "500KiB, 512000",
        "10MiB, 10485760",
        "10m, 10485760",
        "1 gb, 1073741824",
        "7b, 7"
    })
    void sizesAreReadAsPeopleWriteThem(String text, long expected) {
        assertEquals(expected, new ByteSizes().convert(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1", "1.5MiB", "1PiB"})
    void otherSizesAreExplained(String text) {
        var e = assertThrows(TypeConversionException.class, () -> new ByteSizes().convert(text));
        assertEquals("'" + text + "' is not a size; write 65536, 500KiB, 10MiB or 1GiB", e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 bytes",
        "1023, '1,023 bytes'",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "10485760, 10 MiB",
        "5368709120, 5 GiB"
    })
    void sizesArePrintedShort(long bytes, String expected) {
        assertEquals(expected, ByteSizes.format(bytes));
    }
}
