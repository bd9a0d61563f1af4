package io.varve.projections;

/**
 * Finds rows of a table as they are now, for the record in hand: kept in a store, or made of those
 * of another table.
 */
@FunctionalInterface
interface TableLookup<K, V> {
    /** The row of a key that is not null; null where there is none. */
    Dated<V> find(K key);

    /** The row for a record of a time: as of then, where the table has versions. */
    default Dated<V> find(K key, long time) {
        return find(key);
    }

    /** Makes the one of a task. */
    @FunctionalInterface
    interface Factory<K, V> {
        TableLookup<K, V> create(TaskStores stores);

        /** In a store. */
        static <K, V> Factory<K, V> of(StoreDefinition<K, V> definition) {
            if (definition.isVersioned()) {
                return stores -> {
                    VersionedRows<K, V> rows = stores.versioned(definition);
                    rows.lend();
                    return new Versioned<>(rows);
                };
            }
            return stores -> {
                WriteBackStore<K, V> store = stores.get(definition);
                store.values().lend();
                return key -> {
                    Row<K, V> row = store.row(key);
                    return row.isThere() ? new Dated<>(row.value(), row.time) : null;
                };
            };
        }

        /** Made of this one's, row by row; null is no row. */
        default <V2> Factory<K, V2> then(
                ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper) {
            return stores -> new Mapped<>(create(stores), mapper);
        }
    }

    /** In a versioned store. */
    record Versioned<K, V>(VersionedRows<K, V> rows) implements TableLookup<K, V> {
        @Override
        public Dated<V> find(K key) {
            Row<K, V> row = rows.row(key);
            return row.isThere() ? new Dated<>(row.value(), row.time) : null;
        }

        @Override
        public Dated<V> find(K key, long time) {
            return rows.find(key, time);
        }
    }

    /** Made of the rows of another. */
    record Mapped<K, V, V2>(
            TableLookup<K, V> rows, ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper)
            implements TableLookup<K, V2> {
        @Override
        public Dated<V2> find(K key) {
            return map(key, rows.find(key));
        }

        @Override
        public Dated<V2> find(K key, long time) {
            return map(key, rows.find(key, time));
        }

        private Dated<V2> map(K key, Dated<V> row) {
            V2 value = row == null ? null : mapper.apply(key, row.value());
            return value == null ? null : new Dated<>(value, row.timestamp());
        }
    }
}
