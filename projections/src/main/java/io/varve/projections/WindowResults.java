package io.varve.projections;

import java.util.Optional;

/**
 * The rows of a windowed table, and who is told of their changes: at once, or when windows close.
 */
final class WindowResults<K, A> {
    private final WriteBackStore<Windowed<K>, A> store;

    /** Windows that are to be told of. */
    private final Optional<TimeQueue<Windowed<K>, Boolean>> closing;

    /** For one task. */
    WindowResults(
            WriteBackStore<Windowed<K>, A> store,
            Optional<TimeQueue<Windowed<K>, Boolean>> closing) {
        this.store = store;
        this.closing = closing;
    }

    /** The name of its store. */
    String store() {
        return store.name();
    }

    Row<Windowed<K>, A> row(Windowed<K> key) {
        return store.row(key);
    }

    RowKeys keys() {
        return store.keys();
    }

    OrderedRows<Windowed<K>, A> inOrder() {
        return store.inOrder();
    }

    /** The value of a row for another one: the aggregation may change each in place. */
    A copy(Row<Windowed<K>, A> row) {
        return store.values().own(row, true);
    }

    /** The value of a row for the aggregation. */
    A own(Row<Windowed<K>, A> row, ProcessorNode out) {
        return store.values().own(row, isSeen(out));
    }

    /** Whether others are told of each change. */
    private boolean isSeen(ProcessorNode out) {
        return closing.isEmpty() && out.isWatched();
    }

    /**
     * Sets a row, or removes it, and tells of it.
     *
     * @param part of the record that the value may be, or hold; null for none
     */
    void put(Row<Windowed<K>, A> row, A after, Object part, long time, ProcessorNode out) {
        A before = row.value();
        if (before != null || after != null) {
            store.write(row, after, time);
            store.keep(row, store.values().mayHold(after, part) ? after : null);
            store.seal(row, isSeen(out));
        }
        if (closing.isPresent()) {
            if (after == null) {
                closing.get().remove(row.key);
            } else {
                closing.get().add(row.key, true);
            }
        } else if (out.hasChildren()) {
            out.forward(row.key, new Change<>(before, after), time);
        }
    }

    /**
     * Tells of the windows that end at a time or before, if that was not done at once; behind that
     * rows expire.
     */
    void close(long closed, ProcessorNode out) {
        if (closing.isPresent()) {
            closing.get()
                    .take(
                            closed,
                            (key, yes) ->
                                    out.due(
                                            key,
                                            key.window().endMillis(),
                                            () -> forward(store.row(key), out)));
        }
        store.expiry().pass();
    }

    /** The time at which the first row expires that is committed. */
    long nextExpiry() {
        return store.expiry().isOn() ? store.expiry().next() : Timed.NEVER;
    }

    /** The earliest end of a window that is to be told of, or before it. */
    long nextEnd() {
        return closing.map(TimeQueue::earliest).orElse(Timed.NEVER);
    }

    private void forward(Row<Windowed<K>, A> row, ProcessorNode out) {
        if (row.isThere() && out.hasChildren()) {
            row.shared = true; // it may still become part of another session
            out.forward(row.key, new Change<>(null, row.value()), row.time);
        }
    }
}
