package io.varve.store.lmdb;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.VarveException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Stat;
import org.lmdbjava.Txn;

/**
 * Reads an environment at one instant. Taken from a pool and given back by {@link #close()}. One
 * thread at a time. What it lends is good until it is closed.
 */
public final class LmdbReader implements AutoCloseable {
    private final LmdbEnvironment environment;
    private final Gate gate;
    private final Txn<NativeBytes> txn;
    private final KeyBuffer key = new KeyBuffer();
    private final LmdbCursor[] cursors;

    /** Counts renewals, so that cursors know when they are of an older one. */
    private long snapshot;

    /** When it was woken; 0 while it rests. Told to other threads without a fence. */
    private final AtomicLong since = new AtomicLong(now());

    private boolean endsAfterUse;

    /** One more, which begins now. */
    static LmdbReader begin(LmdbEnvironment environment, int tables) {
        Txn<NativeBytes> begun = environment.map().beginReading();
        try {
            return new LmdbReader(environment, begun, tables);
        } catch (RuntimeException | Error e) {
            begun.close(); // nobody else could
            throw e;
        }
    }

    private LmdbReader(LmdbEnvironment environment, Txn<NativeBytes> txn, int tables) {
        this.environment = environment;
        this.gate = environment.gate();
        this.txn = txn;
        this.cursors = new LmdbCursor[tables];
    }

    /**
     * Whether somebody waits for all readers to end, because the map must grow. Who reads for long
     * ends then soon, and begins again, so that no writer has to wait for him in vain.
     *
     * @return quick to tell; any thread
     */
    public boolean isInTheWay() {
        return gate.isShut();
    }

    /**
     * Whether the map must grow, in particular: who reads can begin again afterwards, as he cannot
     * where the environment is being closed.
     *
     * @return quick to tell; any thread
     */
    public boolean isMapToGrow() {
        return gate.isShutForNow();
    }

    /**
     * Ends a read that is waited for no longer: what it reads is there still, but whoever closed
     * the environment takes it for closed.
     *
     * @throws io.varve.store.errors.StoreClosedException if so; a moment later where another thread
     *     has closed it
     */
    public void checkOpen() {
        gate.checkWaitedFor();
    }

    /**
     * Finds a row.
     *
     * @param table of the row
     * @param rowKey its key
     * @param value is pointed at its value, or emptied
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
     * The pooled cursor of a table: the same at each call, which costs less than a new one. It is
     * not to be closed.
     *
     * @param table which
     * @return a cursor at no row in particular
     */
    public LmdbCursor cursor(LmdbTable table) {
        LmdbCursor cursor = cursors[table.number()];
        try {
            if (cursor == null) {
                cursor = new LmdbCursor(this, table.dbi().openCursor(txn));
                cursors[table.number()] = cursor;
            } else if (cursor.snapshot() != snapshot) {
                cursor.cursor().renew(txn);
            }
            cursor.snapshot(snapshot);
            return cursor;
        } catch (LmdbException e) {
            throw translate(e);
        }
    }

    /**
     * A cursor of one's own, for walks that may be nested.
     *
     * @param table which
     * @return a new cursor; close it
     */
    public LmdbCursor openCursor(LmdbTable table) {
        try {
            return new LmdbCursor(this, table.dbi().openCursor(txn));
        } catch (LmdbException e) {
            throw translate(e);
        }
    }

    /**
     * Counts a table's rows.
     *
     * @param table which
     * @return 0 or more
     */
    public long count(LmdbTable table) {
        try {
            Stat stat = table.dbi().stat(txn);
            return stat.entries;
        } catch (LmdbException e) {
            throw translate(e);
        }
    }

    /**
     * Which instant it reads.
     *
     * @return the number of the last transaction it sees
     */
    public long transaction() {
        return txn.getId();
    }

    /** {@return the folder of what it reads} */
    public Path folder() {
        return environment.folder();
    }

    LeafCheck leaves() {
        return environment.map().leaves();
    }

    void rest() {
        txn.reset();
        since.lazySet(0);
    }

    void wake() {
        txn.renew();
        snapshot++;
        since.lazySet(now());
    }

    private static long now() {
        long now = System.nanoTime();
        return now == 0 ? 1 : now;
    }

    /** Since when it is in use, of {@link System#nanoTime()}. Any thread. */
    OptionalLong openSince() {
        long woken = since.get();
        return woken == 0 ? OptionalLong.empty() : OptionalLong.of(woken);
    }

    /** It is not one to be kept. */
    void endAfterUse() {
        endsAfterUse = true;
    }

    boolean endsAfterUse() {
        return endsAfterUse;
    }

    /** Ends the native transaction. It must be awake: closing one that rests leaks its slot. */
    void destroy() {
        since.lazySet(0);
        for (LmdbCursor cursor : cursors) {
            if (cursor != null) {
                cursor.cursor().close();
            }
        }
        txn.close();
    }

    VarveException translate(LmdbException e) {
        return environment.translate(e, "reading");
    }

    @Override
    public void close() {
        if (since.getPlain() != 0) {
            environment.giveBack(this);
        }
    }
}
