package io.varve.projections;

import io.varve.projections.query.VersionedRecord;
import java.util.List;
import java.util.Optional;

/**
 * A versioned store as a {@link Processor} reads and writes it: {@link Materialized#versioned} says
 * what versions are. Changes are seen at once here, and by queries with the next commit. Belongs to
 * the thread of its task. Times are milliseconds since 1970.
 *
 * @param <K> keys
 * @param <V> values
 */
public interface VersionedStore<K, V> {
    /** What became of a version. */
    enum PutResult {
        /** It is the latest of its row. */
        LATEST,
        /** It was put before a later one. */
        OUT_OF_ORDER,
        /** It was not put: it is older than the history retention, and was counted as late. */
        EXPIRED
    }

    /**
     * Finds the latest version of a row.
     *
     * @param key not null
     * @return empty if the row is not there
     */
    Optional<VersionedRecord<V>> get(K key);

    /**
     * Finds a row as of a time: the version of that time, or the last before it.
     *
     * @param key not null
     * @param asOfTimestamp the time, included
     * @return empty where the row was not there then, and where the time is before the history
     *     retention and the latest version is younger
     */
    Optional<VersionedRecord<V>> get(K key, long asOfTimestamp);

    /**
     * Puts a version, in place of one of the same time if there is one.
     *
     * @param key not null; 1 to 501 bytes
     * @param value not null; see {@link #delete}
     * @param timestamp from which it is valid
     * @return what became of it
     */
    PutResult put(K key, V value, long timestamp);

    /**
     * Removes a row from a time on, until the next version if there is one.
     *
     * @param key not null; 1 to 501 bytes
     * @param timestamp from which the row is not there
     * @return the version as of that time; empty if the row was not there then, or the time is
     *     before the history retention, so that nothing was done
     */
    Optional<VersionedRecord<V>> delete(K key, long timestamp);

    /**
     * Finds the versions of a row that were valid at some time between two times.
     *
     * @param key not null
     * @param from the first time, included
     * @param to the last time, included
     * @return a new list, in the order of their times; where the last time is before the history
     *     retention, of the latest version at most
     */
    List<VersionedRecord<V>> versions(K key, long from, long to);
}
