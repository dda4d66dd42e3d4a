package dev.baton.examples.linkchecker;

import java.net.IDN;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives every http and https address one spelling, so that each is fetched once: no fragment, no user, no default port,
 * no dot segments, lower-case host, escapes only where they are needed. Reads sloppy addresses as browsers do.
 */
final class Urls {
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)");
    private static final Pattern HOST_AND_PORT = Pattern.compile("(.*?)(?::(\\d*))?");
    private static final String ALLOWED_PUNCTUATION = "-._~!$&'()*+,;=:@/?";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Urls() {}

    /** {@return the address that a user typed} It has to be absolute. */
    static URI parse(String text) throws MalformedURLException {
        String cleaned = clean(text);
        if (!isHttp(cleaned)) {
            throw new MalformedURLException("it does not start with http:// or https://");
        }
        return resolve(URI.create("http://localhost/"), withoutFragment(cleaned));
    }

    /**
     * {@return the absolute address that a reference on a page means}
     *
     * <p>By hand, because {@link URI#resolve} follows RFC 2396, where {@code ?q} and the empty reference lose the page's
     * name and {@code /../} may stay.
     *
     * @param base the page's address, as this class returns it
     * @param reference an http reference without its fragment, cleaned
     */
    static URI resolve(URI base, String reference) throws MalformedURLException {
        if (reference.isEmpty()) {
            return base;
        }
        Matcher absolute = SCHEME.matcher(reference);
        boolean hasScheme = absolute.matches();
        String scheme = hasScheme ? absolute.group(1).toLowerCase(Locale.ROOT) : base.getScheme();
        String rest = hasScheme ? absolute.group(2) : reference;
        if (rest.startsWith("//")) {
            int end = endOfAuthority(rest);
            return build(scheme, authority(scheme, rest.substring(2, end)), rest.substring(end));
        }
        if (hasScheme) {
            throw new MalformedURLException("no host");
        }
        String authority = base.getRawAuthority();
        if (rest.startsWith("/")) {
            return build(scheme, authority, rest);
        }
        String path = base.getRawPath();
        if (rest.startsWith("?")) {
            return build(scheme, authority, path + rest);
        }
        return build(scheme, authority, path.substring(0, path.lastIndexOf('/') + 1) + rest);
    }

    /** {@return the reference without the white space that browsers ignore: around it, and line breaks in it} */
    static String clean(String reference) {
        String stripped = reference.strip();
        boolean hasBreaks = stripped.indexOf('\n') >= 0 || stripped.indexOf('\r') >= 0 || stripped.indexOf('\t') >= 0;
        return hasBreaks ? stripped.replaceAll("[\\t\\n\\r]", "") : stripped;
    }

    static String withoutFragment(String reference) {
        int hash = reference.indexOf('#');
        return hash < 0 ? reference : reference.substring(0, hash);
    }

    /** {@return whether the reference leads to the web: an http or https address, or one without a scheme} */
    static boolean isWeb(String reference) {
        int colon = reference.indexOf(':');
        return colon < 0
                || isHttp(reference)
                || !SCHEME.matcher(withoutFragment(reference)).matches();
    }

    /** {@return the host of an address, with its port unless that is the default one of http or https. */
    static String host(URI url) {
        return url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort();
    }

    private static boolean isHttp(String reference) {
        return reference.regionMatches(true, 0, "http:", 0, 5) || reference.regionMatches(true, 0, "https:", 0, 6);
    }

    private static int endOfAuthority(String rest) {
        for (int i = 2; i < rest.length(); i++) {
            if (rest.charAt(i) == '/' || rest.charAt(i) == '?') {
                return i;
            }
        }
        return rest.length();
    }

    private static String authority(String scheme, String text) throws MalformedURLException {
        Matcher parts = HOST_AND_PORT.matcher(text.substring(text.lastIndexOf('@') + 1));
        if (!parts.matches() || parts.group(1).isEmpty()) {
            throw new MalformedURLException("no host");
        }
        String host = ascii(parts.group(1)).toLowerCase(Locale.ROOT);
        String port = parts.group(2);
        if (port == null || port.isEmpty()) {
            return host;
        }
        int number = port.length() > 5 ? Integer.MAX_VALUE : Integer.parseInt(port);
        if (number == 0 || number > 65_535) {
            throw new MalformedURLException("no such port: " + port);
        }
        return number == (scheme.equals("https") ? 443 : 80) ? host : host + ":" + number;
    }

    private static String ascii(String host) throws MalformedURLException {
        if (host.chars().allMatch(c -> c < 128)) {
            return host;
        }
        try {
            return IDN.toASCII(host);
        } catch (IllegalArgumentException e) {
            throw new MalformedURLException("no valid host: " + host);
        }
    }

    private static URI build(String scheme, String authority, String pathAndQuery) throws MalformedURLException {
        int question = pathAndQuery.indexOf('?');
        String path = question < 0 ? pathAndQuery : pathAndQuery.substring(0, question);
        String query = question < 0 ? "" : pathAndQuery.substring(question);
        try {
            URI url = new URI(scheme + "://" + authority + withoutDots(escape(path)) + escape(query));
            if (url.getHost() == null) {
                throw new MalformedURLException("no valid host: " + authority);
            }
            return url;
        } catch (URISyntaxException e) {
            throw new MalformedURLException(e.getReason().toLowerCase(Locale.ROOT));
        }
    }

    private static String withoutDots(String path) {
        if (!path.contains("/.")) {
            return path.isEmpty() ? "/" : path;
        }
        ArrayDeque<String> kept = new ArrayDeque<>();
        String[] segments = path.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean up = segments[i].equals("..");
            boolean dots = up || segments[i].equals(".");
            if (up) {
                kept.pollLast();
            }
            if (!dots) {
                kept.add(segments[i]);
            } else if (i == segments.length - 1) {
                kept.add("");
            }
        }
        return "/" + String.join("/", kept);
    }

    private static String escape(String text) throws MalformedURLException {
        int allowed = 0;
        while (allowed < text.length() && isAllowed(text.charAt(allowed))) {
            allowed++;
        }
        if (allowed == text.length()) {
            return text; // as nearly all are
        }
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder escaped = new StringBuilder(octets.length + 16);
        for (int i = 0; i < octets.length; i++) {
            byte octet = octets[i];
            boolean stays = isAllowed(octet);
            if (octet == '%') {
                octet = unescape(octets, i);
                stays = isUnreserved(octet);
                i += 2;
            }
            if (stays) {
                escaped.append((char) octet);
            } else {
                escaped.append('%').append(HEX.toHexDigits(octet));
            }
        }
        return escaped.toString();
    }

    private static byte unescape(byte[] octets, int at) throws MalformedURLException {
        if (at + 2 >= octets.length || !HexFormat.isHexDigit(octets[at + 1]) || !HexFormat.isHexDigit(octets[at + 2])) {
            throw new MalformedURLException("% without two hexadecimal digits");
        }
        return (byte) (HexFormat.fromHexDigit(octets[at + 1]) << 4 | HexFormat.fromHexDigit(octets[at + 2]));
    }

    private static boolean isAllowed(int c) {
        return isLetterOrDigit(c) || ALLOWED_PUNCTUATION.indexOf(c) >= 0;
    }

    private static boolean isUnreserved(int c) {
        return isLetterOrDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
