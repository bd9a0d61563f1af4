package io.varve.store;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * An event to be appended.
 *
 * @param type the stable name of its type, 1 to {@value #MAX_TYPE_BYTES} bytes of UTF-8, not
 *     beginning with {@code $}
 * @param payload its bytes; not copied, so leave them alone until the append has returned
 * @param eventTimeMillis when it happened, in milliseconds since 1970-01-01T00:00Z, within 4,000
 *     years of it; empty for the time of the append
 * @param headers what else is known
 */
public record NewEvent(
        String type, byte[] payload, OptionalLong eventTimeMillis, EventHeaders headers) {
    /** The longest name of a type, in bytes of UTF-8. */
    public static final int MAX_TYPE_BYTES = 200;

    /** The widest event time, in milliseconds either side of 1970: nearly 4,460 years. */
    public static final long MAX_EVENT_TIME_MILLIS = (1L << 47) - 1;

    /**
     * Refuses what has no type.
     *
     * @param type see the record
     * @param payload see the record
     * @param eventTimeMillis see the record
     * @param headers see the record
     */
    public NewEvent {
        checkType(type);
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(eventTimeMillis, "eventTimeMillis");
        Objects.requireNonNull(headers, "headers");
    }

    /**
     * An event of now, without headers.
     *
     * @param type the stable name of its type
     * @param payload its bytes
     * @return the event
     */
    public static NewEvent of(String type, byte[] payload) {
        return new NewEvent(type, payload, OptionalLong.empty(), EventHeaders.NONE);
    }

    /**
     * The same at another time.
     *
     * @param millis since 1970-01-01T00:00Z
     * @return a new event
     */
    public NewEvent at(long millis) {
        return new NewEvent(type, payload, OptionalLong.of(millis), headers);
    }

    /**
     * The same with other headers.
     *
     * @param other the headers
     * @return a new event
     */
    public NewEvent with(EventHeaders other) {
        return new NewEvent(type, payload, eventTimeMillis, other);
    }

    /**
     * Refuses what no event can have as its time: the one rule for times that somebody gives.
     *
     * @param millis since 1970-01-01T00:00Z
     * @return the same
     * @throws IllegalArgumentException if it is further from 1970 than {@link
     *     #MAX_EVENT_TIME_MILLIS}
     */
    public static long checkEventTime(long millis) {
        if (millis < -MAX_EVENT_TIME_MILLIS || millis > MAX_EVENT_TIME_MILLIS) {
            throw new IllegalArgumentException(
                    "An event time lies within 4,000 years of 1970: eventTimeMillis="
                            + millis
                            + ". Give milliseconds since 1970, not micro- or nanoseconds.");
        }
        return millis;
    }

    static void checkType(String type) {
        Objects.requireNonNull(type, "type");
        if (type.isEmpty()) {
            throw new IllegalArgumentException("The type of an event needs a name");
        }
        if (type.startsWith(SystemEvents.PREFIX)) {
            throw new IllegalArgumentException(
                    "Types that begin with '"
                            + SystemEvents.PREFIX
                            + "' are the store's own: type="
                            + type);
        }
        StreamId.checkLength("event type", type, MAX_TYPE_BYTES);
    }
}
