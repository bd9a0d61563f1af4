package io.varve.projections;

import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import java.util.Objects;

/**
 * Where a topology's events go to.
 *
 * @param node the name of the node
 * @param id the name that was given to the node, or the category: what ids of events are made of,
 *     so that it is the same when nodes come before it
 * @param category of the streams that get them
 * @param serde writes them
 */
public record Sink(String node, String id, String category, EventSerde<?> serde) {
    /**
     * Refuses what is not the name of a category.
     *
     * @param node the name of the node
     * @param id see the record
     * @param category of the streams that get them
     * @param serde writes them
     */
    public Sink {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(serde, "serde");
        // The rule for categories is the store's: ask it.
        StreamId.of(category, "-");
    }

    /** Adds a line. */
    void describe(StringBuilder text) {
        // One line, whatever a serde of the user's says.
        String said = serde.describe().strip().replaceAll("\\R", " ");
        text.append("sink ").append(node).append(" category=").append(category);
        text.append(' ').append(said).append('\n');
    }
}
