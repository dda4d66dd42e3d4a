package dev.baton.examples.linkchecker;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** A request that brought no answer, or none that can be read. */
final class FetchException extends Exception {
    private static final long serialVersionUID = 1L;

    // What java.net.http says when a server hangs up: it has no exception types for it.
    private static final Pattern CLOSED_EARLY =
            Pattern.compile("EOF|received no bytes|bytes received|reset|closed|Broken pipe", Pattern.CASE_INSENSITIVE);

    private final boolean temporary;

    FetchException(String message, boolean temporary, Throwable cause) {
        super(message, cause);
        this.temporary = temporary;
    }

    /** Says what an error of the HTTP client means, in the words of somebody who has never heard of sockets. */
    static FetchException of(URI url, IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return new FetchException("no such host: " + url.getHost(), false, failure);
            }
            if (cause instanceof SSLException) {
                return new FetchException("no secure connection: " + cause.getMessage(), false, failure);
            }
            if (cause instanceof NoRouteToHostException) {
                return new FetchException("no route to " + url.getHost(), true, failure);
            }
            if (cause instanceof ProtocolException) {
                return new FetchException("not an HTTP answer: " + cause.getMessage(), false, failure);
            }
        }
        if (failure instanceof ConnectException) {
            return new FetchException("connection refused by " + url.getRawAuthority(), true, failure);
        }
        String message = String.valueOf(failure.getMessage());
        if (CLOSED_EARLY.matcher(message).find()) {
            return new FetchException("connection closed before the answer was complete", true, failure);
        }
        return new FetchException("request failed: " + message, true, failure);
    }

    /** {@return the line for the report} */
    String problem() {
        return String.valueOf(getMessage());
    }

    /** {@return whether another try may help} */
    boolean isTemporary() {
        return temporary;
    }
}
