package io.varve.runtime;

import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.query.ReadOnlyVersionedStore;
import io.varve.projections.query.VersionedRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A versioned store in a {@link ReadView}, which guards each call. */
final class VersionedView<K, V> implements ReadOnlyVersionedStore<K, V> {
    private final ReadView view;
    private final ReadOnlyKeyValueStore<K, V> latest;
    private final ReadOnlyVersionedStore<K, V> rows;

    VersionedView(
            ReadView view, ReadOnlyKeyValueStore<K, V> latest, ReadOnlyVersionedStore<K, V> rows) {
        this.view = view;
        this.latest = latest;
        this.rows = rows;
    }

    @Override
    public Optional<VersionedRecord<V>> get(K key, Instant asOf) {
        return view.call(() -> rows.get(key, asOf));
    }

    @Override
    public List<VersionedRecord<V>> versions(K key, Instant from, Instant to) {
        return view.call(() -> rows.versions(key, from, to));
    }

    @Override
    public List<VersionedRecord<V>> versions(K key) {
        return view.call(() -> rows.versions(key));
    }

    @Override
    public ReadOnlyKeyValueStore<K, V> latest() {
        return latest;
    }
}
