package io.varve.projections;

import io.varve.projections.AggregateOperator.Update;
import io.varve.store.serde.Serde;
import java.util.List;
import java.util.Optional;

/**
 * One of the groups of which a table is made together with others.
 *
 * @param node its records come from
 * @param aggregator adds a record of it
 */
record CogroupPart<K, V, A>(
        TopologyNode node,
        Optional<Serde<K>> keySerde,
        Aggregator<? super K, ? super V, A> aggregator) {
    /** Makes what adds records of a part to the rows that all share. */
    @FunctionalInterface
    interface Maker<K, A> {
        <V> Operator<K, V> operator(TaskStores stores, CogroupPart<K, V, A> part, int number);
    }

    /** A table that all parts feed, each by a node, of which the first owns the stores. */
    static <K, A> TopologyNode table(
            TopologyBuilder topology,
            List<CogroupPart<K, ?, A>> parts,
            Optional<Named> named,
            List<StoreDefinition<?, ?>> stores,
            Maker<K, A> maker) {
        TopologyNode[] nodes = new TopologyNode[parts.size()];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = parts.get(i).in(topology, i, stores, maker);
        }
        String name = topology.name("COGROUPKSTREAM-MERGE-", named);
        return topology.stateless(name, task -> ProcessorNode.FORWARD, nodes);
    }

    private TopologyNode in(
            TopologyBuilder topology,
            int number,
            List<StoreDefinition<?, ?>> stores,
            Maker<K, A> maker) {
        return topology.sharing(
                topology.name("COGROUPKSTREAM-AGGREGATE-", Optional.empty()),
                number == 0 ? stores : List.of(),
                number == 0 ? List.of() : stores,
                task -> maker.operator(task, this, number),
                node);
    }

    /** The first key serde that one of them has. */
    static <K, A> Optional<Serde<K>> keySerde(List<CogroupPart<K, ?, A>> parts) {
        return parts.stream().flatMap(part -> part.keySerde().stream()).findFirst();
    }

    /** What a record makes of a row. */
    Update<K, V, A> update(Initializer<? extends A> initializer) {
        return (key, value, old) ->
                aggregator.apply(key, value, old == null ? initializer.apply() : old);
    }
}
