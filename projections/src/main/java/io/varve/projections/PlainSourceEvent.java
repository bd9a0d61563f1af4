package io.varve.projections;

import io.varve.store.EventHeaders;
import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import java.util.Objects;

/** See {@link SourceEvent#of}. */
record PlainSourceEvent(
        long position,
        StreamId stream,
        long version,
        String type,
        long eventTimeMillis,
        Object value,
        EventHeaders headers)
        implements SourceEvent {
    PlainSourceEvent {
        if ((position | version) < 0) {
            throw new IllegalArgumentException("position=" + position + " version=" + version);
        }
        NewEvent.checkEventTime(eventTimeMillis);
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(headers, "headers");
    }
}
