package io.varve.projections;

/**
 * Makes a new value of a record; the key is there to be read. Must be a pure function: no clock, no
 * randomness, no input or output.
 *
 * @param <K> keys
 * @param <V> values
 * @param <R> results
 */
@FunctionalInterface
public interface ValueMapperWithKey<K, V, R> {
    /**
     * Makes a new value.
     *
     * @param key may be null
     * @param value may be null
     * @return the result; see the operator for what null means. It may be one object for all calls,
     *     if it has nothing else in it that is
     */
    R apply(K key, V value);
}
