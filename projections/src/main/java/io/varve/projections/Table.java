package io.varve.projections;

import io.varve.store.serde.Serde;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One row per key, which changes as events come: the result of an aggregation, of {@link
 * EventStream#toTable}, or made of other tables. Kept in a store, or computed from tables that are,
 * whenever a row is needed. Read one that is kept with {@link Topology#store}, through an engine,
 * or in a test with the driver.
 *
 * <p>Operators behind a table are told of each change of a row, with its old value and its new one,
 * in the order of the log.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class Table<K, V> {
    private final TopologyBuilder topology;
    private final TopologyNode node;
    private final Optional<Serde<K>> keySerde;
    private final TableLookup.Factory<K, V> rows;

    /** Where it is kept, if it is. */
    private final Optional<StoreRef<K, V>> kept;

    /** Where that is kept of which its rows are made. */
    private final List<StoreRef<?, ?>> from;

    Table(
            TopologyBuilder topology,
            TopologyNode node,
            Optional<Serde<K>> keySerde,
            TableLookup.Factory<K, V> rows,
            Optional<StoreRef<K, V>> kept,
            List<StoreRef<?, ?>> from) {
        this.topology = topology;
        this.node = node;
        this.keySerde = keySerde;
        this.rows = rows;
        this.kept = kept;
        this.from = from;
    }

    /** One that is kept in a store. */
    static <K, V> Table<K, V> in(
            TopologyBuilder topology, TopologyNode node, StoreDefinition<K, V> store) {
        return new Table<>(
                topology,
                node,
                Optional.of(store.keySerde()),
                TableLookup.Factory.of(store),
                Optional.of(store.ref()),
                List.of(store.ref()));
    }

    /**
     * The store that keeps the table.
     *
     * @return as given with {@link Materialized}
     * @throws TopologyException if it is not kept in a store
     */
    public StoreRef<K, V> ref() {
        return kept.orElseThrow(
                () ->
                        new TopologyException(
                                "The table is not kept in a store: node=" + node.name(),
                                "Give the operator that makes it a Materialized."));
    }

    /**
     * Its changes, one after the other: the new value of each; null where a row was removed.
     *
     * @return the records
     */
    public EventStream<K, V> toStream() {
        return toStream(Optional.empty());
    }

    /**
     * Like {@link #toStream()}, with a name for the node.
     *
     * @param named name of the node
     * @return the records
     */
    public EventStream<K, V> toStream(Named named) {
        return toStream(Optional.of(named));
    }

    private EventStream<K, V> toStream(Optional<Named> named) {
        Operator<K, Change<V>> operator = (key, change, out) -> out.forward(key, change.newValue());
        return new EventStream<>(
                topology,
                topology.stateless(
                        topology.name("KTABLE-TOSTREAM-", named), stores -> operator, node()),
                keySerde.orElse(null));
    }

    /**
     * Keeps the rows for which the predicate holds.
     *
     * @param predicate decides; it is not asked of rows that are removed
     * @return the resulting table, not kept in a store
     */
    public Table<K, V> filter(Predicate<? super K, ? super V> predicate) {
        return filter(predicate, Optional.empty(), Optional.empty());
    }

    /**
     * Like {@link #filter(Predicate)}, kept in a store.
     *
     * @param predicate decides; it is not asked of rows that are removed
     * @param materialized where to
     * @return the resulting table
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public Table<K, V> filter(
            Predicate<? super K, ? super V> predicate, Materialized<K, V> materialized) {
        return filter(predicate, Optional.empty(), Optional.of(materialized));
    }

    private Table<K, V> filter(
            Predicate<? super K, ? super V> predicate,
            Optional<Named> named,
            Optional<Materialized<K, V>> materialized) {
        Objects.requireNonNull(predicate, "predicate");
        return then(
                "KTABLE-FILTER-",
                named,
                (key, value) -> predicate.test(key, value) ? value : null,
                true,
                materialized);
    }

    /**
     * Makes a new value of each row; keys stay.
     *
     * @param mapper makes the new value; null where there is to be no row; not asked of rows that
     *     are removed
     * @param <V2> new values
     * @return the resulting table, not kept in a store
     */
    public <V2> Table<K, V2> mapValues(ValueMapper<? super V, ? extends V2> mapper) {
        Objects.requireNonNull(mapper, "mapper");
        return mapValues((key, value) -> mapper.apply(value));
    }

    /**
     * Makes a new value of each row's key and value; keys stay.
     *
     * @param mapper makes the new value; null where there is to be no row; not asked of rows that
     *     are removed
     * @param <V2> new values
     * @return the resulting table, not kept in a store
     */
    public <V2> Table<K, V2> mapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper) {
        Objects.requireNonNull(mapper, "mapper");
        return then("KTABLE-MAPVALUES-", Optional.empty(), mapper, false, Optional.empty());
    }

    private <V2> Table<K, V2> then(
            String prefix,
            Optional<Named> named,
            ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper,
            boolean leavesOut,
            Optional<Materialized<K, V2>> materialized) {
        Operator<K, Change<V>> operator = new TableMapOperator<>(mapper, leavesOut);
        TopologyNode next =
                topology.stateless(topology.name(prefix, named), stores -> operator, node());
        Table<K, V2> made =
                new Table<>(topology, next, keySerde, rows.then(mapper), Optional.empty(), from);
        return materialized.map(made::keptIn).orElse(made);
    }

    /** The same, kept in a store. */
    Table<K, V> keptIn(Materialized<K, V> materialized) {
        StoreDefinition<K, V> store =
                StoreDefinition.of(
                        materialized, keySerde, Optional.empty(), List.of(), StoreKind.plain());
        TopologyNode keeper =
                topology.stateful(
                        node.name() + "-STORE",
                        store,
                        stores -> new KeepOperator<>(stores.get(store), stores.context(), true),
                        node());
        return in(topology, keeper, store);
    }

    /** Its node, for one behind it, which is given the times of rows. */
    TopologyNode node() {
        from.forEach(topology::keepTimes);
        return node;
    }

    /** Its rows, for a node that is given records of something else. */
    TableLookup.Factory<K, V> rows() {
        from.forEach(topology::keepTimes);
        return rows;
    }
}
