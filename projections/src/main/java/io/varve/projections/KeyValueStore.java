package io.varve.projections;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.RowVisitor;
import java.util.Optional;

/**
 * A state store as a {@link Processor} reads and writes it. Changes are seen at once here, and by
 * queries with the next commit. Values that are given out are copies, made with the serde, unless
 * nobody can change them: to change a row, put it. What was put may be changed afterwards, which
 * changes no row. Belongs to the thread of its task. Windows are keys like others: {@code
 * KeyValueStore<Windowed<K>, V>}.
 *
 * @param <K> keys
 * @param <V> values
 */
public interface KeyValueStore<K, V> {
    /**
     * Finds a row.
     *
     * @param key not null; as in {@link #put}
     * @return its value; empty if it is not there
     */
    Optional<V> get(K key);

    /**
     * Sets a row.
     *
     * @param key not null; 1 to 511 bytes, 503 with a time to live, 495 beside a window, and 487
     *     with both
     * @param value not null; see {@link #delete}
     * @throws io.varve.store.errors.LimitExceededException if the key is longer
     * @throws RowKeyException if it has no bytes, or is an array
     */
    void put(K key, V value);

    /**
     * Sets a row that is not there.
     *
     * @param key not null; 1 to 511 bytes
     * @param value not null
     * @return its value if it was there, and stays as it was; empty if it was set
     */
    default Optional<V> putIfAbsent(K key, V value) {
        Optional<V> before = get(key);
        if (before.isEmpty()) {
            put(key, value);
        }
        return before;
    }

    /**
     * Removes a row.
     *
     * @param key not null; as in {@link #put}
     * @return the value it had; empty if it was not there
     */
    Optional<V> delete(K key);

    /**
     * Walks rows. The visitor may change the store; a row that it adds further on may be visited or
     * not.
     *
     * @param query which, and in which order; reversed, all of them are collected first
     * @param visitor takes them until it returns false
     */
    void scan(RangeQuery<K> query, RowVisitor<? super K, ? super V> visitor);
}
