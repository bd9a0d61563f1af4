package io.varve.projections;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Two tables that are joined by key: a node for the changes of each, and one behind both.
 *
 * <p>One change of a row may change both tables, as where one is joined with itself. The other's
 * row is then found as it is already, while its node has not been told: what was joined before
 * cannot be computed any more. So such a join is kept in a store, which knows.
 */
final class JoinedTables<K, V, V2, R> {
    private final Table<K, V> left;
    private final Table<K, V2> right;
    private final TableJoin<V, V2, R> join;
    private final TopologyBuilder topology;

    JoinedTables(Table<K, V> left, Table<K, V2> right, TableJoin<V, V2, R> join) {
        this.left = left;
        this.right = right;
        this.join = join;
        this.topology = left.topology();
    }

    Table<K, R> table(Optional<Named> named, Optional<Materialized<K, R>> materialized) {
        left.checkTellsAll("join");
        right.checkTellsAll("join");
        TopologyNode ofLeft = left.node();
        TopologyNode ofRight = right.node();
        boolean shared =
                left.from().stream().anyMatch(store -> topology.reaches(store, ofRight))
                        || right.from().stream().anyMatch(store -> topology.reaches(store, ofLeft));
        if (shared && materialized.isEmpty()) {
            throw new TopologyException(
                    "Two tables of the same rows are joined, which needs a store: left="
                            + ofLeft.name()
                            + " right="
                            + ofRight.name(),
                    "Give the join a Materialized.");
        }
        String merge = topology.name("KTABLE-MERGE-" + join.kind(), named);
        TopologyNode thisSide =
                side(
                        topology.name("KTABLE-JOINTHIS-", Named.behind(named, "-join-this")),
                        ofLeft,
                        right,
                        join,
                        shared);
        TopologyNode otherSide =
                side(
                        topology.name("KTABLE-JOINOTHER-", Named.behind(named, "-join-other")),
                        ofRight,
                        left,
                        join.reversed(),
                        shared);
        return materialized.isPresent()
                ? kept(merge, materialized.get(), thisSide, otherSide)
                : computed(merge, thisSide, otherSide);
    }

    private <A, B> TopologyNode side(
            String name,
            TopologyNode node,
            Table<K, B> other,
            TableJoin<A, B, R> seen,
            boolean shared) {
        TableLookup.Factory<K, B> rows = other.rows();
        return topology.finding(
                name,
                other.from(),
                stores ->
                        new TableJoinOperator<>(
                                rows.create(stores), seen, stores.context(), shared),
                node);
    }

    private Table<K, R> kept(String name, Materialized<K, R> materialized, TopologyNode... sides) {
        StoreDefinition<K, R> store =
                StoreDefinition.of(
                        materialized,
                        left.keySerde().or(right::keySerde),
                        Optional.empty(),
                        List.of(),
                        StoreKind.plain());
        TopologyNode node =
                topology.stateful(
                        name, store, stores -> KeepOperator.in(stores, store, true), sides);
        return Table.in(topology, node, store);
    }

    private Table<K, R> computed(String name, TopologyNode... sides) {
        Set<StoreRef<?, ?>> from = new LinkedHashSet<>(left.from());
        from.addAll(right.from());
        return new Table<>(
                topology,
                topology.stateless(name, stores -> ProcessorNode.FORWARD, sides),
                left.keySerde().or(right::keySerde),
                join.rows(left.rows(), right.rows()),
                Optional.empty(),
                new ArrayList<>(from));
    }
}
