package io.varve.runtime;

import java.util.Objects;
import java.util.Optional;

/**
 * A row of a read model that is not what the events make of it. What cannot be read is given as
 * text, with its bytes.
 *
 * @param key of the row; for an index, of the row that it leads to
 * @param expected its value, or the index key that leads to it, as the events have it; empty where
 *     it is not to be there
 * @param found likewise, as the read model has it
 * @param lastEvent the last event that has written the row or let it expire, with the values that
 *     it has then; empty if there is none, or the key cannot be read
 */
public record DifferingRow(
        Object key,
        Optional<Object> expected,
        Optional<Object> found,
        Optional<ExplainedChange<?>> lastEvent) {
    /**
     * Refuses nulls.
     *
     * @param key see the record
     * @param expected see the record
     * @param found see the record
     * @param lastEvent see the record
     */
    public DifferingRow {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(expected, "expected");
        Objects.requireNonNull(found, "found");
        Objects.requireNonNull(lastEvent, "lastEvent");
    }
}
