package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serde;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table of decoded rows over a table of bytes. A row is decoded when it is first asked for and
 * encoded once per commit, however often it changed in between; that it is missing is remembered
 * too.
 *
 * <pre>
 *            read            changed            written
 *   (absent) ────▶ clean ──────────────▶ dirty ─────────▶ clean
 *                  kept until more than MAX_CACHED_ROWS are there after a commit, or abandon
 * </pre>
 *
 * <p>Aggregates may be objects that the user changes in place. So each write counts as a change,
 * also of the same instance, and after an error all rows are forgotten, not only those that were
 * written.
 */
final class WriteBackStore<K, V> {
    /**
     * Rows kept decoded between commits. Beyond that all are let go at once: what is hot is back
     * after one read, and it costs no bookkeeping on each access.
     */
    static final int MAX_CACHED_ROWS = 100_000;

    private final String name;
    private final String node;
    private final Serde<K> keySerde;
    private final Serde<V> valueSerde;
    private final TaskContext context;
    private final List<String> tables;
    private final IndexWriter<K, V> indexes;
    private final BytesWriter writer = new BytesWriter();
    private final BytesView keyView = new BytesView();
    private final BytesView found = new BytesView();
    private final List<Row<K, V>> dirty = new ArrayList<>();
    private Map<K, Row<K, V>> rows = new HashMap<>();
    private ReadOnlyTable committed;
    private int committedIn;
    private long lookups;
    private long misses;

    WriteBackStore(StoreDefinition<K, V> definition, String node, TaskContext context) {
        this.name = definition.name();
        this.node = node;
        this.keySerde = definition.keySerde();
        this.valueSerde = definition.valueSerde();
        this.context = context;
        this.tables = definition.tables();
        this.indexes = new IndexWriter<>(definition);
    }

    /** A row of this table; its value is null where there is no such row. */
    static final class Row<K, V> {
        private final K key;
        private final byte[] keyBytes;
        private V value;
        private boolean dirty;
        private long position;

        /** What the indexes hold for it, and what they will when the transaction is committed. */
        private byte[][][] indexed;

        private byte[][][] toBeIndexed;

        Row(K key, byte[] keyBytes, V value, byte[][][] indexed) {
            this.key = key;
            this.keyBytes = keyBytes;
            this.value = value;
            this.indexed = indexed;
            this.toBeIndexed = indexed;
        }

        V value() {
            return value;
        }
    }

    String name() {
        return name;
    }

    /** All tables it needs. */
    List<String> tables() {
        return tables;
    }

    int dirty() {
        return dirty.size();
    }

    int cached() {
        return rows.size();
    }

    /** How often a row was asked for. */
    long lookups() {
        return lookups;
    }

    /** How often it had to be read. */
    long misses() {
        return misses;
    }

    Row<K, V> row(K key) {
        Row<K, V> row = rows.get(key);
        lookups++;
        if (row == null) {
            misses++;
            row = read(key);
            rows.put(key, row);
        }
        return row;
    }

    void write(Row<K, V> row, V value) {
        row.value = value;
        row.position = context.position();
        if (!row.dirty) {
            row.dirty = true;
            dirty.add(row);
        }
    }

    private Row<K, V> read(K key) {
        if (key.getClass().isArray()) {
            throw new IllegalArgumentException(
                    "An array cannot be a key, it has no equals: store="
                            + name
                            + ". Wrap it in a record with equals, or use text.");
        }
        keySerde.serialize(key, writer.reset());
        byte[] bytes = writer.toByteArray();
        if (bytes.length == 0) {
            throw new IllegalArgumentException(
                    "A key has no bytes: store="
                            + name
                            + " key="
                            + key
                            + ". Filter such records out, or give them another key.");
        }
        if (bytes.length > ReadOnlyTable.MAX_KEY_BYTES) {
            throw new LimitExceededException(
                    "key of store=" + name + " (bytes)", bytes.length, ReadOnlyTable.MAX_KEY_BYTES);
        }
        boolean there = committed().get(keyView.wrap(bytes, 0, bytes.length), found);
        V value = there ? valueSerde.deserialize(found) : null;
        return new Row<>(key, bytes, value, indexes.of(key, bytes, value));
    }

    private ReadOnlyTable committed() {
        StateView view = context.view();
        if (committedIn != context.viewNumber()) {
            committed = view.table(name);
            committedIn = context.viewNumber();
        }
        return committed;
    }

    /**
     * Writes the changed rows in key order, then the indexes. They stay changed until {@link
     * #clean}.
     */
    void writeTo(StateTransaction transaction) {
        Table table = transaction.table(name);
        indexes.begin();
        dirty.sort((a, b) -> Arrays.compareUnsigned(a.keyBytes, b.keyBytes));
        byte[] previous = null;
        for (Row<K, V> row : dirty) {
            if (previous != null && Arrays.equals(previous, row.keyBytes)) {
                // Not the event's fault, and without it the same would happen again.
                throw twice(row);
            }
            previous = row.keyBytes;
            keyView.wrap(row.keyBytes, 0, row.keyBytes.length);
            if (row.value == null) {
                row.toBeIndexed = indexes.of(row.key, row.keyBytes, null);
                table.delete(keyView);
            } else {
                table.put(keyView, encoded(row));
            }
            indexes.change(row.indexed, row.toBeIndexed);
        }
        indexes.writeTo(transaction);
    }

    private BytesView encoded(Row<K, V> row) {
        try {
            valueSerde.serialize(row.value, writer.reset());
            row.toBeIndexed = indexes.of(row.key, row.keyBytes, row.value);
        } catch (RuntimeException e) {
            throw new ProjectionException(row.position, node, e);
        }
        return writer.view();
    }

    private SerdeException twice(Row<K, V> row) {
        return new SerdeException(
                "Two keys that are not equal have the same bytes: store="
                        + name
                        + " bytes="
                        + Arrays.toString(row.keyBytes),
                "Give the key's class an equals and hashCode that agree with its serde.",
                null);
    }

    /** What was written, in key order; between {@link #writeTo} and {@link #clean}. */
    void changes(ByteRange range, RowSelection.ChangeVisitor visitor) {
        boolean wanted = true;
        for (int i = firstIn(range); i < dirty.size() && wanted; i++) {
            Row<K, V> row = dirty.get(i);
            if (!range.contains(row.keyBytes)) {
                return;
            }
            // A copy each: the value may be changed in place before anybody looks at it.
            wanted =
                    visitor.change(
                            row.keyBytes,
                            row.value == null
                                    ? Optional.empty()
                                    : Optional.of(encoded(row).toByteArray()));
        }
    }

    private int firstIn(ByteRange range) {
        int low = 0;
        int high = dirty.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(dirty.get(middle).keyBytes, range.from()) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The changes are in the table now. */
    void clean() {
        for (Row<K, V> row : dirty) {
            row.dirty = false;
            row.indexed = row.toBeIndexed;
        }
        dirty.clear();
        if (rows.size() > MAX_CACHED_ROWS) {
            rows = new HashMap<>();
        }
    }

    /** Forgets everything that is not in the table, and what may have been changed in place. */
    void abandon() {
        dirty.clear();
        rows = new HashMap<>();
    }
}
