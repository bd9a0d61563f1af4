package io.varve.projections;

/**
 * Finds rows of a table as they are now, for the record in hand: kept in a store, or made of those
 * of another table.
 */
@FunctionalInterface
interface TableLookup<K, V> {
    /** The row of a key that is not null; null where there is none. */
    Dated<V> find(K key);

    /** Makes the one of a task. */
    @FunctionalInterface
    interface Factory<K, V> {
        TableLookup<K, V> create(TaskStores stores);

        /** In a store. */
        static <K, V> Factory<K, V> of(StoreDefinition<K, V> definition) {
            return stores -> {
                WriteBackStore<K, V> store = stores.get(definition);
                return key -> {
                    Row<K, V> row = store.row(key);
                    return row.isThere() ? new Dated<>(row.value(), row.time) : null;
                };
            };
        }

        /** Made of this one's, row by row; null is no row. */
        default <V2> Factory<K, V2> then(
                ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper) {
            return stores -> {
                TableLookup<K, V> rows = create(stores);
                return key -> {
                    Dated<V> row = rows.find(key);
                    V2 value = row == null ? null : mapper.apply(key, row.value());
                    return value == null ? null : new Dated<>(value, row.timestamp());
                };
            };
        }
    }
}
