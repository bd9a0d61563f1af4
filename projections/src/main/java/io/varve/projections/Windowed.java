package io.varve.projections;

import io.varve.store.serde.Serde;
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

    /**
     * Writes windowed keys as the stores of windowed tables do: the key, and sixteen bytes behind
     * it. They sort by their keys, then by start, where no key's bytes begin with another's.
     *
     * @param keySerde of the keys
     * @param <K> keys
     * @return the serde of windowed keys
     */
    public static <K> Serde<Windowed<K>> serde(Serde<K> keySerde) {
        return new WindowedSerde<>(Objects.requireNonNull(keySerde, "keySerde"));
    }
}
