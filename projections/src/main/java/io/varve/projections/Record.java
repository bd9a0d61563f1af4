package io.varve.projections;

import io.varve.store.EventHeaders;
import io.varve.store.NewEvent;
import java.util.Objects;

/**
 * A record as a {@link Processor} gets and forwards it. What is made of another with a {@code with}
 * keeps the headers; nodes behind, and sinks, have those that it is forwarded with.
 *
 * <pre>{@code
 * public void process(Record<String, Order> order) {
 *     String tenant = order.headers().user().getOrDefault("tenant", "none");
 *     context.forward(order.withKey(tenant));
 * }
 * }</pre>
 *
 * @param key may be null
 * @param value may be null
 * @param timestamp milliseconds since 1970, within {@link NewEvent#MAX_EVENT_TIME_MILLIS}
 * @param headers those of the event, if no processor has set others
 * @param <K> keys
 * @param <V> values
 */
public record Record<K, V>(K key, V value, long timestamp, EventHeaders headers) {
    /**
     * Refuses missing headers, and a time that no event can have.
     *
     * @param key may be null
     * @param value may be null
     * @param timestamp milliseconds since 1970, within {@link NewEvent#MAX_EVENT_TIME_MILLIS}
     * @param headers of it
     */
    public Record {
        NewEvent.checkEventTime(timestamp);
        Objects.requireNonNull(headers, "headers");
    }

    /**
     * One without headers.
     *
     * @param key may be null
     * @param value may be null
     * @param timestamp milliseconds since 1970, within {@link NewEvent#MAX_EVENT_TIME_MILLIS}
     */
    public Record(K key, V value, long timestamp) {
        this(key, value, timestamp, EventHeaders.NONE);
    }

    /**
     * The same with another key.
     *
     * @param newKey may be null
     * @param <K2> new keys
     * @return a new value
     */
    public <K2> Record<K2, V> withKey(K2 newKey) {
        return new Record<>(newKey, value, timestamp, headers);
    }

    /**
     * The same with another value.
     *
     * @param newValue may be null
     * @param <V2> new values
     * @return a new value
     */
    public <V2> Record<K, V2> withValue(V2 newValue) {
        return new Record<>(key, newValue, timestamp, headers);
    }

    /**
     * The same with another time.
     *
     * @param newTimestamp milliseconds since 1970, within {@link NewEvent#MAX_EVENT_TIME_MILLIS}
     * @return a new value
     */
    public Record<K, V> withTimestamp(long newTimestamp) {
        return new Record<>(key, value, newTimestamp, headers);
    }

    /**
     * The same with other headers.
     *
     * @param newHeaders instead of these
     * @return a new value
     */
    public Record<K, V> withHeaders(EventHeaders newHeaders) {
        return new Record<>(
                key, value, timestamp, Objects.requireNonNull(newHeaders, "newHeaders"));
    }
}
