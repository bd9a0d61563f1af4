package io.varve.runtime;

import io.varve.projections.StoreRef;
import io.varve.projections.Topology;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateView;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * All stores of a projection at one instant: what is applied later does not show.
 *
 * <p>Belongs to one thread at a time. Close it soon: as long as it is open, the read model reuses
 * no space that it sees. Closing the runtime closes it. After that, it and its stores throw {@link
 * StoreClosedException}.
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

    ReadView(String projection, Topology topology, StateView view, Consumer<ReadView> onClose) {
        this.projection = projection;
        this.topology = topology;
        this.view = view;
        this.position = view.checkpoint().map(Checkpoint::position).orElse(-1L);
        this.onClose = onClose;
    }

    /**
     * The position of the last event that was applied.
     *
     * @return -1 if none was
     */
    public long position() {
        return call(() -> position);
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
        return call(() -> new Store<>(topology.store(ref, view)));
    }

    /** Gives back what the view holds; a call under way ends first. Closing twice does nothing. */
    @Override
    public void close() {
        closed = true;
        lock.lock();
        // Inside a visitor of this very view the hold count is above one; then the call closes it.
        exit();
    }

    /** Closes it from another thread, at once or when the call under way ends. */
    void closeSoon() {
        closed = true;
        if (lock.tryLock()) {
            exit();
        }
    }

    private <T> T call(Supplier<T> action) {
        lock.lock();
        try {
            if (closed) {
                throw new StoreClosedException("read view of projection=" + projection);
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
        public void forEach(BiConsumer<? super K, ? super V> visitor) {
            call(
                    () -> {
                        rows.forEach(visitor);
                        return closed;
                    });
        }

        @Override
        public void range(K from, K to, BiConsumer<? super K, ? super V> visitor) {
            call(
                    () -> {
                        rows.range(from, to, visitor);
                        return closed;
                    });
        }

        @Override
        public long count() {
            return call(rows::count);
        }
    }
}
