package io.varve.projections;

import io.varve.projections.AggregateOperator.Update;
import io.varve.store.serde.Serde;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Several groups with the same keys, to be made into one row per key, to which the records of each
 * are added in a way of their own. Immutable.
 *
 * <pre>{@code
 * orders.groupByKey()
 *         .<Customer>cogroup((id, order, customer) -> customer.with(order))
 *         .cogroup(visits.groupByKey(), (id, visit, customer) -> customer.with(visit))
 *         .aggregate(Customer::new, Materialized.as(CUSTOMERS, Serdes.utf8(), CUSTOMER));
 * }</pre>
 *
 * @param <K> keys
 * @param <A> aggregates
 */
public final class CogroupedStream<K, A> {
    private final TopologyBuilder topology;
    private final List<Part<K, ?, A>> parts;

    /** One of the groups. */
    private record Part<K, V, A>(
            TopologyNode node,
            Optional<Serde<K>> keySerde,
            Aggregator<? super K, ? super V, A> aggregator) {
        /** What adds its records to rows. */
        Operator<K, V> operator(WriteBackStore<K, A> store, Initializer<? extends A> initializer) {
            Update<K, V, A> update =
                    (key, value, old) ->
                            aggregator.apply(key, value, old == null ? initializer.apply() : old);
            return new AggregateOperator<>(store, update);
        }

        /** A node that does, of which the first owns the store. */
        TopologyNode in(
                TopologyBuilder topology,
                StoreDefinition<K, A> store,
                boolean first,
                Initializer<? extends A> initializer) {
            List<StoreDefinition<?, ?>> stores = List.of(store);
            return topology.sharing(
                    topology.name("COGROUPKSTREAM-AGGREGATE-", Optional.empty()),
                    first ? stores : List.of(),
                    first ? List.of() : stores,
                    task -> task.ofOwnKeys(store, operator(task.get(store), initializer)),
                    node);
        }
    }

    private CogroupedStream(TopologyBuilder topology, List<Part<K, ?, A>> parts) {
        this.topology = topology;
        this.parts = parts;
    }

    /** Of no group. */
    CogroupedStream(TopologyBuilder topology) {
        this(topology, List.of());
    }

    /**
     * Adds a group.
     *
     * @param group of the same builder, with the same keys
     * @param aggregator adds a record of it to the aggregate; null deletes the row, and the next
     *     record begins anew
     * @param <V> values of the group
     * @return the groups with this one
     * @throws TopologyException if the group belongs to another builder
     */
    public <V> CogroupedStream<K, A> cogroup(
            GroupedStream<K, V> group, Aggregator<? super K, ? super V, A> aggregator) {
        Objects.requireNonNull(aggregator, "aggregator");
        if (group.topology() != topology) {
            throw new TopologyException(
                    "Two builders cannot be cogrouped: node=" + group.node().name(),
                    "Begin all streams with the same StreamsBuilder.");
        }
        List<Part<K, ?, A>> all = new ArrayList<>(parts);
        all.add(new Part<>(group.node(), group.keySerde(), aggregator));
        return new CogroupedStream<>(topology, all);
    }

    /**
     * Adds all records of all groups to the aggregate of their key, in the order of the log.
     *
     * @param initializer makes the aggregate that a key begins with
     * @param materialized where to; it needs a serde for values
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public Table<K, A> aggregate(
            Initializer<? extends A> initializer, Materialized<K, A> materialized) {
        return aggregate(initializer, Optional.empty(), materialized);
    }

    /**
     * Like {@link #aggregate(Initializer, Materialized)}, with a name for the node behind all
     * groups.
     *
     * @param initializer makes the aggregate that a key begins with
     * @param named name of the node
     * @param materialized where to; it needs a serde for values
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public Table<K, A> aggregate(
            Initializer<? extends A> initializer, Named named, Materialized<K, A> materialized) {
        return aggregate(initializer, Optional.of(named), materialized);
    }

    private Table<K, A> aggregate(
            Initializer<? extends A> initializer,
            Optional<Named> named,
            Materialized<K, A> materialized) {
        Objects.requireNonNull(initializer, "initializer");
        StoreDefinition<K, A> store =
                StoreDefinition.of(
                        materialized,
                        parts.stream().flatMap(part -> part.keySerde().stream()).findFirst(),
                        Optional.empty(),
                        List.of(),
                        StoreKind.plain());
        TopologyNode[] nodes = new TopologyNode[parts.size()];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = parts.get(i).in(topology, store, i == 0, initializer);
        }
        String name = topology.name("COGROUPKSTREAM-MERGE-", named);
        TopologyNode merge = topology.stateless(name, task -> ProcessorNode.FORWARD, nodes);
        return Table.in(topology, merge, store);
    }
}
