package io.varve.projections;

import io.varve.projections.query.VersionedRecord;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Versions of rows of a task, for code of the user. What is given out is a copy: it may be changed
 * in place and put as the next version.
 */
final class ProcessorVersions<K, V> implements VersionedStore<K, V> {
    private final VersionedRows<K, V> rows;

    ProcessorVersions(VersionedRows<K, V> rows) {
        this.rows = rows;
    }

    private Row<K, V> row(K key) {
        return rows.row(Objects.requireNonNull(key, "key"));
    }

    @Override
    public Optional<VersionedRecord<V>> get(K key) {
        Row<K, V> row = row(key);
        return rows.copied(row)
                .map(bytes -> record(rows.value(bytes), row.time, OptionalLong.empty()));
    }

    @Override
    public Optional<VersionedRecord<V>> get(K key, long asOfTimestamp) {
        Row<K, V> row = row(key);
        return row.isThere() && row.time <= asOfTimestamp
                ? get(key)
                : Optional.ofNullable(rows.record(key, asOfTimestamp));
    }

    private static <V> VersionedRecord<V> record(V value, long timestamp, OptionalLong validTo) {
        return new VersionedRecord<>(value, timestamp, validTo);
    }

    @Override
    public PutResult put(K key, V value, long timestamp) {
        Objects.requireNonNull(value, "value");
        Row<K, V> row = row(key);
        if (rows.isExpired(key, timestamp)) {
            return PutResult.EXPIRED;
        }
        PutResult result = rows.put(row, rows.copied(row), value, timestamp);
        rows.seal(row);
        return result;
    }

    @Override
    public Optional<VersionedRecord<V>> delete(K key, long timestamp) {
        Row<K, V> row = row(key);
        if (rows.isExpired(key, timestamp)) {
            return Optional.empty();
        }
        Optional<VersionedRecord<V>> before = get(key, timestamp);
        rows.put(row, rows.copied(row), null, timestamp);
        return before;
    }

    @Override
    public List<VersionedRecord<V>> versions(K key, long from, long to) {
        Row<K, V> row = row(key);
        List<VersionedRecord<V>> found = rows.between(key, from, to);
        int last = found.size() - 1;
        if (last >= 0 && found.get(last).validTo().isEmpty()) {
            found.set(last, get(row.key).orElseThrow());
        }
        return found;
    }
}
