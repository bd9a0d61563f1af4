package io.varve.parity;

import io.varve.store.EventHeaders;
import java.util.Map;

/**
 * An event; its value may be null. Or a tick, for Varve alone: the clock goes on by so many
 * milliseconds.
 *
 * @param header that it has; null for none
 */
record Input(String category, String key, Long value, long time, String header) {
    static final String HEADER = "h";
    private static final String CLOCK = "clock";

    Input(String category, String key, Long value, long time) {
        this(category, key, value, time, null);
    }

    static Input tick(long millis) {
        return new Input(CLOCK, null, null, millis);
    }

    boolean isTick() {
        return category.equals(CLOCK);
    }

    EventHeaders headers() {
        return header == null
                ? EventHeaders.NONE
                : EventHeaders.NONE.withUser(Map.of(HEADER, header));
    }

    /** The one that an event may have; null if it has none. */
    static String header(EventHeaders headers) {
        return headers.user().get(HEADER);
    }

    /** As our log holds it, where an event is never null. */
    record Event(boolean there, long value) {
        static Event of(Long value) {
            return new Event(value != null, value == null ? 0 : value);
        }

        Long toValue() {
            return there ? value : null;
        }
    }

    Event event() {
        return Event.of(value);
    }

    @Override
    public String toString() {
        return category
                + " "
                + key
                + "="
                + value
                + " @"
                + time
                + (header == null ? "" : " " + header);
    }
}
