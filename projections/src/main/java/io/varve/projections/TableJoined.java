package io.varve.projections;

import java.util.Objects;

/**
 * How a table is joined with another by foreign key: what its nodes are called. The one with the
 * results has the name, the others names that begin with it.
 *
 * <pre>{@code
 * orders.join(
 *         customers,
 *         Order::customer,
 *         (order, customer) -> new Invoice(order.cents(), customer.address()),
 *         TableJoined.as("invoices"),
 *         Materialized.as(INVOICES, Serdes.utf8(), INVOICE));
 * }</pre>
 *
 * @param name of the node with the results
 */
public record TableJoined(Named name) {
    /**
     * Refuses nulls.
     *
     * @param name of the node with the results
     */
    public TableJoined {
        Objects.requireNonNull(name, "name");
    }

    /**
     * Names the nodes.
     *
     * @param name of the node with the results
     * @return how to join
     */
    public static TableJoined as(String name) {
        return new TableJoined(Named.as(name));
    }
}
