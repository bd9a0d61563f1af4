package io.varve.projections;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.RowVisitor;
import io.varve.store.serde.Serde;
import java.util.Objects;
import java.util.Optional;

/**
 * Rows of a task, for code of the user. What is given out is a copy, and what is put may be changed
 * afterwards.
 */
final class ProcessorStore<K, V> implements KeyValueStore<K, V> {
    private final Serde<K> keySerde;
    private final WriteBackStore<K, V> store;

    ProcessorStore(Serde<K> keySerde, WriteBackStore<K, V> store) {
        this.keySerde = keySerde;
        this.store = store;
    }

    @Override
    public Optional<V> get(K key) {
        return own(row(key));
    }

    @Override
    public void put(K key, V value) {
        Objects.requireNonNull(value, "value");
        Row<K, V> row = row(key);
        store.write(row, value);
        store.seal(row, true);
    }

    private Optional<V> own(Row<K, V> row) {
        return Optional.ofNullable(store.values().own(row, true));
    }

    @Override
    public Optional<V> delete(K key) {
        Row<K, V> row = row(key);
        Optional<V> before = own(row);
        if (before.isPresent()) {
            store.write(row, null);
        }
        return before;
    }

    private Row<K, V> row(K key) {
        return store.row(Objects.requireNonNull(key, "key"));
    }

    @Override
    public void scan(RangeQuery<K> query, RowVisitor<? super K, ? super V> visitor) {
        Objects.requireNonNull(visitor, "visitor");
        ByteRange range = ByteRange.of(query.bounds(), keySerde);
        if (range.nothing() || query.limit() == 0) {
            return;
        }
        long[] left = {query.limit()};
        OrderedRows.Visitor<K, V> some =
                row -> visitor.row(row.key, store.values().own(row, true)) && --left[0] > 0;
        if (query.reversed()) {
            store.inOrder().walkBack(range.from(), range.to(), some);
        } else {
            store.inOrder().walk(range.from(), range.to(), some);
        }
    }
}
