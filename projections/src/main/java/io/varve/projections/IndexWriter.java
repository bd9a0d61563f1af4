package io.varve.projections;

import io.varve.projections.query.StoreIndex;
import io.varve.store.bytes.BytesView;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serde;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keeps the indexes of a store: collects what a commit changes in each, and writes it in key order.
 *
 * <p>What an index holds for a row is a list of its keys in order, one list for each index of the
 * store. It is computed when the row is read and when it is written, because values may be changed
 * in place in between.
 */
final class IndexWriter<K, V> {
    static final byte[][] NONE = {};
    private static final BytesView NOTHING = BytesView.of(new byte[0]);

    /** A row that an index gets, or loses. */
    private record Entry(byte[] key, boolean added) {}

    private final List<IndexKeys<K, V, ?>> indexes;
    private final List<List<Entry>> entries = new ArrayList<>();
    private final Serde<K> keySerde;
    private final byte[][][] nowhere;
    private final BytesView view = new BytesView();

    IndexWriter(StoreDefinition<K, V> definition) {
        keySerde = definition.keySerde();
        indexes = new ArrayList<>();
        for (StoreIndex<K, V, ?> index : definition.indexes()) {
            indexes.add(new IndexKeys<>(definition.name(), index));
            entries.add(new ArrayList<>());
        }
        nowhere = new byte[indexes.size()][][];
        Arrays.fill(nowhere, NONE);
    }

    boolean isOn() {
        return !indexes.isEmpty();
    }

    /** What the indexes hold for a row; its value is null where there is none. */
    byte[][][] of(K key, byte[] keyBytes, V value) {
        if (value == null || indexes.isEmpty()) {
            return nowhere;
        }
        byte[][][] all = new byte[indexes.size()][][];
        for (int i = 0; i < all.length; i++) {
            all[i] = indexes.get(i).of(key, keyBytes, value);
        }
        return all;
    }

    /** Begins a commit. */
    void begin() {
        entries.forEach(List::clear);
    }

    /** Notes that a row is no longer in the indexes as it was. */
    void change(byte[][][] before, byte[][][] after) {
        for (int i = 0; i < before.length; i++) {
            change(entries.get(i), before[i], after[i]);
        }
    }

    /** Merges two lists in order; what is in both stays as it is. */
    private static void change(List<Entry> entries, byte[][] before, byte[][] after) {
        int b = 0;
        int a = 0;
        while (b < before.length || a < after.length) {
            int order = order(before, b, after, a);
            if (order < 0) {
                entries.add(new Entry(before[b], false));
            } else if (order > 0) {
                entries.add(new Entry(after[a], true));
            }
            b += order <= 0 ? 1 : 0;
            a += order >= 0 ? 1 : 0;
        }
    }

    private static int order(byte[][] before, int b, byte[][] after, int a) {
        if (b == before.length) {
            return 1;
        }
        return a == after.length ? -1 : Arrays.compareUnsigned(before[b], after[a]);
    }

    /** Writes what was noted. */
    void writeTo(StateTransaction transaction) {
        for (int i = 0; i < indexes.size(); i++) {
            List<Entry> changed = entries.get(i);
            changed.sort((x, y) -> Arrays.compareUnsigned(x.key(), y.key()));
            IndexKeys<K, V, ?> index = indexes.get(i);
            Table table = transaction.table(index.table());
            for (Entry entry : changed) {
                write(table, entry, index);
            }
        }
    }

    private void write(Table table, Entry entry, IndexKeys<K, V, ?> index) {
        view.wrap(entry.key(), 0, entry.key().length);
        if (entry.added()) {
            table.put(view, NOTHING);
        } else if (!table.delete(view)) {
            // Not the event's fault, and without it the same would happen again.
            throw new SerdeException(
                    "An index does not hold what its function gives for the row: table="
                            + index.table()
                            + " "
                            + index.describe(entry.key(), keySerde),
                    "Make the function depend on the row only, and raise the projection's version"
                            + " when you change it.",
                    null);
        }
    }
}
