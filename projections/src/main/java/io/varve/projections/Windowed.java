package io.varve.projections;

import java.util.Objects;

/**
 * A key of the rows of a windowed table: of each key there is a row for each window that had
 * records.
 *
 * @param key that records were grouped by
 * @param window that they fell into
 * @param <K> keys
 */
public record Windowed<K>(K key, Window window) {
    /**
     * Refuses nulls.
     *
     * @param key that records were grouped by
     * @param window that they fell into
     */
    public Windowed {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(window, "window");
    }
}
