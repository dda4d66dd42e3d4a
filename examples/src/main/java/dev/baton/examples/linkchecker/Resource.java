package dev.baton.examples.linkchecker;

import java.net.MalformedURLException;
import java.net.URI;

/** What was found at an address. */
sealed interface Resource
        permits Page, Resource.File, Resource.Redirect, Resource.Broken, Resource.Elsewhere, Resource.Excluded {

    /** Something that is there, but was not read for links. */
    record File() implements Resource {}

    /** The server sends its visitors on to another address. */
    record Redirect(int status, URI target) implements Resource {}

    /** Nothing usable, and why. */
    record Broken(String problem) implements Resource {}

    /** An address on another site that nobody asked to check. */
    record Elsewhere() implements Resource {}

    /** An address that the user left out. */
    record Excluded() implements Resource {}

    /** {@return what an answer says without its body being read} */
    static Resource of(URI url, Answer answer) {
        if (answer.isSuccess()) {
            return new File();
        }
        if (!answer.isRedirect()) {
            return new Broken(answer.statusLine());
        }
        String location = Urls.clean(answer.header("Location"));
        if (location.isEmpty()) {
            return new Broken("a redirect (" + answer.status() + ") that does not say where to");
        }
        try {
            return new Redirect(answer.status(), Urls.resolve(url, Urls.withoutFragment(location)));
        } catch (MalformedURLException e) {
            return new Broken("redirects to \"" + location + "\", which is not a valid URL: " + e.getMessage());
        }
    }
}
