package io.varve.projections;

/**
 * Decides about a record. Must be a pure function: no clock, no randomness, no input or output.
 *
 * @param <K> keys
 * @param <V> values
 */
@FunctionalInterface
public interface Predicate<K, V> {
    /**
     * Decides.
     *
     * @param key may be null
     * @param value may be null
     * @return yes or no
     */
    boolean test(K key, V value);
}
