package io.varve.store.lmdb;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.Memory;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;
import org.lmdbjava.LmdbException;

/** Walks a table inside a reader. One thread at a time; good as long as its reader is open. */
public final class LmdbCursor implements AutoCloseable {
    private final LmdbReader reader;
    private final Cursor<NativeBytes> cursor;
    private final KeyBuffer key = new KeyBuffer();
    private long snapshot;

    LmdbCursor(LmdbReader reader, Cursor<NativeBytes> cursor) {
        this.reader = reader;
        this.cursor = cursor;
    }

    /** {@return the reader it walks in} */
    public LmdbReader reader() {
        return reader;
    }

    /**
     * Goes to the first row whose key is not less.
     *
     * @param from the key
     * @return whether there is one
     */
    public boolean seek(BytesView from) {
        return move(() -> cursor.get(key.set(from), GetOp.MDB_SET_RANGE));
    }

    /**
     * Goes to the last row whose key is less.
     *
     * @param to the key
     * @return whether there is one
     */
    public boolean seekBefore(BytesView to) {
        return seek(to) ? previous() : last();
    }

    /**
     * Goes to the first row whose integer key is not less.
     *
     * @param from the key
     * @return whether there is one
     */
    public boolean seek(long from) {
        try {
            return cursor.get(key.set(from), GetOp.MDB_SET_RANGE);
        } catch (LmdbException e) {
            throw reader.translate(e);
        }
    }

    /**
     * Goes to the first row.
     *
     * @return whether there is one
     */
    public boolean first() {
        return move(cursor::first);
    }

    /**
     * Goes to the last row.
     *
     * @return whether there is one
     */
    public boolean last() {
        return move(cursor::last);
    }

    /**
     * Goes to the next row.
     *
     * @return whether there is one
     */
    public boolean next() {
        try {
            return cursor.next();
        } catch (LmdbException e) {
            throw reader.translate(e);
        }
    }

    /**
     * Goes to the row before.
     *
     * @return whether there is one
     */
    public boolean previous() {
        return move(cursor::prev);
    }

    /**
     * The integer key of the row.
     *
     * @return the key
     */
    public long longKey() {
        return Memory.getLong(cursor.key().address());
    }

    /**
     * Points a view at the row's key.
     *
     * @param view the view; lent until the reader is closed
     */
    public void key(BytesView view) {
        NativeBytes bytes = cursor.key();
        view.wrapMemory(bytes.address(), bytes.length());
    }

    /**
     * Points a view at the row's value.
     *
     * @param view the view; lent until the reader is closed
     */
    public void value(BytesView view) {
        NativeBytes bytes = cursor.val();
        view.wrapMemory(bytes.address(), bytes.length());
    }

    /**
     * Where the page is that holds the row's key, so that who walks many rows looks at each page
     * once.
     *
     * @return its address, which is not to be read
     */
    public long leaf() {
        return reader.leaves().begin(cursor.key().address());
    }

    /**
     * Looks whether the page that holds the row's key hides another row: whether the rows it names
     * fill it. What they hold is for checksums to say. Good where values are small.
     *
     * @return whether it hides none
     */
    public boolean isLeafWhole() {
        return reader.leaves().isWhole(cursor.key().address());
    }

    private boolean move(Move move) {
        try {
            return move.go();
        } catch (LmdbException e) {
            throw reader.translate(e);
        }
    }

    /** Closes a cursor that was opened for its caller alone. */
    @Override
    public void close() {
        cursor.close();
    }

    private interface Move {
        boolean go();
    }

    Cursor<NativeBytes> cursor() {
        return cursor;
    }

    long snapshot() {
        return snapshot;
    }

    void snapshot(long number) {
        snapshot = number;
    }
}
