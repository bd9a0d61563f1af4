package io.varve.store.lmdb;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.Memory;
import java.util.concurrent.locks.ReentrantLock;
import org.lmdbjava.Cursor;
import org.lmdbjava.Env;
import org.lmdbjava.GetOp;
import org.lmdbjava.LmdbException;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/**
 * Changes an environment, all or nothing. Belongs to the thread that began it; closed without a
 * commit it takes everything back.
 */
public final class LmdbWriter implements AutoCloseable {
    /**
     * The map has no room: take everything back, {@link LmdbEnvironment#grow() grow}, and begin
     * again.
     */
    public static final class MapFullSignal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MapFullSignal(Throwable cause) {
            super("The map is full", cause, false, false);
        }
    }

    /** A value that is so far from the one before is in another page, most likely. */
    private static final int PAGE = 4096;

    private static final PutFlags[] PLAIN = {};
    private static final PutFlags[] APPEND = {PutFlags.MDB_APPEND};

    private final LmdbEnvironment environment;
    private final ReentrantLock lock;
    private final Txn<NativeBytes> txn;
    private final KeyBuffer key;

    /** About what the commit writes, as far as it is known. */
    private long bytes;

    private long lastAddress;
    private boolean open = true;

    /** Why LMDB would not do something the last time, or null. */
    private RuntimeException refusal;

    private LmdbWriter(
            LmdbEnvironment environment, ReentrantLock lock, Txn<NativeBytes> txn, KeyBuffer key) {
        this.environment = environment;
        this.lock = lock;
        this.txn = txn;
        this.key = key;
    }

    /** Writes in a change that was begun; ends it where there is no memory for a writer. */
    static LmdbWriter of(
            LmdbEnvironment environment,
            ReentrantLock lock,
            Txn<NativeBytes> begun,
            KeyBuffer key) {
        try {
            return new LmdbWriter(environment, lock, begun, key);
        } catch (RuntimeException | Error e) {
            begun.close(); // nobody else could
            throw e;
        }
    }

    /**
     * The last row of a table with integer keys.
     *
     * @param table which
     * @param value is pointed at its value until the next change, or emptied
     * @return its key, or -1 where there is none
     */
    public long last(LmdbTable table, BytesView value) {
        try (Cursor<NativeBytes> cursor = table.dbi().openCursor(txn)) {
            if (!cursor.last()) {
                value.release();
                return -1;
            }
            value.wrapMemory(cursor.val().address(), cursor.val().length());
            return Memory.getLong(cursor.key().address());
        } catch (LmdbException e) {
            throw translate(e);
        }
    }

    /**
     * Adds a row behind all others of a table with integer keys.
     *
     * @param table which
     * @param rowKey greater than every key there is
     * @param size of the value
     * @return the address where the value is to be written, before anything else is done here
     */
    public long append(LmdbTable table, long rowKey, int size) {
        bytes += size;
        try (Cursor<NativeBytes> cursor = table.dbi().openCursor(txn)) {
            return cursor.reserve(key.set(rowKey), size, APPEND).address();
        } catch (LmdbException e) {
            throw translate(e);
        }
    }

    /**
     * Writes a row.
     *
     * @param table which
     * @param rowKey its key
     * @param size of the value
     * @return the address where the value is to be written, before anything else is done here
     */
    public long reserve(LmdbTable table, BytesView rowKey, int size) {
        try {
            long address = table.dbi().reserve(txn, key.set(rowKey), size, PLAIN).address();
            // Changed pages are copies on the heap: each counts once where rows come in key order.
            bytes += Math.abs(address - lastAddress) < PAGE ? size : size + PAGE;
            lastAddress = address;
            return address;
        } catch (LmdbException e) {
            throw translate(e);
        }
    }

    /**
     * Writes a row.
     *
     * @param table which
     * @param rowKey its key
     * @param value its value
     */
    public void put(LmdbTable table, BytesView rowKey, BytesView value) {
        value.copyToMemory(reserve(table, rowKey, value.length()));
    }

    /**
     * Writes a row of two parts.
     *
     * @param table which
     * @param rowKey its key
     * @param head the first eight bytes of its value, of which four are used
     * @param value the rest
     */
    public void put(LmdbTable table, BytesView rowKey, int head, BytesView value) {
        long address = reserve(table, rowKey, Integer.BYTES + value.length());
        Memory.putInt(address, head);
        value.copyToMemory(address + Integer.BYTES);
    }

    /**
     * Removes a row.
     *
     * @param table which
     * @param rowKey its key
     * @return whether there was one
     */
    public boolean delete(LmdbTable table, BytesView rowKey) {
        bytes += PAGE / 4;
        try {
            return table.dbi().delete(txn, key.set(rowKey));
        } catch (LmdbException e) {
            throw translate(e);
        }
    }

    /**
     * Removes all rows of a table, and gives their pages back.
     *
     * @param table which
     */
    public void clear(LmdbTable table) {
        try {
            table.dbi().drop(txn);
        } catch (LmdbException e) {
            throw translate(e);
        }
    }

    /**
     * Finds a row, own changes included.
     *
     * @param table which
     * @param rowKey its key
     * @param value is pointed at its value until the next change, or emptied
     * @return whether there is one
     */
    public boolean get(LmdbTable table, BytesView rowKey, BytesView value) {
        try {
            NativeBytes found = table.dbi().get(txn, key.set(rowKey));
            if (found == null) {
                value.release();
                return false;
            }
            value.wrapMemory(found.address(), found.length());
            return true;
        } catch (LmdbException e) {
            throw translate(e);
        }
    }

    /**
     * Walks rows in key order, own changes included.
     *
     * @param table which
     * @param from the first key; empty for the beginning
     * @param visitor takes rows until it returns false; it must not change the table
     */
    public void scan(LmdbTable table, BytesView from, RowVisitor visitor) {
        Lent lent = new Lent();
        try (Cursor<NativeBytes> cursor = table.dbi().openCursor(txn)) {
            boolean found = from.length() == 0 ? cursor.first() : seek(cursor, from);
            while (found) {
                found = visit(cursor, lent, visitor) && cursor.next();
            }
        } catch (LmdbException e) {
            throw translate(e);
        }
    }

    /**
     * Walks rows against key order, own changes included.
     *
     * @param table which
     * @param to the last key, excluded; empty for the end
     * @param visitor takes rows until it returns false; it must not change the table
     */
    public void reverseScan(LmdbTable table, BytesView to, RowVisitor visitor) {
        Lent lent = new Lent();
        try (Cursor<NativeBytes> cursor = table.dbi().openCursor(txn)) {
            boolean found = to.length() > 0 && seek(cursor, to) ? cursor.prev() : cursor.last();
            while (found) {
                found = visit(cursor, lent, visitor) && cursor.prev();
            }
        } catch (LmdbException e) {
            throw translate(e);
        }
    }

    private boolean seek(Cursor<NativeBytes> cursor, BytesView from) {
        return cursor.get(key.set(from), GetOp.MDB_SET_RANGE);
    }

    private static boolean visit(Cursor<NativeBytes> cursor, Lent lent, RowVisitor visitor) {
        lent.key().wrapMemory(cursor.key().address(), cursor.key().length());
        lent.value().wrapMemory(cursor.val().address(), cursor.val().length());
        return visitor.row(lent.key(), lent.value());
    }

    /** What a visitor is lent. */
    private record Lent(BytesView key, BytesView value) {
        Lent() {
            this(new BytesView(), new BytesView());
        }
    }

    /** Takes rows. */
    @FunctionalInterface
    public interface RowVisitor {
        /**
         * Takes a row.
         *
         * @param key lent for the time of the call
         * @param value lent for the time of the call
         * @return whether to go on
         */
        boolean row(BytesView key, BytesView value);
    }

    /**
     * Counts a table's rows.
     *
     * @param table which
     * @return 0 or more
     */
    public long count(LmdbTable table) {
        try {
            return table.dbi().stat(txn).entries;
        } catch (LmdbException e) {
            throw translate(e);
        }
    }

    /** Makes all changes visible at once; if the environment syncs, they are on disk then. */
    public void commit() {
        try {
            txn.commit();
        } catch (LmdbException e) {
            environment.commits().failed();
            throw translate(e);
        } finally {
            close();
        }
        environment.commits().committed(bytes);
    }

    /** A change that cannot go on after an error refuses all; the error says why. */
    private RuntimeException translate(LmdbException e) {
        if (refusal == null || !(e instanceof Txn.BadException)) {
            refusal =
                    e instanceof Env.MapFullException
                            ? new MapFullSignal(e)
                            : environment.translate(e, "writing");
        }
        return refusal;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            try {
                txn.close();
            } finally {
                environment.gate().leave();
                lock.unlock();
            }
        }
    }
}
