package io.varve.projections;

import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.projections.query.ReadOnlyVersionedStore;
import io.varve.projections.query.VersionedRecord;
import io.varve.store.bytes.BytesView;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.StateView;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Decodes the rows of a versioned store, and their versions. */
final class VersionedReader<K, V> implements ReadOnlyVersionedStore<K, V> {
    private final StoreReader<K, V> latest;
    private final ReadOnlyTable older;
    private final Runnable eachRow;
    private final VersionFinder<K, V> finder;
    private final long edge;

    /**
     * Reads a store.
     *
     * @param eachRow is run before each row of a walk or a count; what it throws ends it
     */
    VersionedReader(StoreDefinition<K, V> definition, StateView view, Runnable eachRow) {
        this.latest = new StoreReader<>(definition, view, eachRow);
        this.older = view.table(VersionedRows.older(definition).name());
        this.eachRow = eachRow;
        this.finder = new VersionFinder<>(definition, this::walk);
        this.edge =
                VersionFinder.edge(
                        StreamTime.latest(definition, view), VersionedRows.retention(definition));
    }

    private void walk(byte[] from, byte[] to, boolean back, VersionFinder.Visitor visitor) {
        ReadOnlyTable.RowVisitor each =
                (key, value) -> {
                    eachRow.run();
                    return visitor.version(VersionKey.validFrom(key), value.toByteArray());
                };
        if (back) {
            older.reverseScan(BytesView.of(from), BytesView.of(to), each);
        } else {
            older.scan(BytesView.of(from), BytesView.of(to), each);
        }
    }

    @Override
    public Optional<VersionedRecord<V>> get(K key, Instant asOf) {
        return Optional.ofNullable(finder.record(key, latest.dated(key), millis(asOf), edge));
    }

    /** The farthest that can be said in milliseconds, of an instant beyond. */
    private static long millis(Instant time) {
        try {
            return time.toEpochMilli();
        } catch (ArithmeticException e) {
            return time.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    @Override
    public List<VersionedRecord<V>> versions(K key, Instant from, Instant to) {
        return versions(key, millis(from), millis(to));
    }

    @Override
    public List<VersionedRecord<V>> versions(K key) {
        return versions(key, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private List<VersionedRecord<V>> versions(K key, long from, long to) {
        Objects.requireNonNull(key, "key");
        return finder.between(key, latest.dated(key), from, to, edge);
    }

    @Override
    public ReadOnlyKeyValueStore<K, V> latest() {
        return latest;
    }
}
