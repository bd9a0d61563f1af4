package io.varve.projections;

import io.varve.projections.AggregateOperator.Update;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Rows of a table by the group they are in now, to be made into one row per group. When a row
 * changes, or goes to another group, what it was is taken back.
 *
 * <pre>{@code
 * Table<String, String> regions = builder.stream("users", Consumed.with(USER_EVENTS))
 *         .mapValues(event -> event.region())
 *         .toTable(Materialized.as(REGIONS, Serdes.utf8(), Serdes.utf8()));
 * regions.groupBy(
 *                 (user, region) -> KeyValue.pair(region, user),
 *                 Grouped.with(Serdes.utf8(), Serdes.utf8()))
 *         .count(Materialized.as(USERS_IN));
 * }</pre>
 *
 * @param <K> keys of the groups
 * @param <V> values
 */
public final class GroupedTable<K, V> {
    private final TopologyBuilder topology;
    private final TopologyNode node;
    private final Grouped<K, V> grouped;

    GroupedTable(TopologyBuilder topology, TopologyNode node, Grouped<K, V> grouped) {
        this.topology = topology;
        this.node = node;
        this.grouped = grouped;
    }

    /**
     * Counts the rows of each group. A group that has lost its last row has the count 0.
     *
     * @param materialized where to; values are written as eight bytes unless it has another serde
     * @return the counts
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public Table<K, Long> count(Materialized<K, Long> materialized) {
        return count(Optional.empty(), materialized);
    }

    /**
     * Like {@link #count(Materialized)}, with a name for the node.
     *
     * @param named name of the node
     * @param materialized where to
     * @return the counts
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public Table<K, Long> count(Named named, Materialized<K, Long> materialized) {
        return count(Optional.of(Objects.requireNonNull(named, "named")), materialized);
    }

    private Table<K, Long> count(Optional<Named> named, Materialized<K, Long> materialized) {
        return table(
                "KTABLE-AGGREGATE- count",
                named,
                materialized,
                Optional.of(Serdes.int64()),
                (key, value, count) -> count == null ? 1 : count + 1,
                (key, value, count) -> count - 1);
    }

    /**
     * Makes one value of all values of a group; the first one is taken as it is.
     *
     * @param adder adds a value (second) to what was reduced so far (first); null deletes the row
     * @param subtractor takes a value (second) back from it (first); null deletes the row, and the
     *     next value begins anew
     * @param materialized where to
     * @return the reduced values
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public Table<K, V> reduce(
            Reducer<V> adder, Reducer<V> subtractor, Materialized<K, V> materialized) {
        return reduce(adder, subtractor, Optional.empty(), materialized);
    }

    /**
     * Like {@link #reduce(Reducer, Reducer, Materialized)}, with a name for the node.
     *
     * @param adder adds a value (second) to what was reduced so far (first); null deletes the row
     * @param subtractor takes a value (second) back from it (first); null deletes the row
     * @param named name of the node
     * @param materialized where to
     * @return the reduced values
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public Table<K, V> reduce(
            Reducer<V> adder, Reducer<V> subtractor, Named named, Materialized<K, V> materialized) {
        return reduce(
                adder,
                subtractor,
                Optional.of(Objects.requireNonNull(named, "named")),
                materialized);
    }

    private Table<K, V> reduce(
            Reducer<V> adder,
            Reducer<V> subtractor,
            Optional<Named> named,
            Materialized<K, V> materialized) {
        Objects.requireNonNull(adder, "adder");
        Objects.requireNonNull(subtractor, "subtractor");
        return table(
                "KTABLE-REDUCE-",
                named,
                materialized,
                grouped.valueSerde(),
                (key, value, old) -> old == null ? value : adder.apply(old, value),
                (key, value, old) -> subtractor.apply(old, value));
    }

    /**
     * Adds all rows of a group to an aggregate.
     *
     * <pre>{@code
     * revenue.groupBy(
     *                 (customer, cents) -> KeyValue.pair(region(customer), cents),
     *                 Grouped.with(Serdes.utf8(), Serdes.int64()))
     *         .aggregate(
     *                 () -> 0L,
     *                 (region, cents, sum) -> sum + cents,
     *                 (region, cents, sum) -> sum - cents,
     *                 Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
     * }</pre>
     *
     * @param initializer makes the aggregate that a group begins with
     * @param adder adds a row; null deletes the aggregate, and the next row begins anew
     * @param subtractor takes a row back; null deletes the aggregate, and the next row begins anew
     * @param materialized where to; it needs a serde for values
     * @param <A> aggregates
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public <A> Table<K, A> aggregate(
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> adder,
            Aggregator<? super K, ? super V, A> subtractor,
            Materialized<K, A> materialized) {
        return aggregate(initializer, adder, subtractor, Optional.empty(), materialized);
    }

    /**
     * Like {@link #aggregate(Initializer, Aggregator, Aggregator, Materialized)}, with a name for
     * the node.
     *
     * @param initializer makes the aggregate that a group begins with
     * @param adder adds a row; null deletes the aggregate
     * @param subtractor takes a row back; null deletes the aggregate
     * @param named name of the node
     * @param materialized where to; it needs a serde for values
     * @param <A> aggregates
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public <A> Table<K, A> aggregate(
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> adder,
            Aggregator<? super K, ? super V, A> subtractor,
            Named named,
            Materialized<K, A> materialized) {
        return aggregate(
                initializer,
                adder,
                subtractor,
                Optional.of(Objects.requireNonNull(named, "named")),
                materialized);
    }

    private <A> Table<K, A> aggregate(
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> adder,
            Aggregator<? super K, ? super V, A> subtractor,
            Optional<Named> named,
            Materialized<K, A> materialized) {
        Objects.requireNonNull(initializer, "initializer");
        Objects.requireNonNull(adder, "adder");
        Objects.requireNonNull(subtractor, "subtractor");
        return table(
                "KTABLE-AGGREGATE-",
                named,
                materialized,
                Optional.empty(),
                (key, value, old) ->
                        adder.apply(key, value, old == null ? initializer.apply() : old),
                subtractor::apply);
    }

    private <A> Table<K, A> table(
            String prefix,
            Optional<Named> named,
            Materialized<K, A> materialized,
            Optional<Serde<A>> valueSerde,
            Update<K, V, A> add,
            Update<K, V, A> subtract) {
        StoreDefinition<K, A> store =
                StoreDefinition.of(
                        materialized, grouped.keySerde(), valueSerde, List.of(), StoreKind.plain());
        TopologyNode table =
                topology.stateful(
                        topology.name(prefix, named),
                        store,
                        stores -> TableAggregateOperator.in(stores, store, add, subtract),
                        node);
        return Table.in(topology, table, store);
    }
}
