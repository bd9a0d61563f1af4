package io.varve.projections.testing;

import io.varve.store.EventHeaders;
import java.util.Objects;
import java.util.UUID;

/**
 * An event that a projection has emitted, as a test sees it.
 *
 * @param projection the name of the projection
 * @param key of its stream
 * @param event read by the serde of the sink
 * @param eventTimeMillis milliseconds since 1970
 * @param id the same whenever it is computed again
 * @param headers of the event, its id not among them
 * @param <E> what the events have in common
 */
public record EmittedRecord<E>(
        String projection,
        String key,
        E event,
        long eventTimeMillis,
        UUID id,
        EventHeaders headers) {
    /**
     * Refuses nulls.
     *
     * @param projection see the record
     * @param key see the record
     * @param event see the record
     * @param eventTimeMillis see the record
     * @param id see the record
     * @param headers see the record
     */
    public EmittedRecord {
        Objects.requireNonNull(projection, "projection");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(headers, "headers");
    }
}
