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
     * checked, and the pages they are in: if the name is there and one bit of it is wrong, then the
     * search ends beside its row, and if the page hides it, beside its place; taken for new, the
     * name would get a second row. That the search has come to the right page is for what leads
     * there to say, which was checked when the index was opened.
     */
    boolean find(LmdbReader reader, BytesView name, BytesView value) {
        if (get(reader, name, value)) {
            return true;
        }
        LmdbCursor cursor = reader.cursor(table);
        boolean after = cursor.seek(name);
        long leaf = after ? checkBeside(cursor, name, 1, 0) : 0;
        if (after ? cursor.previous() : cursor.last()) {
            checkBeside(cursor, name, -1, leaf);
        } else if (!after && reader.count(table) > 0) {
            throw hidden(reader, "has rows, and none is found");
        }
        return false;
    }

    /** Checks a row beside the place of a name, and its page unless that was; returns the page. */
    private long checkBeside(LmdbCursor cursor, BytesView name, int side, long checked) {
        BytesView key = new BytesView();
        read(cursor, key, new BytesView());
        if (Integer.signum(key.compareTo(name)) != side) {
            throw hidden(cursor.reader(), "has rows out of order");
        }
        long leaf = cursor.leaf();
        if (leaf != checked) {
            checkLeaf(cursor);
        }
        return leaf;
    }

    /** Checks that the page of a row hides no other. */
    void checkLeaf(LmdbCursor cursor) {
        if (!cursor.isLeafWhole()) {
            throw hidden(cursor.reader(), "has a page that hides a row");
        }
    }

    private StoreCorruptedException hidden(LmdbReader reader, String what) {
        return IndexDamage.met(
                reader.folder(), "a table of the index " + what + ": " + table.name());
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
