package io.varve.projections;

/**
 * The result of an aggregation: one row per key, kept in a store. Read it with {@link
 * Topology#store}, through an engine, or in a test with the driver.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class Table<K, V> {
    private final StoreRef<K, V> ref;

    Table(StoreRef<K, V> ref) {
        this.ref = ref;
    }

    /**
     * The store that keeps the table.
     *
     * @return as given with {@link Materialized}
     */
    public StoreRef<K, V> ref() {
        return ref;
    }
}
