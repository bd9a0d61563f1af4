package io.varve.projections;

import io.varve.projections.query.StoreIndex;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.state.RowCursor;
import io.varve.store.state.StateView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Compares what two environments hold for a topology, byte for byte, with all indexes, one row of
 * each at a time. Immutable.
 */
public final class StateComparison {
    /**
     * What was found in a table.
     *
     * @param table its name; that of the store, or with a slash that of an index or of what expires
     * @param store the name of the store it belongs to
     * @param rows how many rows were compared
     * @param different how many of them are not the same
     * @param first the first of these
     */
    public record TableResult(
            String table, String store, long rows, long different, Optional<Difference> first) {
        /**
         * Refuses nulls.
         *
         * @param table see the record
         * @param store see the record
         * @param rows see the record
         * @param different see the record
         * @param first see the record
         */
        public TableResult {
            Objects.requireNonNull(table, "table");
            Objects.requireNonNull(store, "store");
            Objects.requireNonNull(first, "first");
        }
    }

    /**
     * A row that is not the same. What cannot be read is given as text, with its bytes.
     *
     * @param key of the row; for an index, of the row that it leads to
     * @param expected its value, or the index key that leads to it; empty where it is not to be
     *     there
     * @param found likewise, in the other one
     */
    public record Difference(Object key, Optional<Object> expected, Optional<Object> found) {
        /**
         * Refuses nulls.
         *
         * @param key see the record
         * @param expected see the record
         * @param found see the record
         */
        public Difference {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(expected, "expected");
            Objects.requireNonNull(found, "found");
        }
    }

    /**
     * A value of a store with a time to live.
     *
     * @param value as it is
     * @param changed the time of its last change
     */
    public record TimedValue(Object value, Instant changed) {
        /**
         * Refuses nulls.
         *
         * @param value see the record
         * @param changed see the record
         */
        public TimedValue {
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(changed, "changed");
        }
    }

    private static final int MOST_BYTES_SHOWN = 100;

    private final Topology topology;

    /**
     * Compares for a topology.
     *
     * @param topology whose tables
     */
    public StateComparison(Topology topology) {
        this.topology = Objects.requireNonNull(topology, "topology");
    }

    /**
     * Compares all tables.
     *
     * @param expected the one
     * @param found the other
     * @param eachRow is run before each row; what it throws ends it
     * @return one result for each table
     */
    public List<TableResult> run(StateView expected, StateView found, Runnable eachRow) {
        Objects.requireNonNull(eachRow, "eachRow");
        List<TableResult> results = new ArrayList<>();
        for (StoreDefinition<?, ?> store : topology.definitions()) {
            for (String table : store.tables()) {
                results.add(compare(store, table, expected, found, eachRow));
            }
        }
        return results;
    }

    private static TableResult compare(
            StoreDefinition<?, ?> store,
            String table,
            StateView expected,
            StateView found,
            Runnable eachRow) {
        RowCursor left = RowCursor.all(expected.table(table));
        RowCursor right = RowCursor.all(found.table(table));
        long rows = 0;
        long different = 0;
        Optional<Difference> first = Optional.empty();
        while (left.isAtRow() || right.isAtRow()) {
            eachRow.run();
            rows++;
            int order = order(left, right);
            if (order != 0 || !Arrays.equals(left.value(), right.value())) {
                different++;
                if (first.isEmpty()) {
                    first = Optional.of(difference(store, table, order, left, right));
                }
            }
            if (order <= 0) {
                left.next();
            }
            if (order >= 0) {
                right.next();
            }
        }
        return new TableResult(table, store.name(), rows, different, first);
    }

    /** Which of two rows comes first; one that is missing comes last. */
    private static int order(RowCursor left, RowCursor right) {
        if (!left.isAtRow() || !right.isAtRow()) {
            return left.isAtRow() ? -1 : 1;
        }
        return Arrays.compareUnsigned(left.key(), right.key());
    }

    private static Difference difference(
            StoreDefinition<?, ?> store, String table, int order, RowCursor left, RowCursor right) {
        byte[] key = order <= 0 ? left.key() : right.key();
        Optional<byte[]> expected = order <= 0 ? Optional.of(left.value()) : Optional.empty();
        Optional<byte[]> found = order >= 0 ? Optional.of(right.value()) : Optional.empty();
        if (table.equals(store.name())) {
            return new Difference(
                    shown(key, store.keySerde()::deserialize),
                    expected.map(bytes -> shown(bytes, view -> value(store, view))),
                    found.map(bytes -> shown(bytes, view -> value(store, view))));
        }
        if (table.equals(store.expiryTable())) {
            return expiry(store, key, expected, found);
        }
        return index(store, table, key, expected.isPresent(), found.isPresent());
    }

    private static Object value(StoreDefinition<?, ?> store, BytesView row) {
        if (!store.timed()) {
            return store.value(row);
        }
        Instant changed = RowExpiry.instant(row);
        return new TimedValue(store.value(row), changed);
    }

    private static Difference expiry(
            StoreDefinition<?, ?> store,
            byte[] key,
            Optional<byte[]> expected,
            Optional<byte[]> found) {
        if (key.length <= RowExpiry.TIME_BYTES) { // the stream time
            return new Difference(
                    "stream time",
                    expected.map(bytes -> shown(bytes, RowExpiry::instant)),
                    found.map(bytes -> shown(bytes, RowExpiry::instant)));
        }
        Object time = shown(key, RowExpiry::instant);
        byte[] row = Arrays.copyOfRange(key, RowExpiry.TIME_BYTES, key.length);
        return new Difference(
                shown(row, store.keySerde()::deserialize),
                expected.map(nothing -> time),
                found.map(nothing -> time));
    }

    private static Difference index(
            StoreDefinition<?, ?> store,
            String table,
            byte[] row,
            boolean expected,
            boolean found) {
        StoreIndex<?, ?, ?> index =
                store.indexes().stream()
                        .filter(one -> IndexKeys.table(store.name(), one).equals(table))
                        .findFirst()
                        .orElseThrow();
        BytesWriter indexKey = new BytesWriter();
        int at;
        try {
            at = IndexKeys.split(BytesView.of(row), indexKey);
        } catch (RuntimeException e) {
            return new Difference(hex(row), Optional.empty(), Optional.of("not a row of an index"));
        }
        Object shown = shown(indexKey.toByteArray(), index.serde()::deserialize);
        Object key = shown(Arrays.copyOfRange(row, at, row.length), store.keySerde()::deserialize);
        return new Difference(
                key,
                expected ? Optional.of(shown) : Optional.empty(),
                found ? Optional.of(shown) : Optional.empty());
    }

    /** What differs may be no key or value at all. */
    private static Object shown(byte[] bytes, Function<BytesView, ?> reader) {
        try {
            Object read = reader.apply(BytesView.of(bytes));
            return read == null ? hex(bytes) : read;
        } catch (RuntimeException e) {
            return hex(bytes);
        }
    }

    private static String hex(byte[] bytes) {
        int length = Math.min(bytes.length, MOST_BYTES_SHOWN);
        return "bytes " + HexFormat.of().formatHex(bytes, 0, length);
    }
}
