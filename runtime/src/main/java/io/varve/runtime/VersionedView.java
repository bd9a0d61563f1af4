package io.varve.runtime;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.ReadOnlyIndex;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.query.ReadOnlyVersionedStore;
import io.varve.projections.query.RowVisitor;
import io.varve.projections.query.StoreIndex;
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
    public Optional<V> get(K key) {
        return latest.get(key);
    }

    @Override
    public void scan(RangeQuery<K> query, RowVisitor<? super K, ? super V> visitor) {
        latest.scan(query, visitor);
    }

    @Override
    public long count() {
        return latest.count();
    }

    @Override
    public long count(RangeQuery<K> query) {
        return latest.count(query);
    }

    @Override
    public <I> ReadOnlyIndex<I, K, V> index(StoreIndex<K, V, I> index) {
        return latest.index(index);
    }
}
