package io.varve.projections;

import io.varve.store.StreamId;
import java.util.Objects;

/**
 * A record that came too late for a table, which has dropped it, or for a join of streams, which
 * has joined it with what was there, and has not kept it for others.
 *
 * @param store the name of the table's {@link StoreRef}: one of windows, or with versions; or that
 *     of the join
 * @param key that the record had there
 * @param timestamp of the record, or of the version it was to be, in milliseconds since 1970
 * @param position of its event
 * @param stream of its event
 */
public record LateRecord(String store, Object key, long timestamp, long position, StreamId stream) {
    /**
     * Refuses nulls.
     *
     * @param store see the record
     * @param key see the record
     * @param timestamp see the record
     * @param position see the record
     * @param stream see the record
     */
    public LateRecord {
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(stream, "stream");
    }
}
