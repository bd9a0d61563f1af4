package io.varve.projections;

/**
 * Looks at a record, in a test or while debugging. It runs again whenever events are replayed, so
 * it must not have effects on the world.
 *
 * @param <K> keys
 * @param <V> values
 */
@FunctionalInterface
public interface ForeachAction<K, V> {
    /**
     * Looks at a record.
     *
     * @param key may be null
     * @param value may be null
     */
    void apply(K key, V value);
}
