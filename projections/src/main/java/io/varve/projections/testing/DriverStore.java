package io.varve.projections.testing;

import io.varve.projections.StoreRef;
import io.varve.projections.query.IndexVisitor;
import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.ReadOnlyIndex;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.query.RowVisitor;
import io.varve.projections.query.StoreIndex;
import io.varve.store.state.StateView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads a store as it is at each call; every call has a view of its own, so none stays open. */
final class DriverStore<K, V> implements ReadOnlyKeyValueStore<K, V> {
    private final Replica replica;
    private final StoreRef<K, V> ref;
    private final Runnable beforeReading;

    DriverStore(Replica replica, StoreRef<K, V> ref, Runnable beforeReading) {
        this.replica = replica;
        this.ref = ref;
        this.beforeReading = beforeReading;
    }

    private <T> T read(Function<ReadOnlyKeyValueStore<K, V>, T> question) {
        beforeReading.run();
        try (StateView view = replica.environment().view()) {
            return question.apply(replica.projection().topology().store(ref, view));
        }
    }

    @Override
    public Optional<V> get(K key) {
        return read(store -> store.get(key));
    }

    @Override
    public void scan(RangeQuery<K> query, RowVisitor<? super K, ? super V> visitor) {
        read(
                store -> {
                    store.scan(query, visitor);
                    return null;
                });
    }

    @Override
    public long count() {
        return read(ReadOnlyKeyValueStore::count);
    }

    @Override
    public long count(RangeQuery<K> query) {
        return read(store -> store.count(query));
    }

    @Override
    public <I> ReadOnlyIndex<I, K, V> index(StoreIndex<K, V, I> index) {
        read(store -> store.index(index)); // refuses one that was not declared
        return new DriverIndex<>(index);
    }

    /** Reads an index as it is at each call. */
    private final class DriverIndex<I> implements ReadOnlyIndex<I, K, V> {
        private final StoreIndex<K, V, I> index;

        private DriverIndex(StoreIndex<K, V, I> index) {
            this.index = index;
        }

        @Override
        public List<Map.Entry<K, V>> get(I indexKey) {
            return read(store -> store.index(index).get(indexKey));
        }

        @Override
        public void scan(
                RangeQuery<I> query, IndexVisitor<? super I, ? super K, ? super V> visitor) {
            read(
                    store -> {
                        store.index(index).scan(query, visitor);
                        return null;
                    });
        }

        @Override
        public long count(RangeQuery<I> query) {
            return read(store -> store.index(index).count(query));
        }

        @Override
        public long count(I indexKey) {
            return read(store -> store.index(index).count(indexKey));
        }
    }
}
