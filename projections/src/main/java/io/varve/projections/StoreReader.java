package io.varve.projections;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.ReadOnlyIndex;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.query.RowVisitor;
import io.varve.projections.query.StoreIndex;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.StateView;
import java.util.Objects;
import java.util.Optional;

/** Decodes the rows of a table. */
final class StoreReader<K, V> implements ReadOnlyKeyValueStore<K, V> {
    private final StoreDefinition<K, V> definition;
    private final StateView view;
    private final ReadOnlyTable table;
    private final Runnable eachRow;
    private final BytesWriter writer = new BytesWriter();
    private final BytesView found = new BytesView();

    /**
     * Reads a store.
     *
     * @param eachRow is run before each row of a walk or a count; what it throws ends it
     */
    StoreReader(StoreDefinition<K, V> definition, StateView view, Runnable eachRow) {
        this.definition = definition;
        this.view = view;
        this.eachRow = Objects.requireNonNull(eachRow, "eachRow");
        this.table = view.table(definition.name());
    }

    String name() {
        return definition.name();
    }

    @Override
    public Optional<V> get(K key) {
        Objects.requireNonNull(key, "key");
        ByteRange.write(key, definition.keySerde(), writer.reset());
        return value(writer.view());
    }

    /** The value of a row, by the bytes of its key. */
    Optional<V> value(BytesView key) {
        if (key.length() == 0 || key.length() > ReadOnlyTable.MAX_KEY_BYTES) {
            // No row can have such a key: it would have been refused.
            return Optional.empty();
        }
        if (!table.get(key, found)) {
            return Optional.empty();
        }
        try {
            return Optional.of(definition.value(found));
        } finally {
            found.release(); // a serde may have kept it
        }
    }

    /** A row of a store that keeps times; null where there is none. */
    Dated<V> dated(K key) {
        Objects.requireNonNull(key, "key");
        ByteRange.write(key, definition.keySerde(), writer.reset());
        BytesView bytes = writer.view();
        if (bytes.length() == 0
                || bytes.length() > ReadOnlyTable.MAX_KEY_BYTES
                || !table.get(bytes, found)) {
            return null;
        }
        try {
            long time = RowExpiry.time(found);
            return new Dated<>(definition.value(found), time);
        } finally {
            found.release();
        }
    }

    K key(BytesView bytes) {
        return definition.key(bytes);
    }

    @Override
    public void scan(RangeQuery<K> query, RowVisitor<? super K, ? super V> visitor) {
        Objects.requireNonNull(visitor, "visitor");
        range(query)
                .scan(
                        table,
                        query,
                        eachRow,
                        (key, value) -> visitor.row(key(key), definition.value(value)));
    }

    @Override
    public long count() {
        return table.count();
    }

    @Override
    public long count(RangeQuery<K> query) {
        return range(query).count(table, query, eachRow);
    }

    private ByteRange range(RangeQuery<K> query) {
        return ByteRange.of(query.bounds(), definition.keySerde());
    }

    @Override
    public <I> ReadOnlyIndex<I, K, V> index(StoreIndex<K, V, I> index) {
        definition.checkIndex(index);
        return new IndexReader<>(this, index, view.table(IndexKeys.table(name(), index)), eachRow);
    }
}
