package dev.baton.loop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** A place where a virtual thread is pinned to its carrier on every JDK: a class that is being initialized. */
public final class Pinned {
    private static final ThreadLocal<Runnable> BODY = new ThreadLocal<>();

    private Pinned() {}

    /** Runs the body while the calling thread initializes a class that no other thread knows. */
    static void run(Runnable body) {
        BODY.set(body);
        try {
            Class.forName(Initialized.class.getName(), true, new Fresh());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        } finally {
            BODY.remove();
        }
    }

    /** For {@link Initialized}, which another loader makes. */
    public static void runBody() {
        BODY.get().run();
    }

    private static final class Initialized {
        static {
            runBody();
        }
    }

    private static final class Fresh extends ClassLoader {
        Fresh() {
            super(Pinned.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(Initialized.class.getName())) {
                return super.loadClass(name, resolve);
            }
            String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
            try (InputStream in = Objects.requireNonNull(Pinned.class.getResourceAsStream(file))) {
                byte[] code = in.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
