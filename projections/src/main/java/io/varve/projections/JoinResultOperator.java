package io.varve.projections;

/** Keeps the results of a join; null where there is none. What stays nothing is not told of. */
final class JoinResultOperator<K, V> implements Operator<K, V> {
    private final WriteBackStore<K, V> store;
    private final TaskContext context;

    /** For one task. */
    JoinResultOperator(WriteBackStore<K, V> store, TaskContext context) {
        this.store = store;
        this.context = context;
    }

    /** For one task, with versions if the store has them. */
    static <K, V> Operator<K, V> in(TaskStores stores, StoreDefinition<K, V> store) {
        return store.isVersioned()
                ? new VersionedOperator<>(store, stores, false, (key, result, before) -> result)
                : new JoinResultOperator<>(stores.get(store), stores.context());
    }

    @Override
    public void process(K key, V after, ProcessorNode out) {
        Row<K, V> row = store.row(key);
        if (!row.isThere() && after == null) {
            return;
        }
        V before = out.hasChildren() ? row.value() : null;
        store.write(row, after, context.timestamp());
        store.keep(row, after);
        if (out.hasChildren()) {
            out.forward(key, new Change<>(before, after));
        }
    }
}
