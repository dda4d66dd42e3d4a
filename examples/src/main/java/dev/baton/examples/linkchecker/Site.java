package dev.baton.examples.linkchecker;

import java.net.URI;
import java.util.HashSet;
import java.util.Set;

/** The hosts of the start pages: what lies on them is read and followed. */
final class Site {
    private final Set<String> hosts = new HashSet<>();
    private final Set<URI> entrances = new HashSet<>();

    void addEntrance(URI url) {
        entrances.add(url);
        hosts.add(Urls.host(url));
    }

    /** Takes note of a redirect. The site is where its entrance leads: often from example.org to www.example.org. */
    void addRedirect(URI from, URI to) {
        if (entrances.contains(from)) {
            addEntrance(to);
        }
    }

    boolean contains(URI url) {
        return hosts.contains(Urls.host(url));
    }
}
