package io.varve.projections;

import io.varve.store.serde.EventSerde;
import java.util.Objects;
import java.util.Optional;

/**
 * How a category is read.
 *
 * <pre>{@code
 * builder.stream("orders", Consumed.with(ORDER_EVENTS).withName("orders-source"));
 * }</pre>
 *
 * @param serde for the events of the category
 * @param name of the source node; empty for an automatic one
 * @param <E> what the events have in common
 */
public record Consumed<E>(EventSerde<E> serde, Optional<Named> name) {
    /**
     * Refuses a missing serde.
     *
     * @param serde for the events of the category
     * @param name of the source node; empty for an automatic one
     */
    public Consumed {
        if (serde == null) {
            throw new IllegalArgumentException(
                    "A category cannot be read without a serde. Use Consumed.with(serde).");
        }
        Objects.requireNonNull(name, "name");
    }

    /**
     * Reads with a serde.
     *
     * @param serde for the events of the category
     * @param <E> what the events have in common
     * @return how to read
     */
    public static <E> Consumed<E> with(EventSerde<E> serde) {
        return new Consumed<>(serde, Optional.empty());
    }

    /**
     * The same with a name for the source node.
     *
     * @param newName of the node
     * @return a new value
     */
    public Consumed<E> withName(String newName) {
        return new Consumed<>(serde, Optional.of(Named.as(newName)));
    }
}
