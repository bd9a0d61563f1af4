package io.varve.samples.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void shouldSayALineForEachCause() {
        Exception cause = new IllegalStateException("c\nd", new EOFException());

        assertEquals(
                List.of("a", "c d", "EOFException"), Failures.lines(new IOException("a", cause)));
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() {
        assertEquals(List.of("no such file: f"), Failures.lines(new NoSuchFileException("f")));
        assertEquals(List.of("access denied: f"), Failures.lines(new AccessDeniedException("f")));
        assertEquals(
                List.of("f: Is a directory"),
                Failures.lines(new AccessDeniedException("f", null, "Is a directory")));
    }

    @Test
    void shouldSayNothingTwice() {
        Exception cause = new IOException("disk on fire");

        assertEquals(
                List.of("java.io.IOException: disk on fire"),
                Failures.lines(new RuntimeException(cause)));
    }
}
