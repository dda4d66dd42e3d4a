package dev.baton.examples.linkchecker;

/** The program cannot do what the command line asks for; the message tells the user why. */
final class UnusableInputException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableInputException(String message) {
        super(message);
    }
}
