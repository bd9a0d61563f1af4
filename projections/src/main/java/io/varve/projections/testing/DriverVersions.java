package io.varve.projections.testing;

import io.varve.projections.StoreRef;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.query.ReadOnlyVersionedStore;
import io.varve.projections.query.VersionedRecord;
import io.varve.store.state.StateView;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads a versioned store as it is at each call, like {@link DriverStore}. */
final class DriverVersions<K, V> implements ReadOnlyVersionedStore<K, V> {
    private final Replica replica;
    private final StoreRef<K, V> ref;
    private final Runnable beforeReading;
    private final ReadOnlyKeyValueStore<K, V> latest;

    DriverVersions(Replica replica, StoreRef<K, V> ref, Runnable beforeReading) {
        this.replica = replica;
        this.ref = ref;
        this.beforeReading = beforeReading;
        this.latest = new DriverStore<>(replica, ref, beforeReading);
        ask(store -> store); // refuses one without versions
    }

    private <T> T ask(Function<ReadOnlyVersionedStore<K, V>, T> question) {
        beforeReading.run();
        try (StateView view = replica.environment().view()) {
            return question.apply(
                    replica.projection().topology().versionedStore(ref, view, () -> {}));
        }
    }

    @Override
    public Optional<VersionedRecord<V>> get(K key, Instant asOf) {
        return ask(store -> store.get(key, asOf));
    }

    @Override
    public List<VersionedRecord<V>> versions(K key, Instant from, Instant to) {
        return ask(store -> store.versions(key, from, to));
    }

    @Override
    public List<VersionedRecord<V>> versions(K key) {
        return ask(store -> store.versions(key));
    }

    @Override
    public ReadOnlyKeyValueStore<K, V> latest() {
        return latest;
    }
}
