package io.varve.projections;

/**
 * Adds a record to an aggregate. Must be a pure function: no clock, no randomness, no input or
 * output.
 *
 * @param <K> keys
 * @param <V> values
 * @param <A> aggregates
 */
@FunctionalInterface
public interface Aggregator<K, V, A> {
    /**
     * Adds a record.
     *
     * @param key never null
     * @param value null only in time windows and sessions, of a record without one; it may become
     *     part of the aggregate, which is then written and read with the serde at once, unless
     *     nobody can change it
     * @param aggregate so far; it may be changed and returned. Where somebody else sees it, such as
     *     nodes behind the table, it is a copy, made with the serde, unless nobody can change it
     * @return the new aggregate, which is no other row's; null deletes the row
     */
    A apply(K key, V value, A aggregate);
}
