package io.varve.projections;

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

    FixedKeyRecord(K key, V value, long timestamp) {
        this.key = key;
        this.value = value;
        this.timestamp = timestamp;
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
     * The same with another value.
     *
     * @param newValue may be null
     * @param <V2> new values
     * @return a new value
     */
    public <V2> FixedKeyRecord<K, V2> withValue(V2 newValue) {
        return new FixedKeyRecord<>(key, newValue, timestamp);
    }

    /**
     * The same with another time.
     *
     * @param newTimestamp milliseconds since 1970
     * @return a new value
     */
    public FixedKeyRecord<K, V> withTimestamp(long newTimestamp) {
        return new FixedKeyRecord<>(key, value, newTimestamp);
    }
}
