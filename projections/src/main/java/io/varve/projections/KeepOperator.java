package io.varve.projections;

/**
 * Keeps a table in a store: of records, of which each is the value of its key from then on, or of
 * changes of another table. Null deletes the row. Records without a key are passed over.
 */
final class KeepOperator<K, V> implements Operator<K, Object> {
    private final WriteBackStore<K, V> store;
    private final TaskContext context;
    private final boolean changes;

    /**
     * For one task.
     *
     * @param changes whether it is given changes, and not values
     */
    KeepOperator(WriteBackStore<K, V> store, TaskContext context, boolean changes) {
        this.store = store;
        this.context = context;
        this.changes = changes;
    }

    /** For one task, with versions if the store has them. */
    // The builder's signatures made sure of what its parents forward.
    @SuppressWarnings("unchecked")
    static <K, V> Operator<K, Object> in(
            TaskStores stores, StoreDefinition<K, V> store, boolean changes) {
        return store.isVersioned()
                ? new VersionedOperator<>(
                        store,
                        stores,
                        false,
                        (key, record, before) ->
                                changes ? ((Change<V>) record).newValue() : (V) record)
                : new KeepOperator<>(stores.get(store), stores.context(), changes);
    }

    // The builder's signatures made sure of what its parents forward.
    @SuppressWarnings("unchecked")
    @Override
    public void process(K key, Object record, ProcessorNode out) {
        if (key == null) {
            return;
        }
        V after = changes ? ((Change<V>) record).newValue() : (V) record;
        Row<K, V> row = store.row(key);
        V before = out.hasChildren() ? row.value() : null;
        if (row.isThere() || after != null) {
            store.write(row, after, context.timestamp());
            store.keep(row, after);
        }
        if (out.hasChildren()) {
            out.forward(key, new Change<>(before, after));
        }
    }
}
