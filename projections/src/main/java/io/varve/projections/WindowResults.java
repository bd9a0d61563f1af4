package io.varve.projections;

/**
 * The rows of a windowed table, and who is told of their changes: at once, or when windows close.
 */
final class WindowResults<K, A> {
    private final WriteBackStore<Windowed<K>, A> store;
    private final TaskContext context;

    /** For one task. */
    WindowResults(WriteBackStore<Windowed<K>, A> store, TaskContext context) {
        this.store = store;
        this.context = context;
    }

    Row<Windowed<K>, A> row(Windowed<K> key) {
        return store.row(key);
    }

    /** Sets a row, whose time is the latest of the records in it. */
    void put(Row<Windowed<K>, A> row, A after, ProcessorNode out) {
        A before = row.value();
        if (before != null || after != null) {
            store.write(row, after);
        }
        if (out.hasChildren()) {
            long time = before == null ? context.timestamp() : row.time;
            out.forward(row.key, new Change<>(before, after), time);
        }
    }
}
