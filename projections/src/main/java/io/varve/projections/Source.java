package io.varve.projections;

import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import java.util.Objects;

/**
 * Where a topology's events come from: a category, and the serde that reads it. Equal when the
 * category is equal and the serde is the same object (engines decode once per distinct source).
 *
 * @param category of streams
 * @param serde reads their events
 */
public record Source(String category, EventSerde<?> serde) {
    /**
     * Refuses what is not the name of a category.
     *
     * @param category of streams
     * @param serde reads their events
     */
    public Source {
        Objects.requireNonNull(serde, "serde");
        // The rule for categories is the store's: ask it.
        StreamId.of(category, "-");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Source that
                && that.category.equals(category)
                && that.serde == serde;
    }

    @Override
    public int hashCode() {
        return 31 * category.hashCode() + System.identityHashCode(serde);
    }
}
