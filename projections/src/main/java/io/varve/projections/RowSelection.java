package io.varve.projections;

import io.varve.projections.query.RangeQuery;
import io.varve.store.bytes.BytesView;
import io.varve.store.state.StateView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Rows of a store that somebody follows: the engine-facing side of live queries. Immutable and
 * thread-safe; made by {@link Topology#select}.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class RowSelection<K, V> {
    private final StoreDefinition<K, V> definition;
    private final RangeQuery<K> query;
    private final ByteRange range;

    RowSelection(StoreDefinition<K, V> definition, RangeQuery<K> query) {
        this.definition = definition;
        this.query = query;
        this.range = ByteRange.of(query.bounds(), definition.keySerde());
    }

    /** Takes changed rows, one by one, as bytes that are its own. */
    @FunctionalInterface
    public interface ChangeVisitor {
        /**
         * Takes a change.
         *
         * @param key of the row
         * @param value of the row; empty where the row was removed
         * @return whether to go on
         */
        boolean change(byte[] key, Optional<byte[]> value);
    }

    /**
     * All of them, at the instant of a view.
     *
     * @param view of the environment
     * @param eachRow is run before each row; what it throws ends the walk
     * @return a new list, in the order of keys
     */
    public List<Map.Entry<K, V>> rows(StateView view, Runnable eachRow) {
        Objects.requireNonNull(view, "view");
        Objects.requireNonNull(eachRow, "eachRow");
        return new StoreReader<>(definition, view, eachRow).list(query);
    }

    /**
     * Likewise, as bytes.
     *
     * @param view of the environment
     * @param eachRow is run before each row; what it throws ends the walk
     * @param visitor takes them in the order of keys, each with its value, until it returns false
     */
    public void walk(StateView view, Runnable eachRow, ChangeVisitor visitor) {
        Objects.requireNonNull(view, "view");
        Objects.requireNonNull(eachRow, "eachRow");
        Objects.requireNonNull(visitor, "visitor");
        range.scan(
                view.table(store()),
                query,
                eachRow,
                (key, row) ->
                        visitor.change(
                                key.toByteArray(),
                                Optional.of(definition.valueBytes(row).toByteArray())));
    }

    /**
     * Reads a key.
     *
     * @param bytes as a visitor was given them
     * @return the key
     */
    public K key(byte[] bytes) {
        return definition.key(BytesView.of(Objects.requireNonNull(bytes, "bytes")));
    }

    /**
     * Reads a value.
     *
     * @param bytes as a visitor was given them
     * @return the value
     */
    public V value(byte[] bytes) {
        return definition.plainValue(BytesView.of(Objects.requireNonNull(bytes, "bytes")));
    }

    String store() {
        return definition.name();
    }

    ByteRange range() {
        return range;
    }
}
