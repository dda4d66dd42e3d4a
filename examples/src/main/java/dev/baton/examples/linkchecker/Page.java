package dev.baton.examples.linkchecker;

import java.util.Set;

/**
 * A page that is there.
 *
 * @param anchors every {@code id} on it, and every {@code name} of an {@code <a>}
 */
record Page(Set<String> anchors) implements Resource {

    /** {@return whether the page has the place that the link asks for} */
    boolean hasAnchorOf(Link link) {
        return !link.hasAnchor() || anchors.contains(link.anchor()) || anchors.contains(link.decodedAnchor());
    }
}
