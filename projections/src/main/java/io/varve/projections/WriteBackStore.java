package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.VarveException;
import io.varve.store.serde.Serde;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A table of decoded rows over a table of bytes. A row is decoded when it is first asked for and
 * encoded once per commit, however often it changed in between; that it is missing is remembered
 * too.
 *
 * <pre>
 *            read            changed            written
 *   (absent) ────▶ clean ──────────────▶ dirty ─────────▶ clean
 *                  kept in memory as long as {@link DecodedRows} likes, or abandon
 * </pre>
 *
 * <p>Aggregates may be objects that the user changes in place ({@link RowValues}). So each write
 * counts as a change, also of the same instance, and after an error all rows are forgotten, not
 * only those that were written.
 */
final class WriteBackStore<K, V> {
    /** Every such write, and the first, second, fourth, and so on. */
    private static final int MEASURED_WRITE = 64;

    private final String name;
    private final String node;
    private final Serde<K> keySerde;
    private final TaskContext context;
    private final List<String> tables;
    private final IndexWriter<K, V> indexes;
    private final RowExpiry expiry;
    private final RowKeys keys;
    private final boolean timed;
    private final Optional<OrderedRows<K, V>> ordered;
    private final StoreDefinition<K, V> definition;
    private final BytesWriter writer = new BytesWriter();
    private final BytesView keyView = new BytesView();
    private final BytesView found = new BytesView();
    private final List<Row<K, V>> dirty = new ArrayList<>();

    private final ExpiredRows<K, V> expired;
    private final DecodedRows<K, V> rows;
    private final RowValues<K, V> values;

    /** What the indexes will hold for the dirty rows when the transaction is committed. */
    private final List<byte[][][]> toBeIndexed = new ArrayList<>();

    private ReadOnlyTable committed;
    private int committedIn;

    /** A guess at what new rows will have. */
    private int lastValueBytes;

    private int writes;
    private long lookups;
    private long misses;

    WriteBackStore(
            StoreDefinition<K, V> definition,
            String node,
            TaskContext context,
            DecodedRows<K, V> rows) {
        this.rows = rows;
        this.values = new RowValues<>(definition, node);
        this.name = definition.name();
        this.node = node;
        this.keySerde = definition.keySerde();
        this.context = context;
        this.tables = definition.tables();
        this.indexes = new IndexWriter<>(definition);
        this.expiry = new RowExpiry(definition, context);
        this.expired = new ExpiredRows<>(definition, node, context, expiry, indexes);
        this.keys = new RowKeys(definition);
        this.timed = definition.timed();
        this.ordered =
                definition.kind().ordered()
                        ? Optional.of(
                                new OrderedRows<>(definition::key, this::committed, this::row))
                        : Optional.empty();
        this.definition = definition;
    }

    String name() {
        return name;
    }

    List<String> tables() {
        return tables;
    }

    boolean isDue() {
        return !dirty.isEmpty() || expiry.isDue();
    }

    /** How long keys may be. */
    RowKeys keys() {
        return keys;
    }

    /** When its rows expire. */
    RowExpiry expiry() {
        return expiry;
    }

    int dirty() {
        return dirty.size();
    }

    /** Whether it holds so many changes that they should be committed. */
    boolean isFull() {
        return !dirty.isEmpty() && rows.isFull();
    }

    DecodedRows<K, V> rows() {
        return rows;
    }

    long lookups() {
        return lookups;
    }

    long misses() {
        return misses;
    }

    Row<K, V> row(K key) {
        Row<K, V> row = rows.get(key);
        lookups++;
        if (row == null) {
            misses++;
            row = read(key);
        }
        if (expiry.isOn()) {
            age(row);
        }
        return row;
    }

    /** Lets time pass for a row, as it would have if each event had been committed. */
    private void age(Row<K, V> row) {
        if (row.storedTime.isPresent() && expiry.isRemoved(row.storedTime.getAsLong())) {
            row.storedTime = OptionalLong.empty();
            row.indexed = indexes.of(row.key, row.keyBytes, null);
        }
        if (row.isThere() && expiry.isExpired(agesFrom(row))) {
            row.value(null);
        }
    }

    private long agesFrom(Row<K, V> row) {
        return definition.agesFrom(row.key, row.time);
    }

    /** Sets a row; its time is that of the latest record that changed it. */
    void write(Row<K, V> row, V value) {
        boolean wasThere = row.isThere();
        row.value(value);
        written(row, wasThere);
    }

    /** Sets a row that has this time from now on, whatever it had. */
    void write(Row<K, V> row, V value, long time) {
        write(row, value);
        row.time = time;
    }

    RowValues<K, V> values() {
        return values;
    }

    /** A row was written with what a function has returned, which others are to see, or not. */
    void seal(Row<K, V> row, boolean seen) {
        if (row.dirty && values.seal(row, seen)) {
            rows.encoded(row, 2 * row.sealed.length); // the bytes, and the object
        }
    }

    /** A row was written with an object that somebody else has made, or that holds one, or none. */
    void keep(Row<K, V> row, Object holds) {
        if (row.dirty && values.keep(row, holds)) {
            rows.encoded(row, 2 * row.sealed.length); // once it is read
        }
    }

    OrderedRows<K, V> inOrder() {
        return ordered.orElseThrow();
    }

    void count(Row<K, V> row) {
        boolean wasThere = row.isThere();
        row.count();
        written(row, wasThere);
    }

