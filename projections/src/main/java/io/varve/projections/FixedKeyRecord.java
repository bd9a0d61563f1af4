package io.varve.projections;

import io.varve.store.EventHeaders;
import io.varve.store.NewEvent;
import java.util.Objects;

/**
 * A record whose key stays: as a {@link FixedKeyProcessor} gets and forwards it. Only the topology
 * makes one.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class FixedKeyRecord<K, V> {
    private final K key;
    private final V value;
    private final long timestamp;
    private final EventHeaders headers;

    FixedKeyRecord(K key, V value, long timestamp, EventHeaders headers) {
        this.key = key;
        this.value = value;
        this.timestamp = timestamp;
        this.headers = headers;
    }

    /**
     * Its key.
     *
     * @return may be null
     */
    public K key() {
        return key;
    }

    /**
     * Its value.
     *
     * @return may be null
     */
    public V value() {
        return value;
    }

    /**
     * Its time.
     *
     * @return milliseconds since 1970
     */
    public long timestamp() {
        return timestamp;
    }

    /**
     * Its headers.
     *
     * @return those of the event, if no processor has set others
     */
    public EventHeaders headers() {
        return headers;
    }

    /**
     * The same with another value.
     *
     * @param newValue may be null
     * @param <V2> new values
     * @return a new value
     */
    public <V2> FixedKeyRecord<K, V2> withValue(V2 newValue) {
        return new FixedKeyRecord<>(key, newValue, timestamp, headers);
    }

    /**
     * The same with another time.
     *
     * @param newTimestamp milliseconds since 1970, within {@link NewEvent#MAX_EVENT_TIME_MILLIS}
     * @return a new value
     */
    public FixedKeyRecord<K, V> withTimestamp(long newTimestamp) {
        return new FixedKeyRecord<>(key, value, NewEvent.checkEventTime(newTimestamp), headers);
    }

    /**
     * The same with other headers.
     *
     * @param newHeaders instead of these
     * @return a new value
     */
    public FixedKeyRecord<K, V> withHeaders(EventHeaders newHeaders) {
        return new FixedKeyRecord<>(
                key, value, timestamp, Objects.requireNonNull(newHeaders, "newHeaders"));
    }
}
