package io.varve.store;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which events to read, in which order. Immutable; each method returns another.
 *
 * <pre>{@code
 * EventQuery.all().from(1_000).limit(100)                         // positions 1,000 to 1,099
 * EventQuery.stream(order).backward().limit(1)                    // the newest event of a stream
 * EventQuery.category("orders").type("OrderPlaced", "OrderPaid")  // two types, of all orders
 * EventQuery.all().fromTime(Instant.parse("2026-01-01T00:00:00Z"))
 * }</pre>
 *
 * <p>A stream is found by its index. A category, and types, are found by looking at every event of
 * the log, or of the stream, that lies between start and end: nothing is decoded for it, but a
 * reading that finds little takes as long as one that finds all.
 *
 * @param source whose events
 * @param types only events of these types; empty for all types
 * @param direction from old to new, or from new to old
 * @param start the first event to read
 * @param limit how many at most, 0 or more; only events that are read count
 */
public record EventQuery(
        Source source, Set<String> types, Direction direction, Start start, long limit) {
    /** Whose events are read. */
    public sealed interface Source {
        /** All events; they are numbered by position. */
        record Everything() implements Source {}

        /**
         * Those of one stream; they are numbered by version.
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

        /**
         * Those of all streams of a category, in the order of the log; they are numbered by
         * position.
         *
         * @param name of the category, without {@code /}
         */
        record OfCategory(String name) implements Source {
            /**
             * Refuses what cannot be a category.
             *
             * @param name see the record
             */
            public OfCategory {
                StreamId.checkCategory(name);
            }
        }
    }

    /** The order of reading. */
    public enum Direction {
        /** From old to new. */
        FORWARD,
        /** From new to old. */
        BACKWARD
    }

    /** The first event to read. */
    public sealed interface Start {
        /** Forward the first event there is, backward the newest. */
        record Edge() implements Start {}

        /**
         * The event with a number. Where it is missing or does not match, reading begins at the
         * next one that does, in the direction of reading.
         *
         * @param number a position of the log, or a version of the stream; 0 or more
         */
        record At(long number) implements Start {
            /**
             * Refuses what is no number of an event.
             *
             * @param number see the record
             */
            public At {
                if (number < 0) {
                    throw new IllegalArgumentException(
                            "Positions and versions begin at 0: from=" + number);
                }
            }
        }

        /**
         * Forward the first event that was committed at that time or later, backward the last one
         * that was committed at that time or earlier. Found by a binary search: commit times never
         * decrease along the log.
         *
         * @param instant the time
         */
        record Time(Instant instant) implements Start {
            /**
             * Refuses null.
             *
             * @param instant see the record
             */
            public Time {
                Objects.requireNonNull(instant, "instant");
            }
        }
    }

    private static final Start EDGE = new Start.Edge();

    /**
     * Refuses what cannot be read.
     *
     * @param source see the record
     * @param types see the record
     * @param direction see the record
     * @param start see the record
     * @param limit see the record
     */
    public EventQuery {
        Objects.requireNonNull(source, "source");
        types = Set.copyOf(types);
        Objects.requireNonNull(direction, "direction");
        Objects.requireNonNull(start, "start");
        if (limit < 0) {
            throw new IllegalArgumentException("A limit is 0 or more: limit=" + limit);
        }
    }

    /** As it is written: {@code stream(orders/order-7).type(OrderPaid).backward().limit(1)}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (source instanceof Source.OfStream stream) {
            text.append("stream(").append(stream.id());
        } else if (source instanceof Source.OfCategory category) {
            text.append("category(").append(category.name());
        } else {
            text.append("all(");
        }
        text.append(')');
        if (!types.isEmpty()) {
            text.append(".type(").append(String.join(", ", new TreeSet<>(types))).append(')');
        }
        if (start instanceof Start.At at) {
            text.append(".from(").append(at.number()).append(')');
        } else if (start instanceof Start.Time time) {
            text.append(".fromTime(").append(time.instant()).append(')');
        }
        text.append(isBackward() ? ".backward()" : "");
        return limit == Long.MAX_VALUE ? text.toString() : text + ".limit(" + limit + ")";
    }

    private static EventQuery of(Source source) {
        return new EventQuery(source, Set.of(), Direction.FORWARD, EDGE, Long.MAX_VALUE);
    }

    /**
     * All events from the first.
     *
     * @return the query
     */
    public static EventQuery all() {
        return of(new Source.Everything());
    }

    /**
     * All events of a stream, from the first.
     *
     * @param id of the stream
     * @return the query
     */
    public static EventQuery stream(StreamId id) {
        return of(new Source.OfStream(id));
    }

    /**
     * All events of all streams of a category, in the order of the log, from the first.
     *
     * @param name of the category, without {@code /}
     * @return the query
     */
    public static EventQuery category(String name) {
        return of(new Source.OfCategory(name));
    }

    /**
     * The number to begin at: a position of the log, or a version of the stream.
     *
     * @return what {@link #from(long)} was given; without it, 0 forward and {@link Long#MAX_VALUE}
     *     backward
     */
    public long from() {
        if (start instanceof Start.At at) {
            return at.number();
        }
        return isBackward() ? Long.MAX_VALUE : 0;
    }

    boolean isBackward() {
        return direction == Direction.BACKWARD;
    }

    /**
     * The same from elsewhere, that event included.
     *
     * @param first a position of the log, or a version of the stream; 0 or more
     * @return a new query
     */
    public EventQuery from(long first) {
        return new EventQuery(source, types, direction, new Start.At(first), limit);
    }

    /**
     * The same from another time.
     *
     * @param time forward, no event that was committed before it is read; backward, none that was
     *     committed after it
     * @return a new query
     */
    public EventQuery fromTime(Instant time) {
        return new EventQuery(source, types, direction, new Start.Time(time), limit);
    }

    /**
     * The same from new to old: from the newest event, or from where this query begins.
     *
     * @return a new query
     */
    public EventQuery backward() {
        return new EventQuery(source, types, Direction.BACKWARD, start, limit);
    }

    /**
     * The same, only events of some types.
     *
     * @param names stable names of the types, one or more; a type that no event has yet is no error
     * @return a new query
     */
    public EventQuery types(Set<String> names) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException(
                    "Name one type or more; for events of all types, leave types out");
        }
        return new EventQuery(source, names, direction, start, limit);
    }

    /**
     * The same, only events of some types.
     *
     * @param names stable names of the types, one or more; a type that no event has yet is no error
     * @return a new query
     */
    public EventQuery type(String... names) {
        return types(new HashSet<>(List.of(names)));
    }

    /**
     * The same, fewer.
     *
     * @param most how many at most
     * @return a new query
     */
    public EventQuery limit(long most) {
        return new EventQuery(source, types, direction, start, most);
    }
}
