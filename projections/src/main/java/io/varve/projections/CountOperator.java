package io.varve.projections;

/**
 * Keeps the number of records of each key, as the aggregation that adds one would: but the number
 * is counted in the row itself, without an object for each record. Records without key or value are
 * passed over.
 */
final class CountOperator<K, V> implements Operator<K, V> {
    private final WriteBackStore<K, Long> store;

    CountOperator(WriteBackStore<K, Long> store) {
        this.store = store;
    }

    /** For one task, with versions if the store has them. */
    static <K, V> Operator<K, V> in(TaskStores stores, StoreDefinition<K, Long> store) {
        return store.isVersioned()
                ? new VersionedOperator<>(
                        store, stores, true, (key, value, count) -> count == null ? 1L : count + 1)
                : new CountOperator<>(stores.get(store));
    }

    @Override
    public void process(K key, V value, ProcessorNode out) {
        if (key == null || value == null) {
            return;
        }
        Row<K, Long> row = store.row(key);
        if (out.hasChildren()) { // so that the row has its time
            Long before = row.value();
            store.count(row);
            out.forward(key, new Change<>(before, row.value()), row.time);
        } else {
            store.count(row);
        }
    }
}
