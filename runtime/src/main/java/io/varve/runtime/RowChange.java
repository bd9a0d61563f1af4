package io.varve.runtime;

import java.util.Objects;
import java.util.Optional;

/**
 * A row that a commit has changed.
 *
 * @param key of the row
 * @param value that it has now; empty where the row was removed
 * @param <K> keys
 * @param <V> values
 */
public record RowChange<K, V>(K key, Optional<V> value) {
    /**
     * Refuses nulls.
     *
     * @param key of the row
     * @param value that it has now; empty where the row was removed
     */
    public RowChange {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
    }
}
