package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import io.varve.store.lmdb.RowChecksum;

/** A table of the index: each value has a checksum in front, see {@link RowChecksum}. */
final class IndexTable {
    static final String REMEDY =
            "Close the store and build the index from the log with ClosedStore.rebuildIndex, or"
                    + " delete the folder 'index', or, if the store was open, no more than open it"
                    + " again.";

    private final LmdbTable table;

    IndexTable(LmdbTable table) {
        this.table = table;
    }

    LmdbTable rows() {
        return table;
    }

    /** Finds a row and checks it. */
    boolean get(LmdbReader reader, BytesView key, BytesView value) {
        if (!reader.get(table, key, value)) {
            return false;
        }
        check(reader, key, value, new RowChecksum(REMEDY));
        return true;
    }

    /**
     * Finds the row of a name and checks it. Where it is not, the rows around its place are
     * checked: if the name is there and one bit of it is wrong, then the search ends beside its
     * row; taken for new, the name would get a second row.
     */
    boolean find(LmdbReader reader, BytesView name, BytesView value) {
        if (get(reader, name, value)) {
            return true;
        }
        LmdbCursor cursor = reader.cursor(table);
        boolean after = cursor.seek(name);
        if (after) {
            check(cursor);
        }
        if (after ? cursor.previous() : cursor.last()) {
            check(cursor);
        }
        return false;
    }

    private void check(LmdbCursor cursor) {
        read(cursor, new BytesView(), new BytesView());
    }

    /** Reads the row a cursor is at, and checks it. */
    void read(LmdbCursor cursor, BytesView key, BytesView value) {
        read(cursor, key, value, new RowChecksum(REMEDY));
    }

    /** The same for those who read many. */
    void read(LmdbCursor cursor, BytesView key, BytesView value, RowChecksum sum) {
        cursor.key(key);
        cursor.value(value);
        check(cursor.reader(), key, value, sum);
    }

    private void check(LmdbReader reader, BytesView key, BytesView value, RowChecksum sum) {
        try {
            sum.check(table.name(), key, value, value);
        } catch (StoreCorruptedException e) {
            IndexDamage.note(reader.folder());
            throw e;
        }
    }

    void put(LmdbWriter writer, BytesWriter key, BytesWriter value, RowChecksum sum) {
        BytesView row = value.view();
        writer.put(table, key.view(), sum.of(key.view(), row), row);
    }
}
