package io.varve.projections.query;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A read model at one instant: rows in the unsigned byte order of their keys.
 *
 * <pre>{@code
 * long departures = counts.get("SFO").orElse(0L);
 * counts.range("A", "B", (airport, n) -> System.out.println(airport + " " + n));
 * counts.scan(RangeQuery.prefix("S").reverse(), (airport, n) -> n < 1_000);   // until false
 * List<Map.Entry<String, Long>> ten = counts.list(RangeQuery.from("LAX").limit(10));
 * }</pre>
 *
 * <p>One thread at a time. What is returned is the caller's; nothing of it changes later. A visitor
 * may read the same store again.
 *
 * @param <K> keys
 * @param <V> values
 */
public interface ReadOnlyKeyValueStore<K, V> {
    /**
     * Finds a row.
     *
     * @param key of the row
     * @return its value, or empty where there is no such row
     */
    Optional<V> get(K key);

    /**
     * Walks rows until the visitor has enough.
     *
     * @param query which rows, in which order
     * @param visitor takes keys and values
     * @throws io.varve.store.errors.LimitExceededException if a bound has more than 511 bytes
     */
    void scan(RangeQuery<K> query, RowVisitor<? super K, ? super V> visitor);

    /**
     * Counts the rows; takes no longer for many than for few.
     *
     * @return 0 or more
     */
    long count();

    /**
     * Counts rows; takes as long as walking them, without decoding them.
     *
     * @param query which rows
     * @return 0 or more, up to the limit of the query
     */
    long count(RangeQuery<K> query);

    /**
     * An index of this store, at the same instant.
     *
     * @param index as it was declared on {@code Materialized}
     * @param <I> index keys
     * @return good as long as the store
     * @throws io.varve.store.errors.VarveException if the store was declared without an index of
     *     that name
     */
    <I> ReadOnlyIndex<I, K, V> index(StoreIndex<K, V, I> index);

    /**
     * Finds several rows.
     *
     * @param keys of the rows
     * @return a new map of those that there are, in the order of {@code keys}
     */
    default Map<K, V> multiGet(Collection<? extends K> keys) {
        Map<K, V> found = new LinkedHashMap<>();
        for (K key : keys) {
            get(key).ifPresent(value -> found.put(key, value));
        }
        return found;
    }

    /**
     * Walks all rows, in the byte order of keys.
     *
     * @param visitor takes keys and values
     */
    default void forEach(BiConsumer<? super K, ? super V> visitor) {
        walk(RangeQuery.all(), Objects.requireNonNull(visitor, "visitor"));
    }

    /**
     * Walks all rows, against the byte order of keys.
     *
     * @param visitor takes keys and values
     */
    default void reverseAll(BiConsumer<? super K, ? super V> visitor) {
        walk(RangeQuery.<K>all().reverse(), Objects.requireNonNull(visitor, "visitor"));
    }

    /**
     * Walks rows from a key (included) to a key (excluded), in the byte order of keys.
     *
     * @param from the first key, included
     * @param to the last key, excluded; no rows if it does not come behind {@code from}
     * @param visitor takes keys and values
     */
    default void range(K from, K to, BiConsumer<? super K, ? super V> visitor) {
        walk(RangeQuery.between(from, to), visitor);
    }

    /**
     * Walks the rows of {@link #range} from the last to the first.
     *
     * @param from the first key, included
     * @param to the last key, excluded; no rows if it does not come behind {@code from}
     * @param visitor takes keys and values
     */
    default void reverseRange(K from, K to, BiConsumer<? super K, ? super V> visitor) {
        walk(RangeQuery.between(from, to).reverse(), visitor);
    }

    /**
     * Walks rows whose key's bytes begin with those of another key, in the byte order of keys; see
     * {@link RangeQuery} for what that means.
     *
     * @param prefix what the keys begin with
     * @param visitor takes keys and values
     */
    default void prefix(K prefix, BiConsumer<? super K, ? super V> visitor) {
        walk(RangeQuery.prefix(prefix), visitor);
    }

    private void walk(RangeQuery<K> query, BiConsumer<? super K, ? super V> visitor) {
        scan(
                query,
                (key, value) -> {
                    visitor.accept(key, value);
                    return true;
                });
    }

    /**
     * Collects rows.
     *
     * @param query which rows, in which order
     * @return a new list
     */
    default List<Map.Entry<K, V>> list(RangeQuery<K> query) {
        List<Map.Entry<K, V>> rows = new ArrayList<>();
        scan(query, (key, value) -> rows.add(Map.entry(key, value)));
        return rows;
    }

    /**
     * Collects all rows, in the byte order of keys: for small stores and tests.
     *
     * @return a new list
     */
    default List<Map.Entry<K, V>> all() {
        return list(RangeQuery.all());
    }
}
