package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The rows of a store that a commit removes because of their age, and from its indexes. */
final class ExpiredRows<K, V> {
    private final StoreDefinition<K, V> definition;
    private final String node;
    private final TaskContext context;
    private final RowExpiry expiry;
    private final IndexWriter<K, V> indexes;
    private final List<byte[]> keys = new ArrayList<>();
    private final BytesView keyView = new BytesView();
    private final BytesView found = new BytesView();

    ExpiredRows(
            StoreDefinition<K, V> definition,
            String node,
            TaskContext context,
            RowExpiry expiry,
            IndexWriter<K, V> indexes) {
        this.definition = definition;
        this.node = node;
        this.context = context;
        this.expiry = expiry;
        this.indexes = indexes;
    }

    /** Their keys, in key order, until they are forgotten. */
    List<byte[]> keys() {
        return keys;
    }

    void forget() {
        keys.clear();
    }

    /** Removes those that nothing has changed since the last commit. */
    void remove(StateTransaction transaction, Table table) {
        expiry.expire(transaction, key -> remove(table, key));
        keys.sort(Arrays::compareUnsigned);
    }

    private void remove(Table table, byte[] key) {
        keyView.wrap(key, 0, key.length);
        if (indexes.isOn() && table.get(keyView, found)) {
            leaveIndexes(key);
        }
        table.delete(keyView);
        keys.add(key);
    }

    /** That a row cannot be read, or its index keys not be found, is no fault of an event. */
    private void leaveIndexes(byte[] keyBytes) {
        try {
            V value = definition.value(found);
            K key = definition.key(keyView);
            indexes.change(indexes.of(key, keyBytes, value), indexes.of(key, keyBytes, null));
        } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
            throw new DueWorkException(context.position(), node, e);
        }
        keyView.wrap(keyBytes, 0, keyBytes.length); // a serde may have moved it
    }
}
