package io.varve.projections;

/**
 * A record as a {@link Processor} gets and forwards it.
 *
 * @param key may be null
 * @param value may be null
 * @param timestamp milliseconds since 1970
 * @param <K> keys
 * @param <V> values
 */
public record Record<K, V>(K key, V value, long timestamp) {
    /**
     * The same with another key.
     *
     * @param newKey may be null
     * @param <K2> new keys
     * @return a new value
     */
    public <K2> Record<K2, V> withKey(K2 newKey) {
        return new Record<>(newKey, value, timestamp);
    }

    /**
     * The same with another value.
     *
     * @param newValue may be null
     * @param <V2> new values
     * @return a new value
     */
    public <V2> Record<K, V2> withValue(V2 newValue) {
        return new Record<>(key, newValue, timestamp);
    }

    /**
     * The same with another time.
     *
     * @param newTimestamp milliseconds since 1970
     * @return a new value
     */
    public Record<K, V> withTimestamp(long newTimestamp) {
        return new Record<>(key, value, newTimestamp);
    }
}
