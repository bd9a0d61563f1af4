package io.varve.projections;

import io.varve.store.StreamId;
import java.util.Objects;

/**
 * A decoded event as it enters a topology. Immutable as far as its value is.
 *
 * @param position in the log, 0 or more
 * @param stream that it belongs to
 * @param version inside that stream, 0 or more
 * @param type the name of its type
 * @param eventTimeMillis milliseconds since 1970, as the log has it
 * @param value the event
 */
public record SourceEvent(
        long position,
        StreamId stream,
        long version,
        String type,
        long eventTimeMillis,
        Object value) {
    /**
     * Refuses what no log can hold.
     *
     * @param position in the log, 0 or more
     * @param stream that it belongs to
     * @param version inside that stream, 0 or more
     * @param type the name of its type
     * @param eventTimeMillis milliseconds since 1970, as the log has it
     * @param value the event
     */
    public SourceEvent {
        if ((position | version) < 0) {
            throw new IllegalArgumentException("position=" + position + " version=" + version);
        }
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(value, "value");
    }
}
