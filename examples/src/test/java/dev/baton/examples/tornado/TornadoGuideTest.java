package dev.baton.examples.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TornadoGuideTest {
    private static final String TRANSCRIPT = """
        An asynchronous handler
          AsyncHandler: <p>4 words of news</p>
          GenAsyncHandler: <p>4 words of news</p>
        A coroutine
          fetchCoroutine: Calm sea, fair wind
        Interleaving
          fetch chunk 1
          fetch chunk 2
          flush "ready, "
          fetch chunk 3
          flush "steady, "
          fetch chunk 4
          flush "go"
          the whole answer: ready, steady, go
        A list and a map of futures
          response1 one, response2 two
          response3 three, response4 four
        Parallelism
          two: one two
          many: [one, two, three, four]
          map: /4 four
          map: /3 three
          map: /2 two
          map: /1 one
        WaitIterator
          Error HTTP 404 from future3
          Result from here received from future2 at 1
          Result from afar received from future1 at 0
        WaitIterator in a for loop
          Result from here received at 1
          Error HTTP 404 ends the loop
          but not what it waited for: from afar
        with_timeout
          in time: from here
          no answer in time; cancelled: false
          late: from afar
        Callback and Wait
          Wait: one
          two Waits: one two
          WaitAll: one two
        Task
          Task: one
          two Tasks: one two
          fromCallback: one
        Return
          Return: two
        Calling blocking functions
          others run meanwhile
          the function has returned
          others run meanwhile
          the function has returned
        Looping
          document: Ann
          document: Bob
          document: Cy
        maybe_future
          true: from memory
          false: from here
        How to call a coroutine
          reported: / by zero
          badCall: returned
          goodCall: caught / by zero
          reported: / by zero
          spawnCallback: returned
          runSync: caught / by zero
        Running in the background
            0 s minuteLoop
            0 s minuteLoop2
           60 s minuteLoop2
           65 s minuteLoop
          120 s minuteLoop2
          130 s minuteLoop
          180 s minuteLoop2
          195 s minuteLoop
        moment
          a1 b1 a2 b2 a3 b3
        """;

    @Test
    @DisplayName(
            "T-03, T-04, T-10, U-02, U-09, U-15, U-21, Y-03, Y-05, Y-06 the guide prints the same lines every time")
    void theWholeTranscript() {
        assertEquals(TRANSCRIPT, printed());
    }

    @Test
    @DisplayName("the page of the examples shows a part of what is printed")
    void theReadmeShowsWhatIsPrinted() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        Matcher block = Pattern.compile(
                        "^## Tornado's guide$.*?^```text\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(readme);
        assertTrue(block.find());
        assertTrue(TRANSCRIPT.contains("\n" + block.group(1)), block.group(1));
    }

    private static String printed() {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            TornadoGuide.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
