package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreClosedException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Changes over a view of another environment, which stays as it is: on the heap, and from a limit
 * on in an environment in a folder, which is deleted when this is closed. Nothing of it is meant to
 * last, so that nothing waits for the disk.
 */
final class OverlayEnvironment implements StateEnvironment {
    /** Rows that are moved in one transaction. */
    private static final int STEP = 10_000;

    private final StateView base;
    private final Set<String> tables;
    private final long memoryBytes;
    private final Path folder;

    /** Held by the transaction that is going on. */
    private final ReentrantLock writing = new ReentrantLock();

    private final Object lock = new Object();
    private StateEnvironment changes;
    private Map<String, Long> added = new HashMap<>();
    private long bytes;
    private boolean moved;
    private volatile boolean closed;

    OverlayEnvironment(StateView base, Set<String> tables, long memoryBytes, Path folder) {
        if (memoryBytes < 0) {
            throw new IllegalArgumentException("memoryBytes is 0 or more: actual=" + memoryBytes);
        }
        this.base = base;
        this.tables = Set.copyOf(tables);
        this.memoryBytes = memoryBytes;
        this.folder = folder;
        this.changes = StateEnvironment.inMemory(tables);
    }

    @Override
    public Set<String> tables() {
        return tables;
    }

    @Override
    public StateView view() {
        synchronized (lock) {
            checkOpen();
            return new OverlayView(base, changes.view(), added);
        }
    }

    @Override
    public StateTransaction begin() {
        checkOpen();
        if (writing.isHeldByCurrentThread()) {
            throw new IllegalStateException(
                    "This thread has a transaction already and would wait for itself for ever;"
                            + " commit or close it first: thread="
                            + Thread.currentThread().getName());
        }
        writing.lock();
        try {
            checkOpen();
            if (!moved && bytes >= memoryBytes) {
                moveToFolder();
            }
            return new OverlayTransaction(this, base, changes.begin(), added);
        } catch (RuntimeException | Error e) {
            writing.unlock();
            throw e;
        }
    }

    private void moveToFolder() {
        StateConfig config = StateConfig.at(folder).withTables(tables.toArray(String[]::new));
        StateEnvironment larger = LmdbStateEnvironment.openTemporary(config);
        try (StateView view = changes.view()) {
            for (String table : tables) {
                copy(table, view, larger);
            }
            if (view.checkpoint().isPresent()) {
                try (StateTransaction transaction = larger.begin()) {
                    transaction.checkpoint(view.checkpoint().get());
                    transaction.commit();
                }
            }
        } catch (RuntimeException | Error e) {
            larger.close();
            StateCopy.deleteQuietly(folder);
            throw e;
        }
        synchronized (lock) {
            changes.close(); // its views outlive it
            changes = larger;
            moved = true;
        }
    }

    private static void copy(String table, StateView from, StateEnvironment to) {
        RowCursor rows = RowCursor.all(from.table(table));
        while (rows.isAtRow()) {
            try (StateTransaction transaction = to.begin()) {
                Table target = transaction.table(table);
                for (int i = 0; i < STEP && rows.isAtRow(); i++) {
                    target.put(BytesView.of(rows.key()), BytesView.of(rows.value()));
                    rows.next();
                }
                transaction.commit();
            }
        }
    }

    /** Called by the transaction, which is the only one: views see all of it or nothing. */
    void commit(StateTransaction changed, Map<String, Long> nowAdded, long moreBytes) {
        synchronized (lock) {
            checkOpen();
            changed.commit();
            added = nowAdded;
            bytes += moreBytes;
        }
    }

    /** Called by the transaction when it is over. */
    void ended() {
        writing.unlock();
    }

    @Override
    public void sync() {
        checkOpen();
    }

    @Override
    public StateCopy copyTo(Path target) {
        try (StateView view = view()) {
            return StateCopy.make(view, tables, target);
        }
    }

    void checkOpen() {
        if (closed) {
            throw new StoreClosedException("overlay of state, folder=" + folder);
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
        }
        changes.close();
        if (moved) {
            StateCopy.deleteQuietly(folder);
        }
    }
}
