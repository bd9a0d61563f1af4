package io.varve.projections;

import io.varve.store.serde.Serde;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

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
     * <pre>{@code
     * revenue.toStream()
     *         .filter((customer, cents) -> cents != null && cents > 1_000_000)
     *         .mapValues(cents -> new LargeCustomer(cents))
     *         .to("notices", Produced.with(NOTICES));
     * }</pre>
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
        return toStream(Optional.of(Objects.requireNonNull(named, "named")));
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
     * Its changes with keys of their own.
     *
     * @param mapper makes the new key of a row's key and value, which is null where it was removed
     * @param <K2> new keys
     * @return the records
     */
    public <K2> EventStream<K2, V> toStream(
            KeyValueMapper<? super K, ? super V, ? extends K2> mapper) {
        return toStream().selectKey(Objects.requireNonNull(mapper, "mapper"));
    }

    /**
     * Keeps the rows for which the predicate holds.
     *
     * <pre>{@code
     * revenue.filter((customer, cents) -> cents > 1_000_000, Materialized.as(LARGE));
     * }</pre>
     *
     * @param predicate decides; it is not asked of rows that are removed
     * @return the resulting table, not kept in a store
     */
    public Table<K, V> filter(Predicate<? super K, ? super V> predicate) {
        return filter("KTABLE-FILTER-", predicate, Optional.empty(), Optional.empty());
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
        return filter(
                "KTABLE-FILTER-",
                predicate,
                Optional.empty(),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
    }

    /**
     * Like {@link #filter(Predicate)}, with a name for the node.
     *
     * @param predicate decides; it is not asked of rows that are removed
     * @param named name of the node
     * @return the resulting table, not kept in a store
     */
    public Table<K, V> filter(Predicate<? super K, ? super V> predicate, Named named) {
        return filter(
                "KTABLE-FILTER-",
                predicate,
                Optional.of(Objects.requireNonNull(named, "named")),
                Optional.empty());
    }

    /**
     * Like {@link #filter(Predicate)}, with a name for the node, kept in a store.
     *
     * @param predicate decides; it is not asked of rows that are removed
     * @param named name of the node
     * @param materialized where to
     * @return the resulting table
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public Table<K, V> filter(
            Predicate<? super K, ? super V> predicate,
            Named named,
            Materialized<K, V> materialized) {
        return filter(
                "KTABLE-FILTER-",
                predicate,
                Optional.of(Objects.requireNonNull(named, "named")),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
    }

    /**
     * Drops the rows for which the predicate holds.
     *
     * <pre>{@code
     * revenue.filterNot((customer, cents) -> cents == 0);
     * }</pre>
     *
     * @param predicate decides; it is not asked of rows that are removed
     * @return the resulting table, not kept in a store
     */
    public Table<K, V> filterNot(Predicate<? super K, ? super V> predicate) {
        return filter("KTABLE-FILTER- not", not(predicate), Optional.empty(), Optional.empty());
    }

    /**
     * Like {@link #filterNot(Predicate)}, with a name for the node.
     *
     * @param predicate decides; it is not asked of rows that are removed
     * @param named name of the node
     * @return the resulting table, not kept in a store
     */
    public Table<K, V> filterNot(Predicate<? super K, ? super V> predicate, Named named) {
        return filter(
                "KTABLE-FILTER- not",
                not(predicate),
                Optional.of(Objects.requireNonNull(named, "named")),
                Optional.empty());
    }

    /**
     * Like {@link #filterNot(Predicate)}, kept in a store.
     *
     * @param predicate decides; it is not asked of rows that are removed
     * @param materialized where to
     * @return the resulting table
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public Table<K, V> filterNot(
            Predicate<? super K, ? super V> predicate, Materialized<K, V> materialized) {
        return filter(
                "KTABLE-FILTER- not",
                not(predicate),
                Optional.empty(),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
    }

    /**
     * Like {@link #filterNot(Predicate)}, with a name for the node, kept in a store.
     *
     * @param predicate decides; it is not asked of rows that are removed
     * @param named name of the node
     * @param materialized where to
     * @return the resulting table
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public Table<K, V> filterNot(
            Predicate<? super K, ? super V> predicate,
            Named named,
            Materialized<K, V> materialized) {
        return filter(
                "KTABLE-FILTER- not",
                not(predicate),
                Optional.of(Objects.requireNonNull(named, "named")),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
    }

    private static <K, V> Predicate<K, V> not(Predicate<? super K, ? super V> predicate) {
        Objects.requireNonNull(predicate, "predicate");
        return (key, value) -> !predicate.test(key, value);
    }

    private Table<K, V> filter(
            String operator,
            Predicate<? super K, ? super V> predicate,
            Optional<Named> named,
            Optional<Materialized<K, V>> materialized) {
        Objects.requireNonNull(predicate, "predicate");
        return then(
                operator,
                named,
                (key, value) -> predicate.test(key, value) ? value : null,
                !isVersioned(), // a version that is left out is one without value
                materialized);
    }

    /**
     * Makes a new value of each row; keys stay.
     *
     * <pre>{@code
     * revenue.mapValues(cents -> cents / 100);
     * }</pre>
     *
     * @param mapper makes the new value; null where there is to be no row; not asked of rows that
     *     are removed
     * @param <V2> new values
     * @return the resulting table, not kept in a store
     */
    public <V2> Table<K, V2> mapValues(ValueMapper<? super V, ? extends V2> mapper) {
        return mapValues(withKey(mapper), Optional.empty(), Optional.empty());
    }

    /**
     * Like {@link #mapValues(ValueMapper)}, kept in a store.
     *
     * @param mapper makes the new value; null where there is to be no row; not asked of rows that
     *     are removed
     * @param materialized where to; it needs a serde for values
     * @param <V2> new values
     * @return the resulting table
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public <V2> Table<K, V2> mapValues(
            ValueMapper<? super V, ? extends V2> mapper, Materialized<K, V2> materialized) {
        return mapValues(
                withKey(mapper),
                Optional.empty(),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
    }

    /**
     * Like {@link #mapValues(ValueMapper)}, with a name for the node.
     *
     * @param mapper makes the new value; null where there is to be no row; not asked of rows that
     *     are removed
     * @param named name of the node
     * @param <V2> new values
     * @return the resulting table, not kept in a store
     */
    public <V2> Table<K, V2> mapValues(ValueMapper<? super V, ? extends V2> mapper, Named named) {
        return mapValues(
                withKey(mapper),
                Optional.of(Objects.requireNonNull(named, "named")),
                Optional.empty());
    }

    /**
     * Like {@link #mapValues(ValueMapper)}, with a name for the node, kept in a store.
     *
     * @param mapper makes the new value; null where there is to be no row; not asked of rows that
     *     are removed
     * @param named name of the node
     * @param materialized where to; it needs a serde for values
     * @param <V2> new values
     * @return the resulting table
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public <V2> Table<K, V2> mapValues(
            ValueMapper<? super V, ? extends V2> mapper,
            Named named,
            Materialized<K, V2> materialized) {
        return mapValues(
                withKey(mapper),
                Optional.of(Objects.requireNonNull(named, "named")),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
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
        return mapValues(mapper, Optional.empty(), Optional.empty());
    }

    /**
     * Like {@link #mapValues(ValueMapperWithKey)}, kept in a store.
     *
     * @param mapper makes the new value; null where there is to be no row; not asked of rows that
     *     are removed
     * @param materialized where to; it needs a serde for values
     * @param <V2> new values
     * @return the resulting table
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public <V2> Table<K, V2> mapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper,
            Materialized<K, V2> materialized) {
        return mapValues(
                mapper,
                Optional.empty(),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
    }

    /**
     * Like {@link #mapValues(ValueMapperWithKey)}, with a name for the node.
     *
     * @param mapper makes the new value; null where there is to be no row; not asked of rows that
     *     are removed
     * @param named name of the node
     * @param <V2> new values
     * @return the resulting table, not kept in a store
     */
    public <V2> Table<K, V2> mapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper, Named named) {
        return mapValues(
                mapper, Optional.of(Objects.requireNonNull(named, "named")), Optional.empty());
    }

    /**
     * Like {@link #mapValues(ValueMapperWithKey)}, with a name for the node, kept in a store.
     *
     * @param mapper makes the new value; null where there is to be no row; not asked of rows that
     *     are removed
     * @param named name of the node
     * @param materialized where to; it needs a serde for values
     * @param <V2> new values
     * @return the resulting table
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public <V2> Table<K, V2> mapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper,
            Named named,
            Materialized<K, V2> materialized) {
        return mapValues(
                mapper,
                Optional.of(Objects.requireNonNull(named, "named")),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
    }

    private static <K, V, V2> ValueMapperWithKey<K, V, V2> withKey(
            ValueMapper<? super V, ? extends V2> mapper) {
        Objects.requireNonNull(mapper, "mapper");
        return (key, value) -> mapper.apply(value);
    }

    private <V2> Table<K, V2> mapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper,
            Optional<Named> named,
            Optional<Materialized<K, V2>> materialized) {
        Objects.requireNonNull(mapper, "mapper");
        return then("KTABLE-MAPVALUES-", named, mapper, false, materialized);
    }

    /**
     * Joins the rows of two tables by key: there is a result where both have a row.
     *
     * <pre>{@code
     * Table<String, String> greetings =
     *         names.join(cities, (name, city) -> name + " of " + city);
     * }</pre>
     *
     * @param other of the same builder; not made of rows that this one is made of, too
     * @param joiner makes the result; null where there is to be no row
     * @param <V2> values of the other
     * @param <R> results
     * @return the results, not kept in a store, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, or is made of the same
     *     rows: such a join must be kept in a store
     */
    public <V2, R> Table<K, R> join(
            Table<K, V2> other, ValueJoiner<? super V, ? super V2, ? extends R> joiner) {
        return join(other, new TableJoin<>(joiner, true, true), Optional.empty(), Optional.empty());
    }

    /**
     * Like {@link #join(Table, ValueJoiner)}, kept in a store.
     *
     * @param other of the same builder
     * @param joiner makes the result; null where there is to be no row
     * @param materialized where to; it needs a serde for values
     * @param <V2> values of the other
     * @param <R> results
     * @return the results, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     store has a table already
     */
    public <V2, R> Table<K, R> join(
            Table<K, V2> other,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Materialized<K, R> materialized) {
        return join(
                other,
                new TableJoin<>(joiner, true, true),
                Optional.empty(),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
    }

    /**
     * Joins the rows of two tables by key: there is a result where this table has a row.
     *
     * <pre>{@code
     * names.leftJoin(cities, (name, city) -> city == null ? name : name + " of " + city);
     * }</pre>
     *
     * @param other of the same builder; not made of rows that this one is made of, too
     * @param joiner makes the result; the other's value is null where there is none; null where
     *     there is to be no row
     * @param <V2> values of the other
     * @param <R> results
     * @return the results, not kept in a store, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, or is made of the same
     *     rows: such a join must be kept in a store
     */
    public <V2, R> Table<K, R> leftJoin(
            Table<K, V2> other, ValueJoiner<? super V, ? super V2, ? extends R> joiner) {
        return join(
                other, new TableJoin<>(joiner, true, false), Optional.empty(), Optional.empty());
    }

    /**
     * Like {@link #leftJoin(Table, ValueJoiner)}, kept in a store.
     *
     * @param other of the same builder
     * @param joiner makes the result; the other's value is null where there is none; null where
     *     there is to be no row
     * @param materialized where to; it needs a serde for values
     * @param <V2> values of the other
     * @param <R> results
     * @return the results, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     store has a table already
     */
    public <V2, R> Table<K, R> leftJoin(
            Table<K, V2> other,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Materialized<K, R> materialized) {
        return join(
                other,
                new TableJoin<>(joiner, true, false),
                Optional.empty(),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
    }

    /**
     * Joins the rows of two tables by key: there is a result where one of them has a row.
     *
     * <pre>{@code
     * names.outerJoin(cities, (name, city) -> name == null ? city : city == null ? name : name + city);
     * }</pre>
     *
     * @param other of the same builder; not made of rows that this one is made of, too
     * @param joiner makes the result; one of the values is null where there is none; null where
     *     there is to be no row
     * @param <V2> values of the other
     * @param <R> results
     * @return the results, not kept in a store, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, or is made of the same
     *     rows: such a join must be kept in a store
     */
    public <V2, R> Table<K, R> outerJoin(
            Table<K, V2> other, ValueJoiner<? super V, ? super V2, ? extends R> joiner) {
        return join(
                other, new TableJoin<>(joiner, false, false), Optional.empty(), Optional.empty());
    }

    /**
     * Like {@link #outerJoin(Table, ValueJoiner)}, kept in a store.
     *
     * @param other of the same builder
     * @param joiner makes the result; one of the values is null where there is none; null where
     *     there is to be no row
     * @param materialized where to; it needs a serde for values
     * @param <V2> values of the other
     * @param <R> results
     * @return the results, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     store has a table already
     */
    public <V2, R> Table<K, R> outerJoin(
            Table<K, V2> other,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Materialized<K, R> materialized) {
        return join(
                other,
                new TableJoin<>(joiner, false, false),
                Optional.empty(),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
    }

    /**
     * Like {@link #join(Table, ValueJoiner)}, with a name for the node.
     *
     * @param other of the same builder; not made of rows that this one is made of, too
     * @param joiner makes the result; null where there is to be no row
     * @param named name of the node behind both tables; those for each have names that begin with
     *     it
     * @param <V2> values of the other
     * @param <R> results
     * @return the results, not kept in a store, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, or is made of the same
     *     rows, or the name is taken
     */
    public <V2, R> Table<K, R> join(
            Table<K, V2> other,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Named named) {
        return join(
                other,
                new TableJoin<>(joiner, true, true),
                Optional.of(Objects.requireNonNull(named, "named")),
                Optional.empty());
    }

    /**
     * Like {@link #join(Table, ValueJoiner)}, with a name for the node, kept in a store.
     *
     * @param other of the same builder
     * @param joiner makes the result; null where there is to be no row
     * @param named name of the node behind both tables; those for each have names that begin with
     *     it
     * @param materialized where to; it needs a serde for values
     * @param <V2> values of the other
     * @param <R> results
     * @return the results, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     store or the name is taken
     */
    public <V2, R> Table<K, R> join(
            Table<K, V2> other,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Named named,
            Materialized<K, R> materialized) {
        return join(
                other,
                new TableJoin<>(joiner, true, true),
                Optional.of(Objects.requireNonNull(named, "named")),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
    }

    /**
     * Like {@link #leftJoin(Table, ValueJoiner)}, with a name for the node.
     *
     * @param other of the same builder; not made of rows that this one is made of, too
     * @param joiner makes the result; the other's value is null where there is none; null where
     *     there is to be no row
     * @param named name of the node behind both tables; those for each have names that begin with
     *     it
     * @param <V2> values of the other
     * @param <R> results
     * @return the results, not kept in a store, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, or is made of the same
     *     rows, or the name is taken
     */
    public <V2, R> Table<K, R> leftJoin(
            Table<K, V2> other,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Named named) {
        return join(
                other,
                new TableJoin<>(joiner, true, false),
                Optional.of(Objects.requireNonNull(named, "named")),
                Optional.empty());
    }

    /**
     * Like {@link #leftJoin(Table, ValueJoiner)}, with a name for the node, kept in a store.
     *
     * @param other of the same builder
     * @param joiner makes the result; the other's value is null where there is none; null where
     *     there is to be no row
     * @param named name of the node behind both tables; those for each have names that begin with
     *     it
     * @param materialized where to; it needs a serde for values
     * @param <V2> values of the other
     * @param <R> results
     * @return the results, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     store or the name is taken
     */
    public <V2, R> Table<K, R> leftJoin(
            Table<K, V2> other,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Named named,
            Materialized<K, R> materialized) {
        return join(
                other,
                new TableJoin<>(joiner, true, false),
                Optional.of(Objects.requireNonNull(named, "named")),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
    }

    /**
     * Like {@link #outerJoin(Table, ValueJoiner)}, with a name for the node.
     *
     * @param other of the same builder; not made of rows that this one is made of, too
     * @param joiner makes the result; one of the values is null where there is none; null where
     *     there is to be no row
     * @param named name of the node behind both tables; those for each have names that begin with
     *     it
     * @param <V2> values of the other
     * @param <R> results
     * @return the results, not kept in a store, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, or is made of the same
     *     rows, or the name is taken
     */
    public <V2, R> Table<K, R> outerJoin(
            Table<K, V2> other,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Named named) {
        return join(
                other,
                new TableJoin<>(joiner, false, false),
                Optional.of(Objects.requireNonNull(named, "named")),
                Optional.empty());
    }

    /**
     * Like {@link #outerJoin(Table, ValueJoiner)}, with a name for the node, kept in a store.
     *
     * @param other of the same builder
     * @param joiner makes the result; one of the values is null where there is none; null where
     *     there is to be no row
     * @param named name of the node behind both tables; those for each have names that begin with
     *     it
     * @param materialized where to; it needs a serde for values
     * @param <V2> values of the other
     * @param <R> results
     * @return the results, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     store or the name is taken
     */
    public <V2, R> Table<K, R> outerJoin(
            Table<K, V2> other,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Named named,
            Materialized<K, R> materialized) {
        return join(
                other,
                new TableJoin<>(joiner, false, false),
                Optional.of(Objects.requireNonNull(named, "named")),
                Optional.of(Objects.requireNonNull(materialized, "materialized")));
    }

    private <V2, R> Table<K, R> join(
            Table<K, V2> other,
            TableJoin<V, V2, R> join,
            Optional<Named> named,
            Optional<Materialized<K, R>> materialized) {
        other.checkOf(topology, node);
        return new JoinedTables<>(this, other, join).table(named, materialized);
    }

    /**
     * Joins each row with the row of another table whose key its value has: there is a result where
     * there are both. A change on either side changes all results that it belongs to; many rows may
     * have one foreign key.
     *
     * <pre>{@code
     * Table<String, Invoice> invoices =
     *         orders.join(
     *                 customers,
     *                 order -> order.customer(),
     *                 (order, customer) -> new Invoice(order.cents(), customer.address()),
     *                 Materialized.as(INVOICES, Serdes.utf8(), INVOICE));
     * }</pre>
     *
     * @param other of the same builder; may be this one
     * @param foreignKeyExtractor makes the other's key of a value; null for none
     * @param joiner makes the result; null where there is to be no row
     * @param materialized where to; a key and a foreign key have 507 bytes together at most
     * @param <K2> keys of the other
     * @param <V2> values of the other
     * @param <R> results
     * @return the results by this table's keys, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     store has a table already
     */
    public <K2, V2, R> Table<K, R> join(
            Table<K2, V2> other,
            Function<? super V, ? extends K2> foreignKeyExtractor,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Materialized<K, R> materialized) {
        return join(
                other,
                foreignKeyExtractor,
                new TableJoin<>(joiner, true, true),
                Optional.empty(),
                materialized);
    }

    /**
     * Like {@link #join(Table, Function, ValueJoiner, Materialized)}, for which there is a result
     * of each row of this table: joined with null where the foreign key is null or the other has no
     * such row.
     *
     * @param other of the same builder; may be this one
     * @param foreignKeyExtractor makes the other's key of a value; null for none
     * @param joiner makes the result; null where there is to be no row
     * @param materialized where to; a key and a foreign key have 507 bytes together at most
     * @param <K2> keys of the other
     * @param <V2> values of the other
     * @param <R> results
     * @return the results by this table's keys, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     store has a table already
     */
    public <K2, V2, R> Table<K, R> leftJoin(
            Table<K2, V2> other,
            Function<? super V, ? extends K2> foreignKeyExtractor,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Materialized<K, R> materialized) {
        return join(
                other,
                foreignKeyExtractor,
                new TableJoin<>(joiner, true, false),
                Optional.empty(),
                materialized);
    }

    /**
     * Like {@link #join(Table, Function, ValueJoiner, Materialized)}, with names for the nodes.
     *
     * @param other of the same builder; may be this one
     * @param foreignKeyExtractor makes the other's key of a value; null for none
     * @param joiner makes the result; null where there is to be no row
     * @param joined names the nodes
     * @param materialized where to; a key and a foreign key have 507 bytes together at most
     * @param <K2> keys of the other
     * @param <V2> values of the other
     * @param <R> results
     * @return the results by this table's keys, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     store or a name is taken
     */
    public <K2, V2, R> Table<K, R> join(
            Table<K2, V2> other,
            Function<? super V, ? extends K2> foreignKeyExtractor,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            TableJoined joined,
            Materialized<K, R> materialized) {
        return join(
                other,
                foreignKeyExtractor,
                new TableJoin<>(joiner, true, true),
                Optional.of(joined.name()),
                materialized);
    }

    /**
     * Like {@link #leftJoin(Table, Function, ValueJoiner, Materialized)}, with names for the nodes.
     *
     * @param other of the same builder; may be this one
     * @param foreignKeyExtractor makes the other's key of a value; null for none
     * @param joiner makes the result; null where there is to be no row
     * @param joined names the nodes
     * @param materialized where to; a key and a foreign key have 507 bytes together at most
     * @param <K2> keys of the other
     * @param <V2> values of the other
     * @param <R> results
     * @return the results by this table's keys, each of the later time of its rows
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     store or a name is taken
     */
    public <K2, V2, R> Table<K, R> leftJoin(
            Table<K2, V2> other,
            Function<? super V, ? extends K2> foreignKeyExtractor,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            TableJoined joined,
            Materialized<K, R> materialized) {
        return join(
                other,
                foreignKeyExtractor,
                new TableJoin<>(joiner, true, false),
                Optional.of(joined.name()),
                materialized);
    }

    private <K2, V2, R> Table<K, R> join(
            Table<K2, V2> other,
            Function<? super V, ? extends K2> foreignKeyExtractor,
            TableJoin<V, V2, R> join,
            Optional<Named> named,
            Materialized<K, R> materialized) {
        other.checkOf(topology, node);
        return new ForeignKeyJoin<>(this, other, foreignKeyExtractor, join)
                .table(named, materialized);
    }

    /**
     * Groups the rows by a key made of them, and gives each a value for what is behind the group.
     * The mapper sees old and new values of rows: it must be pure.
     *
     * <pre>{@code
     * regions.groupBy(
     *                 (user, region) -> KeyValue.pair(region, user),
     *                 Grouped.with(Serdes.utf8(), Serdes.utf8()))
     *         .count(Materialized.as(USERS_IN));
     * }</pre>
     *
     * @param mapper makes both; a row for which one of them is null is of no group
     * @param grouped serdes for the stores behind the group, and a name for the node
     * @param <K2> keys of the groups
     * @param <V2> values
     * @return the groups
     */
    public <K2, V2> GroupedTable<K2, V2> groupBy(
            KeyValueMapper<? super K, ? super V, KeyValue<K2, V2>> mapper,
            Grouped<K2, V2> grouped) {
        Objects.requireNonNull(mapper, "mapper");
        checkTellsAll("groupBy");
        Operator<K, Change<V>> operator = new TableGroupOperator<>(mapper);
        String name = topology.name("KTABLE-SELECT-", grouped.name());
        return new GroupedTable<>(
                topology, topology.stateless(name, stores -> operator, node()), grouped);
    }

    /**
     * Like {@link #groupBy(KeyValueMapper, Grouped)}, without serdes.
     *
     * @param mapper makes both; a row for which one of them is null is of no group
     * @param <K2> keys of the groups
     * @param <V2> values
     * @return the groups
     */
    public <K2, V2> GroupedTable<K2, V2> groupBy(
            KeyValueMapper<? super K, ? super V, KeyValue<K2, V2>> mapper) {
        return groupBy(mapper, new Grouped<>(Optional.empty(), Optional.empty(), Optional.empty()));
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

    /**
     * Lets nodes behind it know of its changes later: of the last of a row when its time has come.
     *
     * @param suppressed until when, and where what is held back is kept
     * @return the table as it is told of; not kept in a store
     * @throws TopologyException if a serde is missing, the store or the name is taken, or rows are
     *     to wait for a window to close and are not of a windowed table
     */
    public Table<K, V> suppress(Suppressed<K, V> suppressed) {
        checkTellsAll("suppress");
        if (isVersioned()) {
            throw new TopologyException(
                    "A table with versions cannot be suppressed: store=" + from.get(0).name(),
                    "Keep it without versions, or suppress a table that is made of it and kept.");
        }
        String name = topology.name("KTABLE-SUPPRESS-" + suppressed.text(), suppressed.name());
        long closesAfter =
                suppressed.limit().isPresent()
                        ? 0
                        : topology.closesAfter(node)
                                .orElseThrow(
                                        () ->
                                                new TopologyException(
                                                        "No window of this table ever closes: node="
                                                                + name
                                                                + " table="
                                                                + node.name(),
                                                        "Suppress a table that is made by"
                                                                + " windowedBy, or use"
                                                                + " untilTimeLimit."));
        topology.says(name, "closes after " + closesAfter);
        SuppressBuffer<K, V> buffer =
                SuppressBuffer.of(
                        suppressed, keySerde, kept.map(topology::valueSerde), closesAfter);
        TopologyNode next =
                topology.stateful(
                        name,
                        buffer.stores(),
                        stores -> new SuppressOperator<>(buffer, stores),
                        node());
        topology.times()
                .holds(next, buffer.byWindow() ? topology.times().lasts(node) : buffer.waits());
        return new Table<>(topology, next, keySerde, buffer.over(rows), Optional.empty(), from);
    }

    /** The same, kept in a store. */
    Table<K, V> keptIn(Materialized<K, V> materialized) {
        if (materialized.ttl().isEmpty()) {
            checkTellsAll(materialized.ref().name());
        }
        StoreDefinition<K, V> store =
                StoreDefinition.of(
                        materialized, keySerde, Optional.empty(), List.of(), StoreKind.plain());
        String stored = node.name() + "-STORE";
        topology.says(stored, "kept");
        TopologyNode keeper =
                topology.stateful(
                        stored, store, stores -> KeepOperator.in(stores, store, true), node());
        return in(topology, keeper, store);
    }

    /** Refuses it for a node that would have to know when its rows expire. */
    void checkTellsAll(String what) {
        for (StoreRef<?, ?> ref : from) {
            StoreDefinition<?, ?> store = topology.kept(ref);
            if (store.ttl().isPresent() && store.kind().agesFrom().isEmpty()) {
                throw new TopologyException(
                        "Rows that expire tell nothing behind them: store="
                                + ref.name()
                                + " ttl="
                                + store.ttl().get()
                                + " behind="
                                + what,
                        "Give withTtl to the table that is made of it instead, remove rows by an"
                                + " event, or join a stream with it.");
            }
        }
    }

    /** Whether it has versions; a join that is not kept has none. */
    private boolean isVersioned() {
        return from.size() == 1 && topology.kept(from.get(0)).isVersioned();
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

    TopologyBuilder topology() {
        return topology;
    }

    Optional<Serde<K>> keySerde() {
        return keySerde;
    }

    /** Where that is kept of which its rows are made. */
    List<StoreRef<?, ?>> from() {
        return from;
    }

    /** Refuses it for a node of another builder. */
    void checkOf(TopologyBuilder builder, TopologyNode other) {
        if (builder != topology) {
            throw new TopologyException(
                    "Two builders cannot be joined: node=" + other.name() + " table=" + node.name(),
                    "Begin both with the same StreamsBuilder.");
        }
    }

    /** A node that puts its rows beside records. */
    <V1, R> TopologyNode beside(
            TopologyNode stream,
            String name,
            ValueJoinerWithKey<? super K, ? super V1, ? super V, ? extends R> joiner,
            boolean rowNeeded) {
        StoreDefinition<K, ?> keys = topology.kept(from.get(0));
        return topology.finding(
                name,
                from,
                stores ->
                        StreamTableJoinOperator.in(
                                stores,
                                keys,
                                new StreamTableJoinOperator<>(
                                        stores.context(), rows.create(stores), joiner, rowNeeded)),
                stream);
    }

    /** A node that puts the rows beside records whose keys it finds in them. */
    <K1, V1, R> TopologyNode besideSelected(
            TopologyNode stream,
            String name,
            SelectedRowJoinOperator.Selection<K1, V1, K, V, R> selection) {
        StoreDefinition<K, ?> keys = topology.kept(from.get(0));
        return topology.finding(
                name,
                from,
                stores ->
                        new SelectedRowJoinOperator<>(stores, keys, rows.create(stores), selection),
                stream);
    }

    /** Like {@link #beside}, which lets the records wait before. */
    <V1, R> TopologyNode beside(
            TopologyNode stream,
            String name,
            ValueJoinerWithKey<? super K, ? super V1, ? super V, ? extends R> joiner,
            boolean rowNeeded,
            Joined.Waiting<K, V1> waiting) {
        checkLasts(waiting.grace(), name);
        WaitingJoinOperator.Stores<K, V1> kept = WaitingJoinOperator.Stores.of(waiting);
        TopologyNode next =
                topology.sharing(
                        name,
                        kept.all(),
                        topology.kept(from),
                        stores ->
                                new WaitingJoinOperator<>(
                                        new StreamTableJoinOperator<>(
                                                stores.context(),
                                                rows.create(stores),
                                                joiner,
                                                rowNeeded),
                                        kept,
                                        stores),
                        stream);
        topology.times().holds(next, kept.grace());
        return next;
    }

    /** Refuses it for records that wait, where it has no row of their time then. */
    private void checkLasts(Duration grace, String node) {
        if (!isVersioned()) {
            throw new TopologyException(
                    "Records wait for rows of their time, and the table has only the latest: node="
                            + node
                            + " table="
                            + this.node.name(),
                    "Keep the table with Materialized.versioned, or leave the grace period out.");
        }
        Duration history = topology.kept(from.get(0)).kind().history().orElseThrow();
        if (history.compareTo(grace) < 0) {
            throw new TopologyException(
                    "Records wait longer than the table keeps versions: node="
                            + node
                            + " grace="
                            + grace
                            + " store="
                            + from.get(0).name()
                            + " historyRetention="
                            + history,
                    "Give Materialized.versioned the grace period at least.");
        }
    }
}
