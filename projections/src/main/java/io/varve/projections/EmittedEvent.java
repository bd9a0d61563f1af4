package io.varve.projections;

import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;

/**
 * An event that a projection emits, before it is in the log.
 *
 * @param position of the event that it was emitted for
 * @param number of it among those that were emitted for that position, from 0
 * @param node the name that was given to the sink, or its category: never one that is another when
 *     nodes come before it
 * @param stream that it is to be appended to
 * @param event with its time
 */
public record EmittedEvent(
        long position, int number, String node, StreamId stream, NewEvent event) {
    /**
     * Refuses nulls.
     *
     * @param position see the record
     * @param number see the record
     * @param node see the record
     * @param stream see the record
     * @param event see the record
     */
    public EmittedEvent {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(event, "event");
    }

    /**
     * Identifies it: the same whenever it is computed again.
     *
     * @param projection the name of the projection
     * @return a name-based UUID of projection, node, position and number
     */
    public UUID id(String projection) {
        // No name has a line feed in it.
        String name =
                Objects.requireNonNull(projection, "projection")
                        + '\n'
                        + node
                        + '\n'
                        + position
                        + '\n'
                        + number;
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }
}
