package io.varve.projections;

import io.varve.projections.AggregateOperator.Update;

/**
 * Keeps one row per group up to date: what a row was is taken back, then what it is is added. An
 * aggregate is of the latest time of all that changed it.
 */
final class TableAggregateOperator<K, V, A> implements Operator<K, Change<V>> {
    private final WriteBackStore<K, A> store;
    private final TaskContext context;
    private final Update<K, V, A> add;
    private final Update<K, V, A> subtract;

    /**
     * For one task.
     *
     * @param add to an aggregate, or to null where there is none
     * @param subtract from an aggregate that is there
     */
    TableAggregateOperator(
            WriteBackStore<K, A> store,
            TaskContext context,
            Update<K, V, A> add,
            Update<K, V, A> subtract) {
        this.store = store;
        this.context = context;
        this.add = add;
        this.subtract = subtract;
    }

    /** For one task, with versions if the store has them. */
    static <K, V, A> Operator<K, Change<V>> in(
            TaskStores stores,
            StoreDefinition<K, A> store,
            Update<K, V, A> add,
            Update<K, V, A> subtract) {
        return store.isVersioned()
                ? new VersionedOperator<>(
                        store,
                        stores,
                        true,
                        (key, change, before) -> apply(key, change, before, add, subtract))
                : new TableAggregateOperator<>(stores.get(store), stores.context(), add, subtract);
    }

    private static <K, V, A> A apply(
            K key, Change<V> change, A before, Update<K, V, A> add, Update<K, V, A> subtract) {
        A after = before;
        if (change.oldValue() != null && before != null) {
            after = subtract.apply(key, change.oldValue(), before);
        }
        return change.newValue() == null ? after : add.apply(key, change.newValue(), after);
    }

    private boolean mayHold(A after, Change<V> change) {
        return store.values().mayHold(after, change.newValue())
                || store.values().mayHold(after, change.oldValue());
    }

    @Override
    public void process(K key, Change<V> change, ProcessorNode out) {
        Row<K, A> row = store.row(key);
        A before = row.value();
        long time = context.timestamp();
        if (before != null) {
            time = Math.max(time, row.time);
        }
        boolean seen = out.isWatched();
        A after = apply(key, change, store.values().own(row, seen), add, subtract);
        if (before != null || after != null) {
            store.write(row, after);
            store.keep(row, mayHold(after, change) ? after : null);
            store.seal(row, seen);
        }
        if (out.hasChildren()) {
            out.forward(key, new Change<>(before, after), time);
        }
    }
}
