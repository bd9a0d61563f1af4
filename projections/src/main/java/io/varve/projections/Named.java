package io.varve.projections;

import io.varve.store.PlainName;
import java.util.Optional;

/**
 * A name for a node of a topology, for {@link Topology#describe()} and errors.
 *
 * <pre>{@code
 * stream.filter((key, order) -> order.paid(), Named.as("only-paid"));
 * }</pre>
 *
 * @param name 1 to 249 characters of letters, digits, {@code . _ -}; unique within a topology
 */
public record Named(String name) {
    /**
     * Refuses what is not a name.
     *
     * @param name 1 to 249 characters of letters, digits, {@code . _ -}; unique within a topology
     */
    public Named {
        PlainName.check("node", name, 249);
    }

    /**
     * Names a node.
     *
     * @param name 1 to 249 characters of letters, digits, {@code . _ -}
     * @return the name
     */
    public static Named as(String name) {
        return new Named(name);
    }

    /** A name that begins with another, where there is one. */
    static Optional<Named> behind(Optional<Named> named, String suffix) {
        return named.map(begin -> new Named(begin.name() + suffix));
    }
}
