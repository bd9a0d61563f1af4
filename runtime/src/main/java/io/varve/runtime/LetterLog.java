package io.varve.runtime;

import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes to the log which events a projection has left out: a line for each, and the stack with the
 * first of each kind of failure, as code that fails of one event mostly fails of many. Thread-safe.
 */
final class LetterLog {
    private final String projection;

    /** How often each class of failure was seen. */
    private final Map<String, Long> times = new HashMap<>();

    LetterLog(String projection) {
        this.projection = projection;
    }

    synchronized void add(GenerationId generation, DeadLetter letter, Throwable failure) {
        DeadLetter.Failure why = DeadLetter.Failure.of(failure);
        long now = times.merge(why.className(), 1L, Long::sum);
        String line =
                "An event was not applied: projection="
                        + projection
                        + " generation="
                        + generation
                        + " kind="
                        + letter.kind()
                        + " position="
                        + letter.position()
                        + " stream="
                        + letter.stream()
                        + " type="
                        + letter.type()
                        + " attempts="
                        + letter.attempts()
                        + " failure="
                        + why.className()
                        + ": "
                        + why.message().replaceAll("\\R", " ")
                        + " times="
                        + now;
        if (now == 1) {
            Logs.of(LetterLog.class).log(Level.WARNING, line, failure);
        } else {
            Logs.of(LetterLog.class).log(Level.WARNING, line);
        }
    }
}