    private void written(Row<K, V> row, boolean wasThere) {
        if (timed) {
            row.time = wasThere ? Math.max(row.time, context.timestamp()) : context.timestamp();
        }
        row.position = context.position();
        row.byDueWork = context.isDue();
        writes++;
        if (row.isThere() && (writes % MEASURED_WRITE == 0 || Integer.bitCount(writes) == 1)) {
            measure(row);
        }
        if (ordered.isPresent()) { // a lambda would be an object for each event
            ordered.get().update(row);
        }
        if (!row.dirty) {
            row.dirty = true;
            dirty.add(row);
        }
    }

    /** New rows are taken to be as large as the last one: it is measured at times. */
    private void measure(Row<K, V> row) {
        try {
            int bytes = values.encoded(row, timed).length();
            lastValueBytes = bytes;
            rows.encoded(row, bytes);
        } catch (ProjectionException | DueWorkException e) {
            // If it still cannot be written when it is committed, that is the time to say so.
            return;
        }
    }

    /**
     * In one piece on purpose. Most rows are in memory; but at first most are not, and the JIT
     * would make all of this part of {@link #row}, and of what calls it, if it had less than 326
     * bytes of code: the more it compiles, the longer everything runs slowly.
     */
    private Row<K, V> read(K key) {
        if (key.getClass().isArray()) {
            throw new RowKeyException(
                    "An array cannot be a key, it has no equals: store=" + name,
                    "Wrap it in a record with equals, or use text.");
        }
        keySerde.serialize(key, writer.reset());
        byte[] bytes = writer.toByteArray();
        if (bytes.length == 0) {
            throw new RowKeyException(
                    "A key has no bytes: store=" + name + " key=" + key,
                    "Filter such records out, or give them another key.");
        }
        if (bytes.length > keys.most()) {
            throw keys.tooLong(bytes.length);
        }
        boolean there;
        try {
            there = committed().get(keyView.wrap(bytes, 0, bytes.length), found);
        } catch (VarveException e) {
            throw context.ofTheState(e);
        }
        long time = there && timed ? RowExpiry.time(found) : 0;
        int valueBytes = found.length();
        V value;
        try {
            value = there ? definition.value(found) : null;
        } finally {
            found.release(); // a serde may have kept it
        }
        Row<K, V> row = new Row<>(key, bytes, value, indexes.of(key, bytes, value));
        row.time = time;
        row.storedTime = expiry.isOn() ? expires(row) : OptionalLong.empty();
        rows.add(row, there ? valueBytes : lastValueBytes);
        return row;
    }

    /** Whether the event in hand has written a row. */
    boolean isWritten(Row<K, V> row) {
        return row.dirty && row.position == context.position();
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
        toBeIndexed.clear();
        KeyOrder.sort(dirty);
        KeyOrder.checkDistinct(dirty, name);
        for (Row<K, V> row : dirty) {
            keyView.wrap(row.keyBytes, 0, row.keyBytes.length);
            if (expiry.isOn()) {
                moveExpiry(row, transaction);
            }
            write(row, table);
        }
        expired.forget();
        if (expiry.isOn()) {
            expired.remove(transaction, table);
        }
        indexes.writeTo(transaction);
    }

    private void write(Row<K, V> row, Table table) {
        if (!row.isThere()) {
            table.delete(keyView);
        } else {
            BytesView value = values.encoded(row, timed);
            lastValueBytes = value.length();
            rows.encoded(row, row.sealed == null ? lastValueBytes : 2 * lastValueBytes);
            table.put(keyView, value);
        }
        if (indexes.isOn()) {
            byte[][][] next = indexed(row);
            indexes.change(row.indexed, next);
            toBeIndexed.add(next);
        }
    }

    private void moveExpiry(Row<K, V> row, StateTransaction transaction) {
        if (row.isThere() && expiry.isExpired(agesFrom(row))) {
            row.value(null); // time has passed since, or the event was late
        }
        expiry.move(transaction, row.storedTime, expires(row), row.keyBytes);
    }

    /** What its entry among those that expire is to have. */
    private OptionalLong expires(Row<K, V> row) {
        return row.isThere() ? OptionalLong.of(agesFrom(row)) : OptionalLong.empty();
    }

    private byte[][][] indexed(Row<K, V> row) {
        try {
            return indexes.of(row.key, row.keyBytes, values.own(row, false)); // as it was written
        } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
            throw row.failure(node, e);
        }
    }

    /** What was written, in key order; between {@link #writeTo} and {@link #clean}. */
    void changes(ByteRange range, RowSelection.ChangeVisitor visitor) {
        CommittedChanges.tell(dirty, expired.keys(), range, values::copied, visitor);
    }

    /** The changes are in the table now. */
    void clean() {
        for (int i = 0; i < dirty.size(); i++) {
            Row<K, V> row = dirty.get(i);
            row.dirty = false;
            if (indexes.isOn()) {
                row.indexed = toBeIndexed.get(i);
            }
            if (expiry.isOn()) {
                row.storedTime = expires(row);
            }
        }
        rows.committed(dirty);
        expiry.committed();
        forgetChanges();
    }

    /** Forgets everything that is not in the table, and what may have been changed in place. */
    void abandon() {
        forgetChanges();
        rows.clear();
    }

    private void forgetChanges() {
        dirty.clear();
        ordered.ifPresent(OrderedRows::clear);
        toBeIndexed.clear();
        expired.forget();
    }
}
