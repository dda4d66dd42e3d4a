package dev.baton.examples.linkchecker;

import java.util.Map;
import java.util.Set;

/**
 * The links that stand on a page. Apart from the {@link Page} itself, because a crawl forgets them when it has followed
 * them.
 *
 * @param links where they lead, each place once
 * @param malformed those that are no addresses, with the reason
 * @param count how many there are, the same one twice included, malformed ones too
 * @param skipped how many more are none of ours: {@code mailto:}, {@code javascript:}, {@code data:}, …
 */
record PageLinks(Set<Link> links, Map<String, String> malformed, int count, int skipped) {}
