package io.varve.projections.query;

/**
 * Takes rows, one by one, until it has enough.
 *
 * @param <K> keys
 * @param <V> values
 */
@FunctionalInterface
public interface RowVisitor<K, V> {
    /**
     * Takes a row.
     *
     * @param key of the row; the visitor's to keep
     * @param value of the row; the visitor's to keep
     * @return whether to go on
     */
    boolean row(K key, V value);
}
