package io.varve.projections;

/**
 * Makes something of a record: a new key, or a new key and value. Must be a pure function: no
 * clock, no randomness, no input or output.
 *
 * @param <K> keys
 * @param <V> values
 * @param <R> results
 */
@FunctionalInterface
public interface KeyValueMapper<K, V, R> {
    /**
     * Makes something of a record.
     *
     * @param key may be null
     * @param value may be null
     * @return the result; see the operator for what null means
     */
    R apply(K key, V value);
}
