package io.varve.projections.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * An index of a store, at the instant of the store. Rows come in the byte order of index keys, and
 * those of one index key in the byte order of row keys. A row with several index keys comes once
 * for each.
 *
 * <p>One thread at a time.
 *
 * @param <I> index keys
 * @param <K> keys of the store
 * @param <V> values of the store
 */
public interface ReadOnlyIndex<I, K, V> {
    /**
     * Finds the rows of an index key.
     *
     * @param indexKey of the rows
     * @return a new list, in the order of row keys
     */
    List<Map.Entry<K, V>> get(I indexKey);

    /**
     * Walks rows until the visitor has enough.
     *
     * @param query which index keys, in which order
     * @param visitor takes index keys, keys and values
     */
    void scan(RangeQuery<I> query, IndexVisitor<? super I, ? super K, ? super V> visitor);

    /**
     * Counts rows; takes as long as walking their index keys.
     *
     * @param query which index keys
     * @return 0 or more, up to the limit of the query
     */
    long count(RangeQuery<I> query);

    /**
     * Counts the rows of an index key.
     *
     * @param indexKey of the rows
     * @return 0 or more
     */
    long count(I indexKey);

    /**
     * Walks rows from an index key (included) to another (excluded).
     *
     * @param from the first, included
     * @param to the last, excluded; no rows if it does not come behind {@code from}
     * @param visitor takes keys and values
     */
    default void range(I from, I to, BiConsumer<? super K, ? super V> visitor) {
        scan(
                RangeQuery.between(from, to),
                (indexKey, key, value) -> {
                    visitor.accept(key, value);
                    return true;
                });
    }

    /**
     * Collects rows.
     *
     * @param query which index keys, in which order
     * @return a new list
     */
    default List<Map.Entry<K, V>> list(RangeQuery<I> query) {
        List<Map.Entry<K, V>> rows = new ArrayList<>();
        scan(query, (indexKey, key, value) -> rows.add(Map.entry(key, value)));
        return rows;
    }
}
