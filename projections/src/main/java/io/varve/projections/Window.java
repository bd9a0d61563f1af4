package io.varve.projections;

import java.time.Instant;

/**
 * A span of time: for a time window its end is excluded; for a session it is the time of its last
 * record, as in Kafka Streams.
 *
 * @param startMillis milliseconds since 1970
 * @param endMillis milliseconds since 1970, not before the start
 */
public record Window(long startMillis, long endMillis) {
    /**
     * Refuses a window that ends before it starts.
     *
     * @param startMillis milliseconds since 1970
     * @param endMillis milliseconds since 1970, not before the start
     */
    public Window {
        if (endMillis < startMillis) {
            throw new IllegalArgumentException(
                    "A window does not end before it starts: start="
                            + startMillis
                            + " end="
                            + endMillis);
        }
    }

    /**
     * Its start.
     *
     * @return as an instant
     */
    public Instant start() {
        return Instant.ofEpochMilli(startMillis);
    }

    /**
     * Its end.
     *
     * @return as an instant
     */
    public Instant end() {
        return Instant.ofEpochMilli(endMillis);
    }
}
