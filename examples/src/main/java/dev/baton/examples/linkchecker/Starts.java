package dev.baton.examples.linkchecker;

import com.sun.net.httpserver.SimpleFileServer;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a run starts: addresses, and folders, each of which is served while the run lasts. Reports name what
 * lies in a folder by its path, since the address is gone when somebody reads them.
 */
final class Starts implements AutoCloseable {
    private final List<Link> links = new ArrayList<>();
    private final Map<String, String> pathByUrl = new LinkedHashMap<>();
    private final List<LoopbackServer> servers = new ArrayList<>();

    private Starts() {}

    /** Gets addresses, folders and single files ready to start from. */
    static Starts open(List<String> arguments) throws UnusableInputException {
        Starts starts = new Starts();
        try {
            for (String argument : arguments) {
                starts.add(argument);
            }
            return starts;
        } catch (UnusableInputException e) {
            starts.close();
            throw e;
        }
    }

    private void add(String argument) throws UnusableInputException {
        if (argument.contains("://")) {
            addAddress(argument);
            return;
        }
        Path path = existing(argument);
        try {
            addFolder(path);
        } catch (IOException e) {
            throw new UnusableInputException("'" + argument + "' cannot be served: " + e.getMessage());
        }
    }

    private void addAddress(String argument) throws UnusableInputException {
        String address = Urls.withoutFragment(argument);
        String fragment = argument.length() > address.length() ? argument.substring(address.length() + 1) : "";
        try {
            links.add(new Link(Urls.parse(address), fragment));
        } catch (MalformedURLException e) {
            throw new UnusableInputException("'" + argument + "' is not a valid URL: " + e.getMessage());
        }
    }

    private static Path existing(String argument) throws UnusableInputException {
        try {
            Path path = Path.of(argument);
            if (Files.isReadable(path)) {
                return path;
            }
        } catch (InvalidPathException e) {
            // then it is no folder either
        }
        throw new UnusableInputException(
                "'" + argument + "' is neither a folder that can be read nor a URL with http:// or https://");
    }

    private void addFolder(Path path) throws IOException {
        Path real = path.toRealPath();
        boolean isFolder = Files.isDirectory(real);
        Path folder = isFolder ? real : real.resolveSibling("");
        // Folders without an index.html show a list of what is in them.
        LoopbackServer server = new LoopbackServer(0, "/", SimpleFileServer.createFileHandler(folder));
        servers.add(server);
        String shown = (isFolder ? path : path.resolveSibling("")).toString().replace('\\', '/');
        pathByUrl.put(server.url().toString(), shown.isEmpty() || shown.endsWith("/") ? shown : shown + "/");
        try {
            links.add(new Link(
                    Urls.resolve(
                            server.url(),
                            isFolder ? "" : real.getFileName().toString().replace("?", "%3F")),
                    ""));
        } catch (MalformedURLException e) {
            throw new IOException(e);
        }
    }

    List<Link> links() {
        return links;
    }

    /** {@return the starts as reports name them} */
    List<String> names() {
        return links.stream().map(link -> link.name(this::name)).toList();
    }

    /** {@return an address as reports name it} */
    String name(URI url) {
        String text = url.toString();
        for (Map.Entry<String, String> entry : pathByUrl.entrySet()) {
            if (text.startsWith(entry.getKey())) {
                return entry.getValue() + text.substring(entry.getKey().length());
            }
        }
        return text;
    }

    @Override
    public void close() {
        servers.forEach(LoopbackServer::close);
    }
}
