package dev.baton.fuzz;

/**
 * A failure that a program made on purpose. Its number is unique in a run, so a report can be traced to the action that
 * made it. It has no stack trace, which would cost more than the rest of a program.
 */
interface Boom {
    /** How the failure is thrown. */
    enum Kind {
        UNCHECKED,
        CHECKED,
        ERROR
    }

    static Throwable make(Kind kind, int number) {
        return switch (kind) {
            case UNCHECKED -> new Unchecked(number);
            case CHECKED -> new Checked(number);
            case ERROR -> new Fatal(number);
        };
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> RuntimeException sneaky(Throwable failure) throws X {
        throw (X) failure;
    }

    final class Unchecked extends RuntimeException implements Boom {
        private static final long serialVersionUID = 1L;

        Unchecked(int number) {
            super("boom " + number, null, true, false);
        }
    }

    final class Checked extends Exception implements Boom {
        private static final long serialVersionUID = 1L;

        Checked(int number) {
            super("boom " + number, null, true, false);
        }
    }

    final class Fatal extends Error implements Boom {
        private static final long serialVersionUID = 1L;

        Fatal(int number) {
            super("boom " + number, null, true, false);
        }
    }
}
