package io.varve.projections;

/**
 * Keeps one row per key up to date. Records without key or value are passed over, as in Kafka
 * Streams.
 */
final class AggregateOperator<K, V, A> implements Operator<K, V> {
    private final WriteBackStore<K, A> store;
    private final Update<K, V, A> update;

    AggregateOperator(WriteBackStore<K, A> store, Update<K, V, A> update) {
        this.store = store;
        this.update = update;
    }

    /** For one task, with versions if the store has them. */
    static <K, V, A> Operator<K, V> in(
            TaskStores stores, StoreDefinition<K, A> store, Update<K, V, A> update) {
        return store.isVersioned()
                ? new VersionedOperator<>(store, stores, true, update::apply)
                : new AggregateOperator<>(stores.get(store), update);
    }

    /** What reduce and aggregate differ in. Null stands for no row, before and after. */
    @FunctionalInterface
    interface Update<K, V, A> {
        A apply(K key, V value, A old);
    }

    @Override
    public void process(K key, V value, ProcessorNode out) {
        if (key == null || value == null) {
            return;
        }
        Row<K, A> row = store.row(key);
        A before = row.value();
        boolean seen = out.isWatched();
        A after = update.apply(key, value, store.values().own(row, seen));
        if (before == null && after == null) {
            out.forward(key, new Change<>(null, null)); // told of, as in Kafka Streams
            return;
        }
        store.write(row, after);
        store.keep(row, store.values().mayHold(after, value) ? after : null);
        store.seal(row, seen);
        if (out.hasChildren()) { // so that the row has its time
            out.forward(key, new Change<>(before, after), row.time);
        }
    }
}
