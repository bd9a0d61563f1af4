package io.varve.projections;

import io.varve.projections.AggregateOperator.Update;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Records with the same key together, to be made into one row per key. Records without key or value
 * are passed over.
 *
 * <pre>{@code
 * grouped.aggregate(
 *         () -> 0L,
 *         (customer, order, sum) -> sum + order.cents(),
 *         Materialized.as(REVENUE, Serdes.utf8(), Serdes.int64()));
 * }</pre>
 *
 * @param <K> keys
 * @param <V> values
 */
public final class GroupedStream<K, V> {
    private final TopologyBuilder topology;
    private final TopologyNode node;
    private final Grouped<K, V> grouped;

    GroupedStream(TopologyBuilder topology, TopologyNode node, Grouped<K, V> grouped) {
        this.topology = topology;
        this.node = node;
        this.grouped = grouped;
    }

    /**
     * Counts the records of each key.
     *
     * @param materialized where to; values are written as eight bytes unless it has another serde
     * @return the counts
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public Table<K, Long> count(Materialized<K, Long> materialized) {
        return count(Optional.empty(), materialized);
    }

    /**
     * Counts the records of each key.
     *
     * @param named name of the node
     * @param materialized where to; values are written as eight bytes unless it has another serde
     * @return the counts
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public Table<K, Long> count(Named named, Materialized<K, Long> materialized) {
        return count(Optional.of(Objects.requireNonNull(named, "named")), materialized);
    }

    private Table<K, Long> count(Optional<Named> named, Materialized<K, Long> materialized) {
        return table(
                "KSTREAM-AGGREGATE- count",
                named,
                materialized,
                Optional.of(Serdes.int64()),
                CountOperator::in,
                List.of());
    }

    /**
     * Makes one value of all values of a key; the first one is taken as it is.
     *
     * @param reducer makes one of two; null deletes the row, and the next value begins anew
     * @param materialized where to
     * @return the reduced values
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public Table<K, V> reduce(Reducer<V> reducer, Materialized<K, V> materialized) {
        return reduce(reducer, Optional.empty(), materialized);
    }

    /**
     * Makes one value of all values of a key; the first one is taken as it is.
     *
     * @param reducer makes one of two; null deletes the row, and the next value begins anew
     * @param named name of the node
     * @param materialized where to
     * @return the reduced values
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public Table<K, V> reduce(Reducer<V> reducer, Named named, Materialized<K, V> materialized) {
        return reduce(reducer, Optional.of(Objects.requireNonNull(named, "named")), materialized);
    }

    private Table<K, V> reduce(
            Reducer<V> reducer, Optional<Named> named, Materialized<K, V> materialized) {
        Objects.requireNonNull(reducer, "reducer");
        Update<K, V, V> update =
                (key, value, old) -> old == null ? value : reducer.apply(old, value);
        return table(
                "KSTREAM-REDUCE-",
                named,
                materialized,
                grouped.valueSerde(),
                (stores, store) -> AggregateOperator.in(stores, store, update),
                List.of());
    }

    /**
     * Adds all records of a key to an aggregate.
     *
     * @param initializer makes the aggregate that a key begins with
     * @param aggregator adds a record; null deletes the row, and the next record begins anew
     * @param materialized where to; it needs a serde for values
     * @param <A> aggregates
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public <A> Table<K, A> aggregate(
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Materialized<K, A> materialized) {
        return aggregate(initializer, aggregator, Optional.empty(), materialized, List.of());
    }

    /**
     * Adds all records of a key to an aggregate.
     *
     * @param initializer makes the aggregate that a key begins with
     * @param aggregator adds a record; null deletes the row, and the next record begins anew
     * @param named name of the node
     * @param materialized where to; it needs a serde for values
     * @param <A> aggregates
     * @return the aggregates
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public <A> Table<K, A> aggregate(
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Named named,
            Materialized<K, A> materialized) {
        return aggregate(
                initializer,
                aggregator,
                Optional.of(Objects.requireNonNull(named, "named")),
                materialized,
                List.of());
    }

    /** Adds all records to aggregates that only events of some types change. */
    <A> Table<K, A> aggregate(
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Materialized<K, A> materialized,
            List<String> events) {
        return aggregate(initializer, aggregator, Optional.empty(), materialized, events);
    }

    private <A> Table<K, A> aggregate(
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Optional<Named> named,
            Materialized<K, A> materialized,
            List<String> events) {
        Objects.requireNonNull(initializer, "initializer");
        Objects.requireNonNull(aggregator, "aggregator");
        Update<K, V, A> update =
                (key, value, old) ->
                        aggregator.apply(key, value, old == null ? initializer.apply() : old);
        return table(
                "KSTREAM-AGGREGATE-",
                named,
                materialized,
                Optional.empty(),
                (stores, store) -> AggregateOperator.in(stores, store, update),
                events);
    }

    /**
     * Begins an aggregate to which other groups with the same keys are added, too.
     *
     * @param aggregator adds a record of this group; null deletes the row, and the next record
     *     begins anew
     * @param <A> aggregates
     * @return this group
     */
    public <A> CogroupedStream<K, A> cogroup(Aggregator<? super K, ? super V, A> aggregator) {
        return new CogroupedStream<K, A>(topology).cogroup(this, aggregator);
    }

    TopologyBuilder topology() {
        return topology;
    }

    TopologyNode node() {
        return node;
    }

    Optional<Serde<K>> keySerde() {
        return grouped.keySerde();
    }

    /**
     * Divides the records of each key by time windows.
     *
     * @param windows tumbling or hopping
     * @return the groups in windows
     */
    public TimeWindowedStream<K, V> windowedBy(TimeWindows windows) {
        return new TimeWindowedStream<>(
                new WindowedGroup<>(topology, node, grouped, windows.terms()), windows::operator);
    }

    /**
     * Divides the records of each key by windows that slide with them.
     *
     * @param windows sliding
     * @return the groups in windows
     */
    public TimeWindowedStream<K, V> windowedBy(SlidingWindows windows) {
        return new TimeWindowedStream<>(
                new WindowedGroup<>(topology, node, grouped, windows.terms()), windows::operator);
    }

    /**
     * Divides the records of each key by sessions.
     *
     * @param windows sessions
     * @return the groups in sessions
     */
    public SessionWindowedStream<K, V> windowedBy(SessionWindows windows) {
        return new SessionWindowedStream<>(
                new WindowedGroup<>(topology, node, grouped, windows.terms()),
                windows.gap().toMillis());
    }

    private <A> Table<K, A> table(
            String prefix,
            Optional<Named> named,
            Materialized<K, A> materialized,
            Optional<Serde<A>> valueSerde,
            BiFunction<TaskStores, StoreDefinition<K, A>, Operator<K, V>> operator,
            List<String> events) {
        StoreDefinition<K, A> store =
                StoreDefinition.of(
                        materialized, grouped.keySerde(), valueSerde, events, StoreKind.plain());
        TopologyNode table =
                topology.stateful(
                        topology.name(prefix, named),
                        store,
                        stores -> stores.ofOwnKeys(store, operator.apply(stores, store)),
                        node);
        return Table.in(topology, table, store);
    }
}
