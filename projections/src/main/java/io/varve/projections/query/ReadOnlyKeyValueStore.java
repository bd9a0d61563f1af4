package io.varve.projections.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A read model at one instant: rows in the unsigned byte order of their keys.
 *
 * <pre>{@code
 * long departures = counts.get("SFO").orElse(0L);
 * counts.range("A", "B", (airport, n) -> System.out.println(airport + " " + n));
 * }</pre>
 *
 * <p>One thread at a time. What is returned is the caller's; nothing of it changes later.
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
     * Walks all rows, in the byte order of keys.
     *
     * @param visitor takes keys and values
     */
    void forEach(BiConsumer<? super K, ? super V> visitor);

    /**
     * Walks rows from a key (included) to a key (excluded), in the byte order of keys.
     *
     * @param from the first key, included
     * @param to the last key, excluded; no rows if it does not come behind {@code from}
     * @param visitor takes keys and values
     */
    void range(K from, K to, BiConsumer<? super K, ? super V> visitor);

    /**
     * Counts the rows.
     *
     * @return 0 or more
     */
    long count();

    /**
     * Collects all rows, in the byte order of keys: for small stores and tests.
     *
     * @return a new list
     */
    default List<Map.Entry<K, V>> all() {
        List<Map.Entry<K, V>> all = new ArrayList<>();
        forEach((key, value) -> all.add(Map.entry(key, value)));
        return all;
    }
}
