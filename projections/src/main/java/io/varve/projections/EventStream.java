package io.varve.projections;

import io.varve.store.serde.Serde;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Records of keys and values, one after the other: events as they come from a source, or what
 * operators made of them. Each operator adds a node to the topology; a stream may be used any
 * number of times.
 *
 * <pre>{@code
 * builder.stream("orders", Consumed.with(ORDER_EVENTS))
 *         .filter((order, event) -> event instanceof Shipped)
 *         .mapValues(event -> ((Shipped) event).country())
 *         .groupBy((order, country) -> country, Grouped.keySerde(Serdes.utf8()))
 *         .count(Materialized.as(SHIPPED_TO));
 * }</pre>
 *
 * <p>All records of a projection are processed one by one, in the order of the log, by one thread,
 * so changing a key needs no detour: a node sees a record before the next event is looked at. An
 * engine may run a projection in several partitions: then each of them does so, at the same time as
 * the others, and keeps the rows of its own keys.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class EventStream<K, V> {
    private final TopologyBuilder topology;
    private final TopologyNode node;

    /** Null where no one said how keys become bytes. */
    private final Serde<K> keySerde;

    EventStream(TopologyBuilder topology, TopologyNode node, Serde<K> keySerde) {
        this.topology = topology;
        this.node = node;
        this.keySerde = keySerde;
    }

    /**
     * Keeps the records for which the predicate holds.
     *
     * <pre>{@code
     * orders.filter((id, order) -> order.cents() > 0);
     * }</pre>
     *
     * @param predicate decides
     * @return the resulting records
     */
    public EventStream<K, V> filter(Predicate<? super K, ? super V> predicate) {
        return filter(predicate, Optional.empty());
    }

    /**
     * Like {@link #filter(Predicate)}, with a name for the node.
     *
     * @param predicate decides
     * @param named name of the node
     * @return the resulting records
     */
    public EventStream<K, V> filter(Predicate<? super K, ? super V> predicate, Named named) {
        return filter(predicate, Optional.of(Objects.requireNonNull(named, "named")));
    }

    private EventStream<K, V> filter(
            Predicate<? super K, ? super V> predicate, Optional<Named> named) {
        Objects.requireNonNull(predicate, "predicate");
        Operator<K, V> operator =
                (key, value, out) -> {
                    if (predicate.test(key, value)) {
                        out.forward(key, value);
                    }
                };
        return then("KSTREAM-FILTER-", named, operator, keySerde);
    }

    /**
     * Drops the records for which the predicate holds.
     *
     * <pre>{@code
     * orders.filterNot((id, order) -> order.paid());
     * }</pre>
     *
     * @param predicate decides
     * @return the resulting records
     */
    public EventStream<K, V> filterNot(Predicate<? super K, ? super V> predicate) {
        return filterNot(predicate, Optional.empty());
    }

    /**
     * Like {@link #filterNot(Predicate)}, with a name for the node.
     *
     * @param predicate decides
     * @param named name of the node
     * @return the resulting records
     */
    public EventStream<K, V> filterNot(Predicate<? super K, ? super V> predicate, Named named) {
        return filterNot(predicate, Optional.of(Objects.requireNonNull(named, "named")));
    }

    private EventStream<K, V> filterNot(
            Predicate<? super K, ? super V> predicate, Optional<Named> named) {
        Objects.requireNonNull(predicate, "predicate");
        Operator<K, V> operator =
                (key, value, out) -> {
                    if (!predicate.test(key, value)) {
                        out.forward(key, value);
                    }
                };
        return then("KSTREAM-FILTER- not", named, operator, keySerde);
    }

    /**
     * Makes one record of each. The new key and value may be null.
     *
     * <pre>{@code
     * orders.map((id, order) -> KeyValue.pair(order.customer(), order.cents()));
     * }</pre>
     *
     * @param mapper makes the new record; must not return null
     * @param <K2> new keys
     * @param <V2> new values
     * @return the resulting records
     */
    public <K2, V2> EventStream<K2, V2> map(
            KeyValueMapper<? super K, ? super V, ? extends KeyValue<? extends K2, ? extends V2>>
                    mapper) {
        return map(mapper, Optional.empty());
    }

    /**
     * Like {@link #map(KeyValueMapper)}, with a name for the node.
     *
     * @param mapper makes the new record; must not return null
     * @param named name of the node
     * @param <K2> new keys
     * @param <V2> new values
     * @return the resulting records
     */
    public <K2, V2> EventStream<K2, V2> map(
            KeyValueMapper<? super K, ? super V, ? extends KeyValue<? extends K2, ? extends V2>>
                    mapper,
            Named named) {
        return map(mapper, Optional.of(Objects.requireNonNull(named, "named")));
    }

    private <K2, V2> EventStream<K2, V2> map(
            KeyValueMapper<? super K, ? super V, ? extends KeyValue<? extends K2, ? extends V2>>
                    mapper,
            Optional<Named> named) {
        Objects.requireNonNull(mapper, "mapper");
        Operator<K, V> operator =
                (key, value, out) -> {
                    KeyValue<? extends K2, ? extends V2> next = mapper.apply(key, value);
                    Objects.requireNonNull(
                            next, "map() needs a KeyValue, not null; use filter() to drop");
                    out.forward(next.key(), next.value());
                };
        return then("KSTREAM-MAP-", named, operator, null);
    }

    /**
     * Makes a new value of each; keys stay.
     *
     * <pre>{@code
     * orders.mapValues(order -> order.cents());
     * }</pre>
     *
     * @param mapper makes the new value, which may be null
     * @param <V2> new values
     * @return the resulting records
     */
    public <V2> EventStream<K, V2> mapValues(ValueMapper<? super V, ? extends V2> mapper) {
        return mapValues(mapper, Optional.empty());
    }

    /**
     * Like {@link #mapValues(ValueMapper)}, with a name for the node.
     *
     * @param mapper makes the new value, which may be null
     * @param named name of the node
     * @param <V2> new values
     * @return the resulting records
     */
    public <V2> EventStream<K, V2> mapValues(
            ValueMapper<? super V, ? extends V2> mapper, Named named) {
        return mapValues(mapper, Optional.of(Objects.requireNonNull(named, "named")));
    }

    private <V2> EventStream<K, V2> mapValues(
            ValueMapper<? super V, ? extends V2> mapper, Optional<Named> named) {
        Objects.requireNonNull(mapper, "mapper");
        Operator<K, V> operator = (key, value, out) -> out.forward(key, mapper.apply(value));
        return then("KSTREAM-MAPVALUES-", named, operator, keySerde);
    }

    /**
     * Makes a new value of each key and value; keys stay.
     *
     * @param mapper makes the new value, which may be null
     * @param <V2> new values
     * @return the resulting records
     */
    public <V2> EventStream<K, V2> mapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper) {
        return mapValues(mapper, Optional.empty());
    }

    /**
     * Like {@link #mapValues(ValueMapperWithKey)}, with a name for the node.
     *
     * @param mapper makes the new value, which may be null
     * @param named name of the node
     * @param <V2> new values
     * @return the resulting records
     */
    public <V2> EventStream<K, V2> mapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper, Named named) {
        return mapValues(mapper, Optional.of(Objects.requireNonNull(named, "named")));
    }

    private <V2> EventStream<K, V2> mapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends V2> mapper, Optional<Named> named) {
        Objects.requireNonNull(mapper, "mapper");
        Operator<K, V> operator = (key, value, out) -> out.forward(key, mapper.apply(key, value));
        return then("KSTREAM-MAPVALUES-", named, operator, keySerde);
    }

    /**
     * Makes any number of records of each.
     *
     * <pre>{@code
     * orders.flatMap(
     *         (id, order) ->
     *                 List.of(
     *                         KeyValue.pair(order.customer(), order.cents()),
     *                         KeyValue.pair("all", order.cents())));
     * }</pre>
     *
     * @param mapper makes the new records: none, one or many; must not return null
     * @param <K2> new keys
     * @param <V2> new values
     * @return the resulting records
     */
    public <K2, V2> EventStream<K2, V2> flatMap(
            KeyValueMapper<
                            ? super K,
                            ? super V,
                            ? extends Iterable<? extends KeyValue<? extends K2, ? extends V2>>>
                    mapper) {
        return flatMap(mapper, Optional.empty());
    }

    /**
     * Like {@link #flatMap(KeyValueMapper)}, with a name for the node.
     *
     * @param mapper makes the new records: none, one or many; must not return null
     * @param named name of the node
     * @param <K2> new keys
     * @param <V2> new values
     * @return the resulting records
     */
    public <K2, V2> EventStream<K2, V2> flatMap(
            KeyValueMapper<
                            ? super K,
                            ? super V,
                            ? extends Iterable<? extends KeyValue<? extends K2, ? extends V2>>>
                    mapper,
            Named named) {
        return flatMap(mapper, Optional.of(Objects.requireNonNull(named, "named")));
    }

    private <K2, V2> EventStream<K2, V2> flatMap(
            KeyValueMapper<
                            ? super K,
                            ? super V,
                            ? extends Iterable<? extends KeyValue<? extends K2, ? extends V2>>>
                    mapper,
            Optional<Named> named) {
        Objects.requireNonNull(mapper, "mapper");
        Operator<K, V> operator =
                (key, value, out) -> {
                    for (KeyValue<? extends K2, ? extends V2> next :
                            some("flatMap", mapper.apply(key, value))) {
                        Objects.requireNonNull(
                                next, "flatMap() needs a KeyValue, not null; leave it out");
                        out.forward(next.key(), next.value());
                    }
                };
        return then("KSTREAM-FLATMAP-", named, operator, null);
    }

    /**
     * Makes any number of values of each; keys stay.
     *
     * <pre>{@code
     * lines.flatMapValues(line -> List.of(line.split(" ")));
     * }</pre>
     *
     * @param mapper makes the new values: none, one or many; must not return null
     * @param <V2> new values
     * @return the resulting records
     */
    public <V2> EventStream<K, V2> flatMapValues(
            ValueMapper<? super V, ? extends Iterable<? extends V2>> mapper) {
        return flatMapValues(mapper, Optional.empty());
    }

    /**
     * Like {@link #flatMapValues(ValueMapper)}, with a name for the node.
     *
     * @param mapper makes the new values: none, one or many; must not return null
     * @param named name of the node
     * @param <V2> new values
     * @return the resulting records
     */
    public <V2> EventStream<K, V2> flatMapValues(
            ValueMapper<? super V, ? extends Iterable<? extends V2>> mapper, Named named) {
        return flatMapValues(mapper, Optional.of(Objects.requireNonNull(named, "named")));
    }

    private <V2> EventStream<K, V2> flatMapValues(
            ValueMapper<? super V, ? extends Iterable<? extends V2>> mapper,
            Optional<Named> named) {
        Objects.requireNonNull(mapper, "mapper");
        Operator<K, V> operator =
                (key, value, out) -> {
                    for (V2 next : some("flatMapValues", mapper.apply(value))) {
                        out.forward(key, next);
                    }
                };
        return then("KSTREAM-FLATMAPVALUES-", named, operator, keySerde);
    }

    /**
     * Makes any number of values of each key and value; keys stay.
     *
     * @param mapper makes the new values: none, one or many; must not return null
     * @param <V2> new values
     * @return the resulting records
     */
    public <V2> EventStream<K, V2> flatMapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends Iterable<? extends V2>> mapper) {
        return flatMapValues(mapper, Optional.empty());
    }

    /**
     * Like {@link #flatMapValues(ValueMapperWithKey)}, with a name for the node.
     *
     * @param mapper makes the new values: none, one or many; must not return null
     * @param named name of the node
     * @param <V2> new values
     * @return the resulting records
     */
    public <V2> EventStream<K, V2> flatMapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends Iterable<? extends V2>> mapper,
            Named named) {
        return flatMapValues(mapper, Optional.of(Objects.requireNonNull(named, "named")));
    }

    private <V2> EventStream<K, V2> flatMapValues(
            ValueMapperWithKey<? super K, ? super V, ? extends Iterable<? extends V2>> mapper,
            Optional<Named> named) {
        Objects.requireNonNull(mapper, "mapper");
        Operator<K, V> operator =
                (key, value, out) -> {
                    for (V2 next : some("flatMapValues", mapper.apply(key, value))) {
                        out.forward(key, next);
                    }
                };
        return then("KSTREAM-FLATMAPVALUES-", named, operator, keySerde);
    }

    /**
     * Gives each record a new key; values stay.
     *
     * <pre>{@code
     * orders.selectKey((id, order) -> order.customer());
     * }</pre>
     *
     * @param selector makes the new key, which may be null
     * @param <K2> new keys
     * @return the resulting records
     */
    public <K2> EventStream<K2, V> selectKey(
            KeyValueMapper<? super K, ? super V, ? extends K2> selector) {
        return selectKey(selector, Optional.empty());
    }

    /**
     * Like {@link #selectKey(KeyValueMapper)}, with a name for the node.
     *
     * @param selector makes the new key, which may be null
     * @param named name of the node
     * @param <K2> new keys
     * @return the resulting records
     */
    public <K2> EventStream<K2, V> selectKey(
            KeyValueMapper<? super K, ? super V, ? extends K2> selector, Named named) {
        return selectKey(selector, Optional.of(Objects.requireNonNull(named, "named")));
    }

    private <K2> EventStream<K2, V> selectKey(
            KeyValueMapper<? super K, ? super V, ? extends K2> selector, Optional<Named> named) {
        Objects.requireNonNull(selector, "selector");
        Operator<K, V> operator =
                (key, value, out) -> out.forward(selector.apply(key, value), value);
        return then("KSTREAM-KEY-SELECT-", named, operator, null);
    }

    /**
     * Looks at the records and passes them on. Where a projection runs in several partitions, the
     * first of them does so, for all.
     *
     * <pre>{@code
     * orders.peek((id, order) -> LOG.log(Level.DEBUG, "an order comes: " + id));
     * }</pre>
     *
     * @param action sees each record
     * @return the resulting records
     */
    public EventStream<K, V> peek(ForeachAction<? super K, ? super V> action) {
        return peek(action, Optional.empty());
    }

    /**
     * Like {@link #peek(ForeachAction)}, with a name for the node.
     *
     * @param action sees each record
     * @param named name of the node
     * @return the resulting records
     */
    public EventStream<K, V> peek(ForeachAction<? super K, ? super V> action, Named named) {
        return peek(action, Optional.of(Objects.requireNonNull(named, "named")));
    }

    private EventStream<K, V> peek(
            ForeachAction<? super K, ? super V> action, Optional<Named> named) {
        Objects.requireNonNull(action, "action");
        Operator<K, V> operator =
                (key, value, out) -> {
                    action.apply(key, value);
                    out.forward(key, value);
                };
        // In one partition only: each of them sees all records.
        Operator.Factory once = stores -> stores.isFirst() ? operator : ProcessorNode.FORWARD;
        return then("KSTREAM-PEEK-", named, once, keySerde);
    }

    /**
     * Looks at the records, and that is all. Where a projection runs in several partitions, the
     * first of them does so, for all.
     *
     * <pre>{@code
     * orders.foreach((id, order) -> LOG.log(Level.DEBUG, "an order has come: " + id));
     * }</pre>
     *
     * @param action sees each record
     */
    public void foreach(ForeachAction<? super K, ? super V> action) {
        foreach(action, Optional.empty());
    }

    /**
     * Like {@link #foreach(ForeachAction)}, with a name for the node.
     *
     * @param action sees each record
     * @param named name of the node
     */
    public void foreach(ForeachAction<? super K, ? super V> action, Named named) {
        foreach(action, Optional.of(Objects.requireNonNull(named, "named")));
    }

    private void foreach(ForeachAction<? super K, ? super V> action, Optional<Named> named) {
        Objects.requireNonNull(action, "action");
        Operator<K, V> operator = (key, value, out) -> action.apply(key, value);
        Operator<K, V> nothing = (key, value, out) -> {};
        Operator.Factory once = stores -> stores.isFirst() ? operator : nothing;
        then("KSTREAM-FOREACH-", named, once, keySerde);
    }

    /**
     * Emits each record as an event of a category: its stream is that of the record's key, its time
     * that of the record. The engine appends it to the log, exactly once and in the order of the
     * log, with an id that is the same whenever it is computed again. A record without key or value
     * is refused: it fails the event that it was made for.
     *
     * <pre>{@code
     * readings.filter((sensor, reading) -> reading.celsius() > 90)
     *         .mapValues(reading -> new Overheated(reading.celsius()))
     *         .to("alarms", Produced.with(ALARM_EVENTS));
     * }</pre>
     *
     * <p>It may be a category that this projection reads: then it sees its own events, and it is
     * for the topology to come to an end.
     *
     * @param category of the streams
     * @param produced the serde for its events; keys are texts, as those of streams are
     */
    public void to(String category, Produced<? super K, ? super V> produced) {
        Objects.requireNonNull(category, "category");
        Objects.requireNonNull(produced, "produced");
        Tick.checkFree(category, "Emit events to a category of their own.");
        Sink sink =
                new Sink(
                        topology.name("KSTREAM-SINK-", produced.name()),
                        produced.name().map(Named::name).orElse(category),
                        category,
                        produced.serde());
        topology.sink(
                sink,
                stores ->
                        new SinkOperator<>(sink.id(), category, produced.serde(), stores.context()),
                node);
    }

    /**
     * Splits the stream: each record goes to the first branch whose predicate holds.
     *
     * @return without branches
     */
    public BranchedStream<K, V> split() {
        return split(Optional.empty());
    }

    /**
     * Like {@link #split()}, with a name that those of the branches begin with.
     *
     * @param named name of the node
     * @return without branches
     */
    public BranchedStream<K, V> split(Named named) {
        return split(Optional.of(Objects.requireNonNull(named, "named")));
    }

    private BranchedStream<K, V> split(Optional<Named> named) {
        String name = topology.name("KSTREAM-BRANCH-", named);
        return new BranchedStream<>(topology, name, node, keySerde);
    }

    /**
     * Puts the row of its key beside each record: as it is when the record comes. Records that find
     * no row are dropped, and so are those without key or value. Changes of the table make no
     * records.
     *
     * <pre>{@code
     * orders.selectKey((order, event) -> event.customer())
     *         .join(customers, (order, customer) -> order.cents() * customer.discount());
     * }</pre>
     *
     * @param table of the same builder
     * @param joiner makes the value of the result, which has the time of the record
     * @param <V2> values of the table
     * @param <R> results
     * @return the results
     * @throws TopologyException if the table belongs to another builder
     */
    public <V2, R> EventStream<K, R> join(
            Table<K, V2> table, ValueJoiner<? super V, ? super V2, ? extends R> joiner) {
        Objects.requireNonNull(joiner, "joiner");
        return join(table, (key, value, row) -> joiner.apply(value, row));
    }

    /**
     * Like {@link #join(Table, ValueJoiner)}, of a joiner that sees the key.
     *
     * @param table of the same builder
     * @param joiner makes the value of the result, which has the time of the record
     * @param <V2> values of the table
     * @param <R> results
     * @return the results
     * @throws TopologyException if the table belongs to another builder
     */
    public <V2, R> EventStream<K, R> join(
            Table<K, V2> table,
            ValueJoinerWithKey<? super K, ? super V, ? super V2, ? extends R> joiner) {
        return join("KSTREAM-JOIN-", Joined.plain(), table, joiner, true);
    }

    /**
     * Like {@link #join(Table, ValueJoiner)}, with a name for the node.
     *
     * @param table of the same builder
     * @param joiner makes the value of the result, which has the time of the record
     * @param joined names the node, and may let records wait
     * @param <V2> values of the table
     * @param <R> results
     * @return the results
     * @throws TopologyException if the table belongs to another builder, or the name is taken
     */
    public <V2, R> EventStream<K, R> join(
            Table<K, V2> table,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Joined<K, V> joined) {
        Objects.requireNonNull(joiner, "joiner");
        return join(table, (key, value, row) -> joiner.apply(value, row), joined);
    }

    /**
     * Like {@link #join(Table, ValueJoinerWithKey)}, with a name for the node.
     *
     * @param table of the same builder
     * @param joiner makes the value of the result, which has the time of the record
     * @param joined names the node, and may let records wait
     * @param <V2> values of the table
     * @param <R> results
     * @return the results
     * @throws TopologyException if the table belongs to another builder, or the name is taken
     */
    public <V2, R> EventStream<K, R> join(
            Table<K, V2> table,
            ValueJoinerWithKey<? super K, ? super V, ? super V2, ? extends R> joiner,
            Joined<K, V> joined) {
        return join("KSTREAM-JOIN-", joined, table, joiner, true);
    }

    /**
     * Like {@link #join(Table, ValueJoiner)}, for which records that find no row, or have no key,
     * are joined with null.
     *
     * <pre>{@code
     * orders.selectKey((id, order) -> order.customer())
     *         .leftJoin(
     *                 customers,
     *                 (order, customer) ->
     *                         order.cents() * (customer == null ? 100 : customer.discount()));
     * }</pre>
     *
     * @param table of the same builder
     * @param joiner makes the value of the result, which has the time of the record
     * @param <V2> values of the table
     * @param <R> results
     * @return the results
     * @throws TopologyException if the table belongs to another builder
     */
    public <V2, R> EventStream<K, R> leftJoin(
            Table<K, V2> table, ValueJoiner<? super V, ? super V2, ? extends R> joiner) {
        Objects.requireNonNull(joiner, "joiner");
        return leftJoin(table, (key, value, row) -> joiner.apply(value, row));
    }

    /**
     * Like {@link #leftJoin(Table, ValueJoiner)}, of a joiner that sees the key.
     *
     * @param table of the same builder
     * @param joiner makes the value of the result, which has the time of the record
     * @param <V2> values of the table
     * @param <R> results
     * @return the results
     * @throws TopologyException if the table belongs to another builder
     */
    public <V2, R> EventStream<K, R> leftJoin(
            Table<K, V2> table,
            ValueJoinerWithKey<? super K, ? super V, ? super V2, ? extends R> joiner) {
        return join("KSTREAM-LEFTJOIN-", Joined.plain(), table, joiner, false);
    }

    /**
     * Like {@link #leftJoin(Table, ValueJoiner)}, with a name for the node.
     *
     * @param table of the same builder
     * @param joiner makes the value of the result, which has the time of the record
     * @param joined names the node, and may let records wait
     * @param <V2> values of the table
     * @param <R> results
     * @return the results
     * @throws TopologyException if the table belongs to another builder, or the name is taken
     */
    public <V2, R> EventStream<K, R> leftJoin(
            Table<K, V2> table,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Joined<K, V> joined) {
        Objects.requireNonNull(joiner, "joiner");
        return leftJoin(table, (key, value, row) -> joiner.apply(value, row), joined);
    }

    /**
     * Like {@link #leftJoin(Table, ValueJoinerWithKey)}, with a name for the node.
     *
     * @param table of the same builder
     * @param joiner makes the value of the result, which has the time of the record
     * @param joined names the node, and may let records wait
     * @param <V2> values of the table
     * @param <R> results
     * @return the results
     * @throws TopologyException if the table belongs to another builder, or the name is taken
     */
    public <V2, R> EventStream<K, R> leftJoin(
            Table<K, V2> table,
            ValueJoinerWithKey<? super K, ? super V, ? super V2, ? extends R> joiner,
            Joined<K, V> joined) {
        return join("KSTREAM-LEFTJOIN-", joined, table, joiner, false);
    }

    private <V2, R> EventStream<K, R> join(
            String prefix,
            Joined<K, V> joined,
            Table<K, V2> table,
            ValueJoinerWithKey<? super K, ? super V, ? super V2, ? extends R> joiner,
            boolean rowNeeded) {
        Objects.requireNonNull(joiner, "joiner");
        table.checkOf(topology, node);
        String waits = joined.waiting().map(one -> " grace=" + one.grace()).orElse("");
        String name = topology.name(prefix + waits, joined.name());
        TopologyNode next =
                joined.waiting()
                        .map(how -> table.<V, R>beside(node, name, joiner, rowNeeded, how))
                        .orElseGet(() -> table.<V, R>beside(node, name, joiner, rowNeeded));
        return new EventStream<>(topology, next, keySerde);
    }

    /**
     * Puts the row of a key that is found in it beside each record, which keeps its own key: as
     * {@link #join(Table, ValueJoiner)} does otherwise, and as a join with a global table does in
     * Kafka Streams. Records for which the key is null are dropped.
     *
     * <pre>{@code
     * orders.join(
     *         customers,
     *         (id, order) -> order.customer(),
     *         (order, customer) -> order.cents() * customer.discount());
     * }</pre>
     *
     * @param table of the same builder
     * @param keySelector finds the table's key in a record that has a value; null for none
     * @param joiner makes the value of the result, which has the key and the time of the record
     * @param <K2> keys of the table
     * @param <V2> values of the table
     * @param <R> results
     * @return the results
     * @throws TopologyException if the table belongs to another builder
     */
    public <K2, V2, R> EventStream<K, R> join(
            Table<K2, V2> table,
            KeyValueMapper<? super K, ? super V, ? extends K2> keySelector,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner) {
        return joinSelected(Optional.empty(), table, keySelector, joiner, true);
    }

    /**
     * Like {@link #join(Table, KeyValueMapper, ValueJoiner)}, with a name for the node.
     *
     * @param table of the same builder
     * @param keySelector finds the table's key in a record that has a value; null for none
     * @param joiner makes the value of the result, which has the key and the time of the record
     * @param named name of the node
     * @param <K2> keys of the table
     * @param <V2> values of the table
     * @param <R> results
     * @return the results
     * @throws TopologyException if the table belongs to another builder, or the name is taken
     */
    public <K2, V2, R> EventStream<K, R> join(
            Table<K2, V2> table,
            KeyValueMapper<? super K, ? super V, ? extends K2> keySelector,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Named named) {
        return joinSelected(
                Optional.of(Objects.requireNonNull(named, "named")),
                table,
                keySelector,
                joiner,
                true);
    }

    /**
     * Like {@link #join(Table, KeyValueMapper, ValueJoiner)}, for which records that find no row,
     * or no key, are joined with null.
     *
     * <pre>{@code
     * orders.leftJoin(
     *         customers,
     *         (id, order) -> order.customer(),
     *         (order, customer) -> customer == null ? "unknown" : customer.name());
     * }</pre>
     *
     * @param table of the same builder
     * @param keySelector finds the table's key in a record that has a value; null for none
     * @param joiner makes the value of the result, which has the key and the time of the record
     * @param <K2> keys of the table
     * @param <V2> values of the table
     * @param <R> results
     * @return the results
     * @throws TopologyException if the table belongs to another builder
     */
    public <K2, V2, R> EventStream<K, R> leftJoin(
            Table<K2, V2> table,
            KeyValueMapper<? super K, ? super V, ? extends K2> keySelector,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner) {
        return joinSelected(Optional.empty(), table, keySelector, joiner, false);
    }

    /**
     * Like {@link #leftJoin(Table, KeyValueMapper, ValueJoiner)}, with a name for the node.
     *
     * @param table of the same builder
     * @param keySelector finds the table's key in a record that has a value; null for none
     * @param joiner makes the value of the result, which has the key and the time of the record
     * @param named name of the node
     * @param <K2> keys of the table
     * @param <V2> values of the table
     * @param <R> results
     * @return the results
     * @throws TopologyException if the table belongs to another builder, or the name is taken
     */
    public <K2, V2, R> EventStream<K, R> leftJoin(
            Table<K2, V2> table,
            KeyValueMapper<? super K, ? super V, ? extends K2> keySelector,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            Named named) {
        return joinSelected(
                Optional.of(Objects.requireNonNull(named, "named")),
                table,
                keySelector,
                joiner,
                false);
    }

    /** Named as in Kafka Streams, where both kinds have one name. */
    private <K2, V2, R> EventStream<K, R> joinSelected(
            Optional<Named> named,
            Table<K2, V2> table,
            KeyValueMapper<? super K, ? super V, ? extends K2> keySelector,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            boolean rowNeeded) {
        Objects.requireNonNull(keySelector, "keySelector");
        Objects.requireNonNull(joiner, "joiner");
        table.checkOf(topology, node);
        TopologyNode next =
                table.besideSelected(
                        node,
                        topology.name(
                                "KSTREAM-LEFTJOIN- selected " + (rowNeeded ? "inner" : "left"),
                                named),
                        new SelectedRowJoinOperator.Selection<K, V, K2, V2, R>(
                                keySelector, joiner, rowNeeded));
        return new EventStream<>(topology, next, keySerde);
    }

    /**
     * Joins the records of two streams that have the same key and are near in time: there is a
     * result for each pair. Records without key or value are passed over.
     *
     * <pre>{@code
     * orders.join(
     *         payments,
     *         (order, payment) -> new PaidOrder(order, payment),
     *         JoinWindows.ofTimeDifferenceWithNoGrace(Duration.ofHours(1)),
     *         StreamJoined.with(StoreRef.of("paid-orders"), Serdes.utf8(), ORDER, PAYMENT));
     * }</pre>
     *
     * @param other of the same builder; may be this one
     * @param joiner makes the value of a result, which has the later time of its records
     * @param windows how far apart the records may be
     * @param joined where records are kept meanwhile, and their serdes
     * @param <V2> values of the other
     * @param <R> results
     * @return the results
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     name is taken
     */
    public <V2, R> EventStream<K, R> join(
            EventStream<K, V2> other,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            JoinWindows windows,
            StreamJoined<K, V, V2> joined) {
        Objects.requireNonNull(joiner, "joiner");
        return join(other, (key, value, second) -> joiner.apply(value, second), windows, joined);
    }

    /**
     * Like {@link #join(EventStream, ValueJoiner, JoinWindows, StreamJoined)}, of a joiner that
     * sees the key.
     *
     * @param other of the same builder; may be this one
     * @param joiner makes the value of a result, which has the later time of its records
     * @param windows how far apart the records may be
     * @param joined where records are kept meanwhile, and their serdes
     * @param <V2> values of the other
     * @param <R> results
     * @return the results
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     name is taken
     */
    public <V2, R> EventStream<K, R> join(
            EventStream<K, V2> other,
            ValueJoinerWithKey<? super K, ? super V, ? super V2, ? extends R> joiner,
            JoinWindows windows,
            StreamJoined<K, V, V2> joined) {
        return join(other, joiner, windows, joined, false, false);
    }

    /**
     * Like {@link #join(EventStream, ValueJoiner, JoinWindows, StreamJoined)}, with a result also
     * for each record of this stream that has no match: with null, at its time, as soon as the
     * stream time has passed its window and the grace period; at once, where it comes behind its
     * window or has no key.
     *
     * <pre>{@code
     * orders.leftJoin(
     *         payments,
     *         (order, payment) -> payment == null ? "open" : "paid",
     *         JoinWindows.ofTimeDifferenceAndGrace(Duration.ofDays(14), Duration.ofDays(1)),
     *         StreamJoined.with(StoreRef.of("open-orders"), Serdes.utf8(), ORDER, PAYMENT));
     * }</pre>
     *
     * @param other of the same builder; may be this one
     * @param joiner makes the value of a result, which has the later time of its records
     * @param windows how far apart the records may be
     * @param joined where records are kept meanwhile, and their serdes
     * @param <V2> values of the other
     * @param <R> results
     * @return the results
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     name is taken
     */
    public <V2, R> EventStream<K, R> leftJoin(
            EventStream<K, V2> other,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            JoinWindows windows,
            StreamJoined<K, V, V2> joined) {
        Objects.requireNonNull(joiner, "joiner");
        return leftJoin(
                other, (key, value, second) -> joiner.apply(value, second), windows, joined);
    }

    /**
     * Like {@link #leftJoin(EventStream, ValueJoiner, JoinWindows, StreamJoined)}, of a joiner that
     * sees the key.
     *
     * @param other of the same builder; may be this one
     * @param joiner makes the value of a result, which has the later time of its records
     * @param windows how far apart the records may be
     * @param joined where records are kept meanwhile, and their serdes
     * @param <V2> values of the other
     * @param <R> results
     * @return the results
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     name is taken
     */
    public <V2, R> EventStream<K, R> leftJoin(
            EventStream<K, V2> other,
            ValueJoinerWithKey<? super K, ? super V, ? super V2, ? extends R> joiner,
            JoinWindows windows,
            StreamJoined<K, V, V2> joined) {
        return join(other, joiner, windows, joined, true, false);
    }

    /**
     * Like {@link #leftJoin(EventStream, ValueJoiner, JoinWindows, StreamJoined)}, with a result
     * also for each record of the other stream that has no match.
     *
     * <pre>{@code
     * orders.outerJoin(
     *         payments,
     *         (order, payment) -> order == null ? "of no order" : payment == null ? "open" : "paid",
     *         JoinWindows.ofTimeDifferenceAndGrace(Duration.ofDays(14), Duration.ofDays(1)),
     *         StreamJoined.with(StoreRef.of("unmatched"), Serdes.utf8(), ORDER, PAYMENT));
     * }</pre>
     *
     * @param other of the same builder; may be this one
     * @param joiner makes the value of a result, which has the later time of its records
     * @param windows how far apart the records may be
     * @param joined where records are kept meanwhile, and their serdes
     * @param <V2> values of the other
     * @param <R> results
     * @return the results
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     name is taken
     */
    public <V2, R> EventStream<K, R> outerJoin(
            EventStream<K, V2> other,
            ValueJoiner<? super V, ? super V2, ? extends R> joiner,
            JoinWindows windows,
            StreamJoined<K, V, V2> joined) {
        Objects.requireNonNull(joiner, "joiner");
        return outerJoin(
                other, (key, value, second) -> joiner.apply(value, second), windows, joined);
    }

    /**
     * Like {@link #outerJoin(EventStream, ValueJoiner, JoinWindows, StreamJoined)}, of a joiner
     * that sees the key.
     *
     * @param other of the same builder; may be this one
     * @param joiner makes the value of a result, which has the later time of its records
     * @param windows how far apart the records may be
     * @param joined where records are kept meanwhile, and their serdes
     * @param <V2> values of the other
     * @param <R> results
     * @return the results
     * @throws TopologyException if the other belongs to another builder, a serde is missing, or the
     *     name is taken
     */
    public <V2, R> EventStream<K, R> outerJoin(
            EventStream<K, V2> other,
            ValueJoinerWithKey<? super K, ? super V, ? super V2, ? extends R> joiner,
            JoinWindows windows,
            StreamJoined<K, V, V2> joined) {
        return join(other, joiner, windows, joined, true, true);
    }

    private <V2, R> EventStream<K, R> join(
            EventStream<K, V2> other,
            ValueJoinerWithKey<? super K, ? super V, ? super V2, ? extends R> joiner,
            JoinWindows windows,
            StreamJoined<K, V, V2> joined,
            boolean outer,
            boolean otherOuter) {
        Objects.requireNonNull(joiner, "joiner");
        Objects.requireNonNull(windows, "windows");
        if (other.topology != topology) {
            throw new TopologyException(
                    "Two builders cannot be joined: node="
                            + node.name()
                            + " other="
                            + other.node.name(),
                    "Begin both streams with the same StreamsBuilder.");
        }
        StreamJoined<K, V, V2> complete =
                joined.keySerde().isPresent() || keySerde == null
                        ? joined
                        : joined.withKeySerde(keySerde);
        JoinedStreams<K, V, V2, R> join =
                new JoinedStreams<>(
                        topology,
                        new StreamJoinOperator.Side<>(true, outer, otherOuter, windows, joiner),
                        complete);
        return new EventStream<>(
                topology, join.node(node, other.node), complete.keySerde().orElse(null));
    }

    /**
     * Puts the records of two streams together, in the order of the log.
     *
     * <pre>{@code
     * orders.merge(imported).groupByKey().count(Materialized.as(COUNTS));
     * }</pre>
     *
     * @param other of the same builder
     * @return the records of both
     * @throws TopologyException if the other stream belongs to another builder
     */
    public EventStream<K, V> merge(EventStream<K, V> other) {
        return merge(other, Optional.empty());
    }

    /**
     * Like {@link #merge(EventStream)}, with a name for the node.
     *
     * @param other of the same builder
     * @param named name of the node
     * @return the records of both
     */
    public EventStream<K, V> merge(EventStream<K, V> other, Named named) {
        return merge(other, Optional.of(Objects.requireNonNull(named, "named")));
    }

    private EventStream<K, V> merge(EventStream<K, V> other, Optional<Named> named) {
        if (other.topology != topology) {
            throw new TopologyException(
                    "Two builders cannot be merged: node="
                            + node.name()
                            + " other="
                            + other.node.name(),
                    "Begin both streams with the same StreamsBuilder.");
        }
        String name = topology.name("KSTREAM-MERGE-", named);
        return new EventStream<>(
                topology,
                topology.stateless(name, stores -> ProcessorNode.FORWARD, node, other.node),
                keySerde == other.keySerde ? keySerde : null);
    }

    /**
     * Groups the records by a new key. Those for which it is null are dropped.
     *
     * <pre>{@code
     * orders.groupBy((id, order) -> order.customer())
     *         .count(Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
     * }</pre>
     *
     * @param selector makes the key of the group
     * @param <K2> keys of the group
     * @return the groups, without serdes
     */
    public <K2> GroupedStream<K2, V> groupBy(
            KeyValueMapper<? super K, ? super V, ? extends K2> selector) {
        return groupBy(
                selector, new Grouped<>(Optional.empty(), Optional.empty(), Optional.empty()));
    }

    /**
     * Groups the records by a new key. Those for which it is null are dropped.
     *
     * @param selector makes the key of the group
     * @param grouped serdes for the stores behind the group, and a name for the node
     * @param <K2> keys of the group
     * @return the groups
     */
    public <K2> GroupedStream<K2, V> groupBy(
            KeyValueMapper<? super K, ? super V, ? extends K2> selector, Grouped<K2, V> grouped) {
        Objects.requireNonNull(selector, "selector");
        Operator<K, V> operator =
                (key, value, out) -> {
                    K2 group = selector.apply(key, value);
                    if (group != null) {
                        out.forward(group, value);
                    }
                };
        EventStream<K2, V> selected =
                then("KSTREAM-KEY-SELECT- group", grouped.name(), operator, null);
        return new GroupedStream<>(topology, selected.node, grouped);
    }

    /**
     * Groups the records by the key they have. Those without one are passed over.
     *
     * <pre>{@code
     * orders.groupByKey().count(Materialized.as(COUNTS));
     * }</pre>
     *
     * @return the groups; their key serde is that of the source, unless the key was changed since
     */
    public GroupedStream<K, V> groupByKey() {
        return new GroupedStream<>(
                topology,
                node,
                new Grouped<>(Optional.ofNullable(keySerde), Optional.empty(), Optional.empty()));
    }

    /**
     * Groups the records by the key they have. Those without one are passed over.
     *
     * @param grouped serdes for the stores behind the group; a name has no node to go to and is not
     *     used
     * @return the groups
     */
    public GroupedStream<K, V> groupByKey(Grouped<K, V> grouped) {
        Optional<Serde<K>> keys = grouped.keySerde().or(() -> Optional.ofNullable(keySerde));
        return new GroupedStream<>(
                topology, node, new Grouped<>(keys, grouped.valueSerde(), grouped.name()));
    }

    /**
     * Gives the records to code of one's own, which forwards what it likes.
     *
     * @param supplier makes it, for each task
     * @param stores that it uses, added with {@link StreamsBuilder#addStateStore}
     * @param <K2> new keys
     * @param <V2> new values
     * @return what it forwards
     * @throws TopologyException if there is no such store
     */
    public <K2, V2> EventStream<K2, V2> process(
            ProcessorSupplier<? super K, ? super V, K2, V2> supplier, StoreRef<?, ?>... stores) {
        return process(supplier, Optional.empty(), Objects.requireNonNull(stores, "stores"));
    }

    /**
     * Like {@link #process(ProcessorSupplier, StoreRef...)}, with a name for the node. A node that
     * schedules something needs one: what it is to do next is kept under that name.
     *
     * @param supplier makes it, for each task
     * @param named name of the node
     * @param stores that it uses, added with {@link StreamsBuilder#addStateStore}
     * @param <K2> new keys
     * @param <V2> new values
     * @return what it forwards
     * @throws TopologyException if there is no such store, or the name is taken
     */
    public <K2, V2> EventStream<K2, V2> process(
            ProcessorSupplier<? super K, ? super V, K2, V2> supplier,
            Named named,
            StoreRef<?, ?>... stores) {
        return process(
                supplier,
                Optional.of(Objects.requireNonNull(named, "named")),
                Objects.requireNonNull(stores, "stores"));
    }

    private <K2, V2> EventStream<K2, V2> process(
            ProcessorSupplier<? super K, ? super V, K2, V2> supplier,
            Optional<Named> named,
            StoreRef<?, ?>... stores) {
        Objects.requireNonNull(supplier, "supplier");
        topology.ownObjects().check(supplier::get);
        return processor("KSTREAM-PROCESSOR-", named, ProcessorOperator.of(supplier), stores, null);
    }

    /**
     * Like {@link #process(ProcessorSupplier, StoreRef...)}; keys stay, and so does their serde.
     *
     * <pre>{@code
     * orders.processValues(Waiting::new, SEEN);
     * }</pre>
     *
     * @param supplier makes it, for each task
     * @param stores that it uses, added with {@link StreamsBuilder#addStateStore}
     * @param <V2> new values
     * @return what it forwards
     * @throws TopologyException if there is no such store
     */
    public <V2> EventStream<K, V2> processValues(
            FixedKeyProcessorSupplier<? super K, ? super V, V2> supplier,
            StoreRef<?, ?>... stores) {
        return processValues(supplier, Optional.empty(), Objects.requireNonNull(stores, "stores"));
    }

    /**
     * Like {@link #processValues(FixedKeyProcessorSupplier, StoreRef...)}, with a name for the
     * node.
     *
     * @param supplier makes it, for each task
     * @param named name of the node
     * @param stores that it uses, added with {@link StreamsBuilder#addStateStore}
     * @param <V2> new values
     * @return what it forwards
     * @throws TopologyException if there is no such store, or the name is taken
     */
    public <V2> EventStream<K, V2> processValues(
            FixedKeyProcessorSupplier<? super K, ? super V, V2> supplier,
            Named named,
            StoreRef<?, ?>... stores) {
        return processValues(
                supplier,
                Optional.of(Objects.requireNonNull(named, "named")),
                Objects.requireNonNull(stores, "stores"));
    }

    private <V2> EventStream<K, V2> processValues(
            FixedKeyProcessorSupplier<? super K, ? super V, V2> supplier,
            Optional<Named> named,
            StoreRef<?, ?>... stores) {
        Objects.requireNonNull(supplier, "supplier");
        topology.ownObjects().check(supplier::get);
        return processor(
                "KSTREAM-PROCESSVALUES-", named, ProcessorOperator.of(supplier), stores, keySerde);
    }

    private <K2, V2> EventStream<K2, V2> processor(
            String prefix,
            Optional<Named> named,
            ProcessorOperator.Maker<?, ?> maker,
            StoreRef<?, ?>[] stores,
            Serde<K2> keys) {
        List<String> connected = Arrays.stream(stores).map(StoreRef::name).toList();
        String name = topology.name(prefix, named);
        return new EventStream<>(
                topology,
                topology.processor(name, named.isPresent(), connected, maker, node),
                keys);
    }

    /**
     * Makes a table of the records: each is the row of its key from then on, and null removes it.
     * Records without a key are passed over.
     *
     * <pre>{@code
     * users.mapValues(event -> event.region())
     *         .toTable(Materialized.as(REGIONS, Serdes.utf8(), Serdes.utf8()));
     * }</pre>
     *
     * @param materialized where to; it needs a serde for values
     * @return the table
     * @throws TopologyException if a serde is missing, or the store has a table already
     */
    public Table<K, V> toTable(Materialized<K, V> materialized) {
        return toTable(Optional.empty(), materialized);
    }

    /**
     * Like {@link #toTable(Materialized)}, with a name for the node.
     *
     * @param named name of the node
     * @param materialized where to; it needs a serde for values
     * @return the table
     * @throws TopologyException if a serde is missing, or the store or the name is taken
     */
    public Table<K, V> toTable(Named named, Materialized<K, V> materialized) {
        return toTable(Optional.of(Objects.requireNonNull(named, "named")), materialized);
    }

    private Table<K, V> toTable(Optional<Named> named, Materialized<K, V> materialized) {
        StoreDefinition<K, V> store =
                StoreDefinition.of(
                        materialized,
                        Optional.ofNullable(keySerde),
                        Optional.empty(),
                        List.of(),
                        StoreKind.plain());
        TopologyNode table =
                topology.stateful(
                        topology.name("KSTREAM-TOTABLE-", named),
                        store,
                        stores -> stores.ofOwnKeys(store, KeepOperator.in(stores, store, false)),
                        node);
        return Table.in(topology, table, store);
    }

    private static <T> T some(String verb, T made) {
        if (made == null) {
            throw new NullPointerException(verb + "() needs a list, not null; List.of() for none");
        }
        return made;
    }

    private <K2, V2> EventStream<K2, V2> then(
            String prefix, Optional<Named> named, Operator<K, V> operator, Serde<K2> keys) {
        return then(prefix, named, (Operator.Factory) stores -> operator, keys);
    }

    private <K2, V2> EventStream<K2, V2> then(
            String prefix, Optional<Named> named, Operator.Factory operator, Serde<K2> keys) {
        String name = topology.name(prefix, named);
        return new EventStream<>(topology, topology.stateless(name, operator, node), keys);
    }
}
