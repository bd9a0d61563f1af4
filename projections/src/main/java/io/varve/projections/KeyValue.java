package io.varve.projections;

/**
 * A key with a value: what {@link EventStream#map} returns.
 *
 * @param key may be null
 * @param value may be null
 * @param <K> the key
 * @param <V> the value
 */
public record KeyValue<K, V>(K key, V value) {
    /**
     * Pairs a key with a value.
     *
     * @param key may be null
     * @param value may be null
     * @param <K> the key
     * @param <V> the value
     * @return the pair
     */
    public static <K, V> KeyValue<K, V> pair(K key, V value) {
        return new KeyValue<>(key, value);
    }
}
