package io.varve.runtime;

import io.varve.projections.ProjectionTask;
import io.varve.projections.RowSelection;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.VarveException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One watch. The worker leaves changes as bytes, and never waits; a thread of the runtime's decodes
 * them and calls the listener.
 *
 * <pre>
 *               view opened at a commit               too much has come together
 *   REQUESTED ──────────────────────────▶ FOLLOWING ────────────────────────────▶ LOST
 *       ▲                                                                           │
 *       └───────────────── the listener is ready for more ──────────────────────────┘
 * </pre>
 *
 * <p>The view is opened by the worker itself between two commits, and from that moment on it leaves
 * changes here: nothing is lost or told twice in between. Only while FOLLOWING does it collect any.
 */
final class LiveQuery<K, V> implements Watch, CommitPoint {
    private static final System.Logger LOG = System.getLogger(LiveQuery.class.getName());

    static final int MOST_ROWS = 10_000;
    static final long MOST_BYTES = 16 << 20;

    private enum State {
        REQUESTED,
        FOLLOWING,
        LOST
    }

    /** A changed row, as bytes. */
    private record Change(byte[] key, Optional<byte[]> value) {}

    private record Commit(long position, List<Change> changes) {}

    private final Readers readers;
    private final RowSelection<K, V> selection;
    private final WatchListener<K, V> listener;
    private final Executor executor;
    private final Watches watches;

    /** Held while the listener is called. */
    private final ReentrantLock delivery = new ReentrantLock();

    // All below: under this object's monitor.
    private final Deque<Commit> pending = new ArrayDeque<>();
    private int pendingRows;
    private long pendingBytes;
    private State state = State.REQUESTED;
    private Optional<ReadView> view = Optional.empty();
    private Optional<VarveException> reason = Optional.empty();
    private boolean scheduled;
    private volatile boolean closed;

    LiveQuery(
            Readers readers,
            RowSelection<K, V> selection,
            WatchListener<K, V> listener,
            Executor executor) {
        this.readers = readers;
        this.selection = selection;
        this.listener = listener;
        this.executor = executor;
        this.watches = readers.watches();
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public long wanted(long done, long end) {
        return closed ? NONE : done;
    }

    @Override
    public void reached(long position) {
        try {
            begin(readers.openView());
        } catch (VarveException e) {
            end(e);
        } catch (RuntimeException e) {
            end(failed(e));
        }
    }

    private synchronized void begin(ReadView opened) {
        if (closed || reason.isPresent()) {
            opened.close();
            return;
        }
        watches.add(this);
        view = Optional.of(opened);
        state = State.FOLLOWING;
        schedule();
    }

    @Override
    public void ended() {
        // The worker tells all its watches, and this one may not be among them yet.
        end(readers.endOfWorker());
    }

    /** Keeps what a commit has changed; called by the worker. */
    void committed(ProjectionTask task, long position) {
        try {
            if (isFollowing()) {
                List<Change> changes = new ArrayList<>();
                long[] bytes = {0};
                task.changes(
                        selection,
                        (key, value) -> {
                            changes.add(new Change(key, value));
                            bytes[0] += key.length + value.map(v -> v.length).orElse(0);
                            return changes.size() <= MOST_ROWS && bytes[0] <= MOST_BYTES;
                        });
                keep(new Commit(position, changes), bytes[0]);
            }
        } catch (RuntimeException e) {
            // The rows are committed: that they cannot be told is no failure of the projection.
            end(failed(e));
        }
    }

    private synchronized boolean isFollowing() {
        return state == State.FOLLOWING && reason.isEmpty() && !closed;
    }

    private synchronized void keep(Commit commit, long bytes) {
        if (commit.changes().isEmpty()) {
            return;
        }
        pendingRows += commit.changes().size();
        pendingBytes += bytes;
        if (pendingRows > MOST_ROWS || pendingBytes > MOST_BYTES) {
            forget();
            state = State.LOST;
        } else {
            pending.add(commit);
        }
        schedule();
    }

    private void forget() {
        pending.clear();
        pendingRows = 0;
        pendingBytes = 0;
    }

    /** Ends it with a reason, behind what is pending. */
    synchronized void end(VarveException why) {
        if (reason.isEmpty() && !closed) {
            reason = Optional.of(why);
            schedule();
        }
    }

    private WatchFailedException failed(Throwable cause) {
        return new WatchFailedException(readers.name(), cause);
    }

    /** Under the monitor. */
    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            executor.execute(this::deliver);
        }
    }

    private void deliver() {
        delivery.lock();
        try {
            for (Optional<Runnable> next = next(); next.isPresent(); next = next()) {
                next.get().run();
            }
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "A watch has ended: projection=" + readers.name(), e);
            tellEnd(failed(e));
        } finally {
            delivery.unlock();
        }
    }

    /** What to tell next; empty if there is nothing, and then somebody will schedule it again. */
    private synchronized Optional<Runnable> next() {
        if (closed) {
            return Optional.empty();
        }
        if (view.isPresent()) {
            ReadView opened = view.get();
            view = Optional.empty();
            return Optional.of(() -> tellRows(opened));
        }
        if (!pending.isEmpty()) {
            Commit commit = pending.remove();
            pendingRows -= commit.changes().size();
            pendingBytes -= bytes(commit);
            return Optional.of(() -> tellChanges(commit));
        }
        if (reason.isPresent()) {
            return Optional.of(() -> tellEnd(reason.get()));
        }
        scheduled = false;
        if (state == State.LOST) {
            state = State.REQUESTED;
            scheduled = true;
            return Optional.of(this::request);
        }
        return Optional.empty();
    }

    private static long bytes(Commit commit) {
        return commit.changes().stream()
                .mapToLong(
                        change -> change.key().length + change.value().map(v -> v.length).orElse(0))
                .sum();
    }

    /** Asks the worker for a view; it wakes it, so no lock is held. */
    void request() {
        try {
            readers.add(this);
            if (closed) {
                readers.points().remove(this); // close() may have come before
            }
        } catch (VarveException e) {
            end(e);
        }
    }

    private void tellRows(ReadView opened) {
        List<Map.Entry<K, V>> rows;
        long position;
        try (opened) {
            position = opened.position();
            rows = opened.rows(selection);
        } catch (StoreClosedException e) {
            // Not a fault of rows or listener; why it was closed is the reason, where it is known.
            tellEnd(reasonOr(e));
            return;
        }
        listener.onRows(position, rows);
    }

    private synchronized VarveException reasonOr(StoreClosedException closing) {
        return reason.orElse(closing);
    }

    private void tellChanges(Commit commit) {
        List<RowChange<K, V>> changes = new ArrayList<>(commit.changes().size());
        for (Change change : commit.changes()) {
            changes.add(
                    new RowChange<>(
                            selection.key(change.key()), change.value().map(selection::value)));
        }
        listener.onChanges(commit.position(), changes);
    }

    private void tellEnd(VarveException why) {
        if (stop()) {
            listener.onEnd(why);
        }
    }

    @Override
    public void close() {
        stop();
        // The call under way ends first, unless this is it.
        delivery.lock();
        delivery.unlock();
    }

    /** Tells nothing more; returns whether it was this call that stopped it. */
    private boolean stop() {
        Optional<ReadView> left;
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
            left = view;
            view = Optional.empty();
            forget();
        }
        left.ifPresent(ReadView::close);
        watches.remove(this);
        readers.points().remove(this);
        return true;
    }
}
