package io.varve.store;

import java.util.Objects;

/**
 * Which events to read. Immutable; each method returns another.
 *
 * @param source whose events
 * @param from the first to read: a position of the log, or a version of the stream
 * @param limit how many at most, 0 or more
 */
public record EventQuery(Source source, long from, long limit) {
    /** Whose events are read. */
    public sealed interface Source {
        /** All events; {@code from} is a position. */
        record Everything() implements Source {}

        /**
         * Those of one stream; {@code from} is a version.
         *
         * @param id of the stream
         */
        record OfStream(StreamId id) implements Source {
            /**
             * Refuses null.
             *
             * @param id see the record
             */
            public OfStream {
                Objects.requireNonNull(id, "id");
            }
        }
    }

    /**
     * Refuses what cannot be read.
     *
     * @param source see the record
     * @param from see the record
     * @param limit see the record
     */
    public EventQuery {
        Objects.requireNonNull(source, "source");
        if (from < 0 || limit < 0) {
            throw new IllegalArgumentException("from=" + from + " limit=" + limit);
        }
    }

    /**
     * All events from the first.
     *
     * @return the query
     */
    public static EventQuery all() {
        return new EventQuery(new Source.Everything(), 0, Long.MAX_VALUE);
    }

    /**
     * All events of a stream, from the first.
     *
     * @param id of the stream
     * @return the query
     */
    public static EventQuery stream(StreamId id) {
        return new EventQuery(new Source.OfStream(id), 0, Long.MAX_VALUE);
    }

    /**
     * The same from elsewhere.
     *
     * @param first a position of the log, or a version of the stream
     * @return a new query
     */
    public EventQuery from(long first) {
        return new EventQuery(source, first, limit);
    }

    /**
     * The same, fewer.
     *
     * @param most how many at most
     * @return a new query
     */
    public EventQuery limit(long most) {
        return new EventQuery(source, from, most);
    }
}
