package io.varve.runtime;

import io.varve.projections.RowProbe;
import io.varve.projections.SourceEvent;
import io.varve.store.StreamId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * An event that has changed a row, and how. What a {@link io.varve.projections.Punctuator}, or a
 * window that closes, has done to the row is told of the event that has moved the time on so that
 * it was due, a {@link io.varve.projections.Tick} too, whatever stream that is of; where an event
 * has done both, as one change.
 *
 * @param position of the event
 * @param stream of the event
 * @param version of the event inside its stream
 * @param type of the event
 * @param time of the event, as the log has it
 * @param before the value of the row before the event; empty where it was not there
 * @param after its value after it; empty where it is not there any more
 * @param expired whether the event did not write the row, but has moved the time on so that it
 *     expired
 * @param <V> values
 */
public record ExplainedChange<V>(
        long position,
        StreamId stream,
        long version,
        String type,
        Instant time,
        Optional<V> before,
        Optional<V> after,
        boolean expired) {
    /**
     * Refuses nulls.
     *
     * @param position see the record
     * @param stream see the record
     * @param version see the record
     * @param type see the record
     * @param time see the record
     * @param before see the record
     * @param after see the record
     * @param expired see the record
     */
    public ExplainedChange {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
    }

    static <V> ExplainedChange<V> of(SourceEvent event, RowProbe.Touch<V> touch) {
        return new ExplainedChange<>(
                event.position(),
                event.stream(),
                event.version(),
                event.type(),
                Instant.ofEpochMilli(event.eventTimeMillis()),
                touch.before(),
                touch.after(),
                !touch.written());
    }
}
