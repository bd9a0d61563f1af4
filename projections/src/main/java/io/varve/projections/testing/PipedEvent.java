package io.varve.projections.testing;

import io.varve.projections.EmittedEvent;
import io.varve.projections.Source;
import io.varve.projections.SourceEvent;
import io.varve.projections.Tick;
import io.varve.store.EventHeaders;
import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import java.time.Duration;

/** An event as a log would keep it: bytes, so that each reader gets an object of its own. */
record PipedEvent(
        long position,
        StreamId stream,
        long version,
        String type,
        long eventTimeMillis,
        EventHeaders headers,
        byte[] payload) {
    /** Refuses a time that no log has. */
    PipedEvent {
        NewEvent.checkEventTime(eventTimeMillis);
    }

    /** A time behind another, which an event can have. */
    static long later(long from, Duration by) {
        try {
            return NewEvent.checkEventTime(Math.addExact(from, by.toMillis()));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "Time cannot go on so far: by=" + by + ". No event can have such a time.", e);
        }
    }

    static IllegalStateException usedInside() {
        return new IllegalStateException(
                "A projection's code cannot use the driver that runs it. What it is to know has to"
                        + " be in the events, or in its stores.");
    }

    static PipedEvent of(
            long position,
            StreamId stream,
            long version,
            long eventTimeMillis,
            EventHeaders headers,
            Source source,
            Object event) {
        // A serde meets an object it does not know with an error of its own.
        @SuppressWarnings("unchecked")
        EventSerde<Object> serde = (EventSerde<Object>) source.serde();
        BytesWriter writer = new BytesWriter();
        String type = serde.typeOf(event);
        serde.serialize(event, writer);
        return new PipedEvent(
                position, stream, version, type, eventTimeMillis, headers, writer.toByteArray());
    }

    static PipedEvent tick(long position, long version, long time) {
        NewEvent tick = Tick.event();
        return new PipedEvent(
                position, Tick.STREAM, version, tick.type(), time, tick.headers(), tick.payload());
    }

    static PipedEvent of(long position, long version, String projection, EmittedEvent emitted) {
        NewEvent event = emitted.event();
        return new PipedEvent(
                position,
                emitted.stream(),
                version,
                event.type(),
                event.eventTimeMillis().orElseThrow(),
                event.headers().withEventId(emitted.id(projection)),
                event.payload());
    }

    SourceEvent decoded(Source source) {
        Object value = source.serde().deserialize(type, BytesView.of(payload));
        return SourceEvent.of(position, stream, version, type, eventTimeMillis, value, headers);
    }
}
