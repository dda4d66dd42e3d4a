package dev.baton.examples.linkchecker;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as people write them: {@code 65536}, {@code 500KiB}, {@code 10MiB}, {@code 1GiB}. The units are binary ones. */
final class ByteSizes implements ITypeConverter<Long> {
    private static final Pattern SYNTAX = Pattern.compile("(\\d{1,9})\\s*([kmg]?)(?:i?b)?");
    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB"};

    @Override
    public Long convert(String text) {
        Matcher matcher = SYNTAX.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a size; write 65536, 500KiB, 10MiB or 1GiB");
        }
        return Long.parseLong(matcher.group(1))
                << switch (matcher.group(2)) {
                    case "k" -> 10;
                    case "m" -> 20;
                    case "g" -> 30;
                    default -> 0;
                };
    }

    static String format(long bytes) {
        int unit = 0;
        double amount = bytes;
        while (amount >= 1_024 && unit < UNITS.length - 1) {
            amount /= 1_024;
            unit++;
        }
        boolean whole = amount == Math.rint(amount);
        return String.format(Locale.ROOT, whole ? "%,.0f %s" : "%,.1f %s", amount, UNITS[unit]);
    }
}
