package io.varve.projections;

import java.util.Objects;

/**
 * How a stream is joined with a table: what the node is called. Serdes are not needed, as nothing
 * of the stream is kept.
 *
 * <pre>{@code
 * orders.join(customers, (order, customer) -> customer.name(), Joined.as("with-customers"));
 * }</pre>
 *
 * @param name of the node
 */
public record Joined(Named name) {
    /**
     * Refuses nulls.
     *
     * @param name of the node
     */
    public Joined {
        Objects.requireNonNull(name, "name");
    }

    /**
     * Names the node.
     *
     * @param name of the node
     * @return how to join
     */
    public static Joined as(String name) {
        return new Joined(Named.as(name));
    }
}
