package io.varve.projections;

import java.util.List;
import java.util.Optional;

/**
 * A node of a topology. Immutable; knows what feeds it, not what it feeds.
 *
 * @param index in the order of declaration: parents come before their children
 * @param name unique within the topology
 * @param parents that forward to it, in the order they were given; a parent named twice forwards
 *     twice
 * @param source for a node that has no parent
 * @param sink for a node that emits
 * @param stores that it owns
 * @param operator what it does
 */
record TopologyNode(
        int index,
        String name,
        List<TopologyNode> parents,
        Optional<Source> source,
        Optional<Sink> sink,
        List<StoreDefinition<?, ?>> stores,
        Operator.Factory operator) {
    // By identity: comparing the contents would walk all ancestors, again for each path to them.
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
