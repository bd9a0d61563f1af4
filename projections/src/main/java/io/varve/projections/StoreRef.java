package io.varve.projections;

import io.varve.store.PlainName;

/**
 * Names a state store, with the types of its keys and values: one constant for topology, queries
 * and tests.
 *
 * <pre>{@code
 * static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");
 * }</pre>
 *
 * @param name 1 to 100 characters of letters, digits, {@code . _ -}; unique within a projection
 * @param <K> keys
 * @param <V> values
 */
public record StoreRef<K, V>(String name) {
    /**
     * Refuses a name that could not be the name of a table.
     *
     * @param name 1 to 100 characters of letters, digits, {@code . _ -}; unique within a projection
     */
    public StoreRef {
        PlainName.check("store", name, 100);
    }

    /**
     * Names a store.
     *
     * @param name 1 to 100 characters of letters, digits, {@code . _ -}
     * @param <K> keys
     * @param <V> values
     * @return the reference
     */
    public static <K, V> StoreRef<K, V> of(String name) {
        return new StoreRef<>(name);
    }
}
