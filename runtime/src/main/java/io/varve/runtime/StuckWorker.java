package io.varve.runtime;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A projection that does not get on: its code has not returned for {@link
 * RuntimeConfig#stuckAfter}, or a commit takes as long.
 *
 * @param generation which computation of its read model: that which is live, or one that is being
 *     rebuilt
 * @param since when it was first seen where it is
 * @param position of the event it was given last; -1 if none
 * @param stackTrace of its thread when it was found stuck, innermost call first
 */
public record StuckWorker(
        GenerationId generation, Instant since, long position, List<StackTraceElement> stackTrace) {
    /**
     * Keeps a copy of the list.
     *
     * @param generation see the record
     * @param since see the record
     * @param position see the record
     * @param stackTrace see the record
     */
    public StuckWorker {
        stackTrace = List.copyOf(stackTrace);
    }

    /** As a stack trace is printed. */
    String lines() {
        return stackTrace.stream()
                .map(element -> System.lineSeparator() + "\tat " + element)
                .collect(Collectors.joining());
    }
}
