package io.varve.runtime;

import io.varve.projections.RowSelection;
import io.varve.projections.StoreRef;
import io.varve.projections.Topology;
import io.varve.projections.query.IndexVisitor;
import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.ReadOnlyIndex;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.query.ReadOnlyVersionedStore;
import io.varve.projections.query.RowVisitor;
import io.varve.projections.query.StoreIndex;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.VarveException;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * All stores of a projection at one instant: what is applied later does not show.
 *
 * <p>Belongs to one thread at a time. Close it soon: as long as it is open, the read model reuses
 * no space that it sees. Closing the runtime closes it, and so does a new beginning of the read
 * model. After that, it and its stores throw {@link StoreClosedException}. When it is open for
 * longer than {@link RuntimeConfig#viewLimit} the runtime closes it too; then they throw {@link
 * ViewExpiredException}. All this ends walks and counts under way at their next row.
 */
public final class ReadView implements AutoCloseable {
    private final String projection;
    private final Topology topology;
    private final StateView view;
    private final long position;
    private final long openedAt = System.nanoTime();
    private final Consumer<ReadView> onClose;
    // Held during each call, so that closing the runtime cannot take memory away under one.
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;
    private volatile boolean released;

    /** Set when others close it, which ends walks; its owner may close it in the midst of one. */
    private volatile boolean revoked;

    /** Set before it is revoked for its age. */
    private volatile Optional<Duration> expired = Optional.empty();

    ReadView(String projection, Topology topology, StateView view, Consumer<ReadView> onClose) {
        this.projection = projection;
        this.topology = topology;
        this.view = view;
        this.position = view.checkpoint().map(Checkpoint::position).orElse(-1L);
        this.onClose = onClose;
    }

    /**
     * The position of the last event that was applied, or of which there is a {@link #deadLetter}.
     *
     * @return -1 if none was
     */
    public long position() {
        return call(() -> position);
    }

    /**
     * The letter of an event that these rows lack although its turn had come: it has failed, waits
     * behind one that has, or was left out.
     *
     * @param at position of the event
     * @return empty if there is none
     */
    public Optional<DeadLetter> deadLetter(long at) {
        return call(() -> new LetterRows().find(view, at));
    }

    /** When it was opened, by {@link System#nanoTime}. */
    long openedAt() {
        return openedAt;
    }

    /**
     * A store of the projection.
     *
     * @param ref names it
     * @param <K> keys
     * @param <V> values
     * @return good until the view is closed
     */
    public <K, V> ReadOnlyKeyValueStore<K, V> store(StoreRef<K, V> ref) {
        Objects.requireNonNull(ref, "ref");
        return call(() -> new Store<>(topology.store(ref, view, this::refuseRevoked)));
    }

    /**
     * A versioned store of the projection.
     *
     * @param ref names it
     * @param <K> keys
     * @param <V> values
     * @return good until the view is closed
     * @throws io.varve.projections.TopologyException if it was declared without versions
     */
    public <K, V> ReadOnlyVersionedStore<K, V> versionedStore(StoreRef<K, V> ref) {
        ReadOnlyKeyValueStore<K, V> latest = store(ref);
        return call(
                () ->
                        new VersionedView<>(
                                this,
                                latest,
                                topology.versionedStore(ref, view, this::refuseRevoked)));
    }

    /** The same rows as keyed state; closing that closes this. */
    StateView state() {
        return new GuardedState(this, view);
    }

    /** The rows of a selection. */
    <K, V> List<Map.Entry<K, V>> rows(RowSelection<K, V> selection) {
        return call(() -> selection.rows(view, this::refuseRevoked));
    }

    /** The rows of a selection, as bytes, until the visitor returns false. */
    void walk(RowSelection<?, ?> selection, RowSelection.ChangeVisitor visitor) {
        call(
                () -> {
                    selection.walk(view, this::refuseRevoked, visitor);
                    return closed;
                });
    }

    /** Gives back what the view holds; a call under way ends first. Closing twice does nothing. */
    @Override
    public void close() {
        closed = true;
        lock.lock();
        // Inside a visitor of this very view the hold count is above one; then the call closes it.
        exit();
    }

    /** Closes it from another thread, at once or at the next row of a walk under way. */
    void closeSoon() {
        revoked = true;
        closed = true;
        if (lock.tryLock()) {
            exit();
        }
    }

    /** Closes it likewise, for its age. */
    void expire(Duration limit) {
        if (!closed) {
            expired = Optional.of(limit);
            closeSoon();
        }
    }

    /** Looked at for each row of a walk. */
    void refuseRevoked() {
        if (revoked) {
            throw closedAlready();
        }
    }

    private VarveException closedAlready() {
        return expired.<VarveException>map(
                        limit -> new ViewExpiredException(projection, position, limit))
                .orElseGet(() -> new StoreClosedException("read view of projection=" + projection));
    }

    <T> T call(Supplier<T> action) {
        lock.lock();
        try {
            if (closed) {
                throw closedAlready();
            }
            return action.get();
        } finally {
            exit();
        }
    }

    private void exit() {
        try {
            if (closed && !released && lock.getHoldCount() == 1) {
                released = true;
                view.close();
                onClose.accept(this);
            }
        } finally {
            lock.unlock();
        }
        // closeSoon() may have come between the look and the unlock; then nobody else closes it.
        if (closed && !released && !lock.isHeldByCurrentThread() && lock.tryLock()) {
            exit();
        }
    }

    private final class Store<K, V> implements ReadOnlyKeyValueStore<K, V> {
        private final ReadOnlyKeyValueStore<K, V> rows;

        private Store(ReadOnlyKeyValueStore<K, V> rows) {
            this.rows = rows;
        }

        @Override
        public Optional<V> get(K key) {
            return call(() -> rows.get(key));
        }

        @Override
        public void scan(RangeQuery<K> query, RowVisitor<? super K, ? super V> visitor) {
            call(
                    () -> {
                        rows.scan(query, visitor);
                        return closed;
                    });
        }

        @Override
        public long count() {
            return call(rows::count);
        }

        @Override
        public long count(RangeQuery<K> query) {
            return call(() -> rows.count(query));
        }

        @Override
        public <I> ReadOnlyIndex<I, K, V> index(StoreIndex<K, V, I> index) {
            return call(() -> new Index<>(rows.index(index)));
        }
    }

    private final class Index<I, K, V> implements ReadOnlyIndex<I, K, V> {
        private final ReadOnlyIndex<I, K, V> rows;

        private Index(ReadOnlyIndex<I, K, V> rows) {
            this.rows = rows;
        }

        @Override
        public List<Map.Entry<K, V>> get(I indexKey) {
            return call(() -> rows.get(indexKey));
        }

        @Override
        public void scan(
                RangeQuery<I> query, IndexVisitor<? super I, ? super K, ? super V> visitor) {
            call(
                    () -> {
                        rows.scan(query, visitor);
                        return closed;
                    });
        }

        @Override
        public long count(RangeQuery<I> query) {
            return call(() -> rows.count(query));
        }

        @Override
        public long count(I indexKey) {
            return call(() -> rows.count(indexKey));
        }
    }
}
