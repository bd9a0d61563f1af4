package io.varve.projections;

import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * A table that is joined with another by a key of its values. Which rows belong to a row of the
 * other table is kept beside the result, so that a change there finds them.
 *
 * <pre>
 *   changes of the left ──▶ subscribe, find the right row ──┐
 *                                  STORE/subscriptions      ├──▶ keep the result ──▶ changes
 *   changes of the right ─▶ find all subscribed left rows ──┘         STORE
 * </pre>
 */
final class ForeignKeyJoin<K, V, K2, V2, R> {
    private final Table<K, V> left;
    private final Table<K2, V2> right;
    private final Function<? super V, ? extends K2> foreignKey;
    private final TableJoin<V, V2, R> join;

    ForeignKeyJoin(
            Table<K, V> left,
            Table<K2, V2> right,
            Function<? super V, ? extends K2> foreignKey,
            TableJoin<V, V2, R> join) {
        this.left = left;
        this.right = right;
        this.foreignKey = Objects.requireNonNull(foreignKey, "foreignKeyExtractor");
        this.join = join;
    }

    Table<K, R> table(Optional<Named> named, Materialized<K, R> materialized) {
        left.checkTellsAll("join");
        right.checkTellsAll("join");
        StoreDefinition<K, R> result =
                StoreDefinition.of(
                        materialized,
                        left.keySerde(),
                        Optional.empty(),
                        List.of(),
                        StoreKind.plain());
        Serde<K2> foreignKeys = right.keySerde().orElseThrow(this::noSerde);
        StoreDefinition<Subscription<K2, K>, byte[]> subscriptions =
                result.part(
                        "subscriptions",
                        Subscription.serde(foreignKeys, result.keySerde()),
                        Serdes.bytes(),
                        StoreKind.walked());
        TopologyBuilder topology = left.topology();
        TopologyNode ofLeft =
                topology.sharing(
                        name(
                                "KTABLE-FK-JOIN-SUBSCRIPTION-REGISTRATION-",
                                Named.behind(named, "-subscription-registration")),
                        List.of(subscriptions),
                        topology.kept(right.from()),
                        ofLeft(subscriptions),
                        left.node());
        List<StoreDefinition<?, ?>> shared = new ArrayList<>(topology.kept(left.from()));
        shared.add(subscriptions);
        TopologyNode ofRight =
                topology.sharing(
                        name(
                                "KTABLE-FK-JOIN-SUBSCRIPTION-PROCESSOR-",
                                Named.behind(named, "-subscription-processor")),
                        List.of(),
                        shared,
                        ofRight(subscriptions, foreignKeys),
                        right.node());
        TopologyNode node =
                topology.stateful(
                        name("KTABLE-FK-JOIN-OUTPUT-" + join.kind(), named),
                        result,
                        stores -> JoinResultOperator.in(stores, result),
                        ofLeft,
                        ofRight);
        return Table.in(topology, node, result);
    }

    private Operator.Factory ofLeft(StoreDefinition<Subscription<K2, K>, byte[]> subscriptions) {
        TableLookup.Factory<K2, V2> rows = right.rows();
        return stores ->
                new SubscribingOperator<>(
                        stores.get(subscriptions),
                        rows.create(stores),
                        foreignKey,
                        join,
                        stores.context());
    }

    private Operator.Factory ofRight(
            StoreDefinition<Subscription<K2, K>, byte[]> subscriptions, Serde<K2> foreignKeys) {
        TableLookup.Factory<K, V> rows = left.rows();
        return stores ->
                new SubscribedOperator<>(
                        stores.get(subscriptions),
                        foreignKeys,
                        rows.create(stores),
                        foreignKey,
                        join,
                        stores.context());
    }

    private String name(String prefix, Optional<Named> named) {
        return left.topology().name(prefix, named);
    }

    private TopologyException noSerde() {
        return new TopologyException(
                "The other table of a join has no key serde: table=" + right.node().name(),
                "Give it one with the Materialized of the table.");
    }
}
