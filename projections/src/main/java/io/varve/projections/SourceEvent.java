package io.varve.projections;

import io.varve.store.EventHeaders;
import io.varve.store.StreamId;

/**
 * A decoded event as it enters a topology. Immutable as far as its value is; an interface, so that
 * who feeds many need not wrap what he has.
 */
public interface SourceEvent {
    /**
     * Its place in the log.
     *
     * @return 0 or more
     */
    long position();

    /**
     * The stream that it belongs to.
     *
     * @return its id
     */
    StreamId stream();

    /**
     * Its place inside that stream.
     *
     * @return 0 or more
     */
    long version();

    /**
     * The name of its type.
     *
     * @return as in the log
     */
    String type();

    /**
     * When it happened, as the log has it.
     *
     * @return milliseconds since 1970
     */
    long eventTimeMillis();

    /**
     * The event.
     *
     * @return as its serde made it
     */
    Object value();

    /**
     * What else is known of it: for topologies of which {@link Topology#readsHeaders} is true.
     *
     * @return as in the log; none where nobody has asked for them
     */
    default EventHeaders headers() {
        return EventHeaders.NONE;
    }

    /**
     * An event of these parts, without headers.
     *
     * @param position in the log, 0 or more
     * @param stream that it belongs to
     * @param version inside that stream, 0 or more
     * @param type the name of its type
     * @param eventTimeMillis milliseconds since 1970, as the log has it
     * @param value the event
     * @return a value: equal to others of the same parts
     * @throws IllegalArgumentException if no log can hold it
     */
    static SourceEvent of(
            long position,
            StreamId stream,
            long version,
            String type,
            long eventTimeMillis,
            Object value) {
        return of(position, stream, version, type, eventTimeMillis, value, EventHeaders.NONE);
    }

    /**
     * An event of these parts.
     *
     * @param position in the log, 0 or more
     * @param stream that it belongs to
     * @param version inside that stream, 0 or more
     * @param type the name of its type
     * @param eventTimeMillis milliseconds since 1970, as the log has it
     * @param value the event
     * @param headers what else is known of it
     * @return a value: equal to others of the same parts
     * @throws IllegalArgumentException if no log can hold it
     */
    static SourceEvent of(
            long position,
            StreamId stream,
            long version,
            String type,
            long eventTimeMillis,
            Object value,
            EventHeaders headers) {
        return new PlainSourceEvent(
                position, stream, version, type, eventTimeMillis, value, headers);
    }
}
