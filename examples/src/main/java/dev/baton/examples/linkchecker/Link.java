package dev.baton.examples.linkchecker;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * Where a link leads.
 *
 * @param url the address, as {@link Urls} spells it
 * @param fragment what follows the {@code #}, as it stands on the page; empty for none
 */
record Link(URI url, String fragment) {
    /** {@return whether the link asks for a place on the page that has to be there} */
    boolean hasAnchor() {
        // Text fragments (#:~:text=) are the reader's own marks, and browsers know "top" on every page.
        return !anchor().isEmpty() && !fragment.equalsIgnoreCase("top");
    }

    /** {@return the fragment without a text fragment} */
    String anchor() {
        int directive = fragment.indexOf(":~:");
        return directive < 0 ? fragment : fragment.substring(0, directive);
    }

    /** {@return the anchor with its escapes resolved, or as it is where they are wrong} */
    String decodedAnchor() {
        String anchor = anchor();
        if (anchor.indexOf('%') < 0) {
            return anchor;
        }
        try {
            return URLDecoder.decode(anchor.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return anchor;
        }
    }

    /** {@return the link as the report shows it, given how that shows addresses} */
    String name(Function<URI, String> names) {
        return fragment.isEmpty() ? names.apply(url) : names.apply(url) + "#" + fragment;
    }
}
