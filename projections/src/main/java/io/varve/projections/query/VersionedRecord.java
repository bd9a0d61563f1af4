package io.varve.projections.query;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * A version of a row of a versioned store. Times are milliseconds since 1970.
 *
 * @param value of the row then
 * @param timestamp from which it is valid: that of the record that made it
 * @param validTo when it is not valid any more, as another version was made then, or the row was
 *     removed; empty for the latest version
 * @param <V> values
 */
public record VersionedRecord<V>(V value, long timestamp, OptionalLong validTo) {
    /**
     * Refuses nulls.
     *
     * @param value of the row then
     * @param timestamp from which it is valid
     * @param validTo when it is not valid any more; empty for the latest version
     */
    public VersionedRecord {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(validTo, "validTo");
    }
}
