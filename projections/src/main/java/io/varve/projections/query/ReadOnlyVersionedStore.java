package io.varve.projections.query;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A read model whose rows have versions, at one instant. What it has from {@link
 * ReadOnlyKeyValueStore} is of the latest versions.
 *
 * <pre>{@code
 * Optional<Rate> now = rates.get("EUR");
 * Optional<VersionedRecord<Rate>> then = rates.get("EUR", Instant.parse("2024-05-01T12:00:00Z"));
 * List<VersionedRecord<Rate>> day = rates.versions("EUR", begin, end);
 * }</pre>
 *
 * @param <K> keys
 * @param <V> values
 */
public interface ReadOnlyVersionedStore<K, V> extends ReadOnlyKeyValueStore<K, V> {
    /**
     * The latest versions alone.
     *
     * @return good as long as this
     */
    ReadOnlyKeyValueStore<K, V> latest();

    @Override
    default Optional<V> get(K key) {
        return latest().get(key);
    }

    @Override
    default void scan(RangeQuery<K> query, RowVisitor<? super K, ? super V> visitor) {
        latest().scan(query, visitor);
    }

    @Override
    default long count() {
        return latest().count();
    }

    @Override
    default long count(RangeQuery<K> query) {
        return latest().count(query);
    }

    @Override
    default <I> ReadOnlyIndex<I, K, V> index(StoreIndex<K, V, I> index) {
        return latest().index(index);
    }

    /**
     * Finds a row as of a time: the version of that time, or the last before it.
     *
     * @param key of the row
     * @param asOf the time, included; in milliseconds
     * @return empty where the row was not there then, and where the time is before the history
     *     retention and the latest version is younger
     */
    Optional<VersionedRecord<V>> get(K key, Instant asOf);

    /**
     * Finds the versions of a row that were valid at some time between two times. A removed row has
     * none while it was removed.
     *
     * @param key of the row
     * @param from the first time, included; in milliseconds
     * @param to the last time, included; in milliseconds
     * @return a new list, in the order of their times; where the last time is before the history
     *     retention, of the latest version at most
     */
    List<VersionedRecord<V>> versions(K key, Instant from, Instant to);

    /**
     * Finds all versions of a row that are kept.
     *
     * @param key of the row
     * @return a new list, in the order of their times
     */
    List<VersionedRecord<V>> versions(K key);
}
