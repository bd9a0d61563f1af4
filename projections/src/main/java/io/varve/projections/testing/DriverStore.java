package io.varve.projections.testing;

import io.varve.projections.StoreRef;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.store.state.StateView;
import java.util.Optional;
import java.util.function.BiConsumer;
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
    public void forEach(BiConsumer<? super K, ? super V> visitor) {
        read(
                store -> {
                    store.forEach(visitor);
                    return null;
                });
    }

    @Override
    public void range(K from, K to, BiConsumer<? super K, ? super V> visitor) {
        read(
                store -> {
                    store.range(from, to, visitor);
                    return null;
                });
    }

    @Override
    public long count() {
        return read(ReadOnlyKeyValueStore::count);
    }
}
