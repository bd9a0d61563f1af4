package io.varve.projections.query;

/**
 * Takes rows found by an index, one by one, until it has enough.
 *
 * @param <I> index keys
 * @param <K> keys of the store
 * @param <V> values of the store
 */
@FunctionalInterface
public interface IndexVisitor<I, K, V> {
    /**
     * Takes a row.
     *
     * @param indexKey by which it was found
     * @param key of the row
     * @param value of the row
     * @return whether to go on
     */
    boolean row(I indexKey, K key, V value);
}
