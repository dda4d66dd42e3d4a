package dev.baton.examples.txcoroutine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the programs print, to the letter. */
@Timeout(20)
class TranscriptsTest {

    @Test
    @DisplayName("X-01, G-8 two messages are processed, and the third is cancelled before the process cleans up")
    void messages() {
        assertEquals(
                List.of(
                        "getting a message...",
                        "processing message: dummy-message",
                        "getting a message...",
                        "processing message: dummy-message",
                        "getting a message...",
                        "cancelled getting a message",
                        "coroutine stopped, cleaning up"),
                printedBy(Messages::main));
    }

    @Test
    @DisplayName("X-02, G-8 three levels are paused, go on and are cancelled as one, the innermost first")
    void levels() {
        assertEquals(
                List.of(
                        "iterating: 0s passed",
                        "iterating: 1s passed",
                        "iterating: 2s passed",
                        "iterating: 6s passed",
                        "iterating: 7s passed",
                        "iterating: 8s passed",
                        "level3_process stopped; cleaning up...",
                        "level2_process stopped; cleaning up...",
                        "root_process stopped; cleaning up..."),
                printedBy(Levels::main));
    }

    @Test
    @DisplayName("X-16 ten thousand tail calls, and the result is there without an iteration")
    void factorial() {
        assertEquals(List.of("118459"), printedBy(Factorial::main));
    }

    private interface Program {
        void main(String[] args);
    }

    private static List<String> printedBy(Program program) {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            program.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
