package io.varve.projections;

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
    private final List<CogroupPart<K, ?, A>> parts;

    private CogroupedStream(TopologyBuilder topology, List<CogroupPart<K, ?, A>> parts) {
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
        List<CogroupPart<K, ?, A>> all = new ArrayList<>(parts);
        all.add(new CogroupPart<>(group.node(), group.keySerde(), aggregator));
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
        return aggregate(
                initializer, Optional.of(Objects.requireNonNull(named, "named")), materialized);
    }

    private Table<K, A> aggregate(
            Initializer<? extends A> initializer,
            Optional<Named> named,
            Materialized<K, A> materialized) {
        Objects.requireNonNull(initializer, "initializer");
        StoreDefinition<K, A> store =
                StoreDefinition.of(
                        materialized,
                        CogroupPart.keySerde(parts),
                        Optional.empty(),
                        List.of(),
                        StoreKind.plain());
        CogroupPart.Maker<K, A> maker =
                new CogroupPart.Maker<>() {
                    @Override
                    public <V> Operator<K, V> operator(
                            TaskStores stores, CogroupPart<K, V, A> part, int number) {
                        return stores.ofOwnKeys(
                                store,
                                AggregateOperator.in(stores, store, part.update(initializer)));
                    }
                };
        return Table.in(
                topology, CogroupPart.table(topology, parts, named, List.of(store), maker), store);
    }

    /**
     * Divides the records of each key by time windows.
     *
     * @param windows tumbling or hopping
     * @return the groups in windows
     */
    public TimeWindowedCogroupedStream<K, A> windowedBy(TimeWindows windows) {
        return new TimeWindowedCogroupedStream<>(
                new WindowedCogroup<>(topology, parts, windows.terms()), windows::operator);
    }

    /**
     * Divides the records of each key by windows that slide with them.
     *
     * @param windows sliding
     * @return the groups in windows
     */
    public TimeWindowedCogroupedStream<K, A> windowedBy(SlidingWindows windows) {
        return new TimeWindowedCogroupedStream<>(
                new WindowedCogroup<>(topology, parts, windows.terms()), windows::operator);
    }

    /**
     * Divides the records of each key by sessions.
     *
     * @param windows sessions
     * @return the groups in sessions
     */
    public SessionWindowedCogroupedStream<K, A> windowedBy(SessionWindows windows) {
        return new SessionWindowedCogroupedStream<>(
                new WindowedCogroup<>(topology, parts, windows.terms()), windows.gap().toMillis());
    }
}
