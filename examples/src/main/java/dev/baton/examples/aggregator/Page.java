package dev.baton.examples.aggregator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A page about a product: a part from each service, in a fixed order. */
record Page(String product, List<Part> parts) {

    /** Where a part comes from. */
    enum Origin {
        /** From the service, on time. */
        FRESH,
        /** From an earlier page, because the service did not answer. */
        CACHE,
        /** There is none. */
        NONE
    }

    /** One part; {@code text} is null if there is none, {@code problem} if the service answered. */
    record Part(
            String upstream,
            Origin origin,
            @Nullable String text,
            @Nullable String problem) {}

    boolean isComplete() {
        return parts.stream().allMatch(part -> part.origin() == Origin.FRESH);
    }

    /** {@return the page as maps, ready to be written as JSON} */
    Map<String, Object> toJson() {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("product", product);
        for (Part part : parts) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("origin", part.origin().name().toLowerCase(Locale.ROOT));
            if (part.text() != null) {
                fields.put("text", part.text());
            }
            if (part.problem() != null) {
                fields.put("problem", part.problem());
            }
            page.put(part.upstream(), fields);
        }
        return page;
    }
}
