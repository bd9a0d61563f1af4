package io.varve.projections;

import io.varve.store.serde.Serde;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Groups of records in windows, to be made into tables.
 *
 * @param emit when nodes behind the table are told
 */
record WindowedGroup<K, V>(
        TopologyBuilder topology,
        TopologyNode node,
        Grouped<K, V> grouped,
        WindowTerms<K> terms,
        EmitStrategy emit) {
    private static final String CLOSING = "closing";

    /** One whose tables tell of each change. */
    WindowedGroup(
            TopologyBuilder topology,
            TopologyNode node,
            Grouped<K, V> grouped,
            WindowTerms<K> terms) {
        this(topology, node, grouped, terms, EmitStrategy.onWindowUpdate());
    }

    /** The same with another strategy. */
    WindowedGroup<K, V> with(EmitStrategy strategy) {
        Objects.requireNonNull(strategy, "strategy");
        return new WindowedGroup<>(topology, node, grouped, terms, strategy);
    }

    <A> Table<Windowed<K>, A> table(
            String prefix,
            Optional<Named> named,
            Materialized<Windowed<K>, A> materialized,
            Optional<Serde<A>> valueSerde,
            Function<WindowParts<K, A>, Operator<K, V>> operator) {
        StoreDefinition<Windowed<K>, A> store =
                terms.store(materialized, grouped.keySerde(), valueSerde);
        boolean onClose = emit == EmitStrategy.WINDOW_CLOSE;
        StoreDefinition<String, Long> time = StreamTime.partOf(store);
        StoreDefinition<Windowed<K>, Boolean> closing =
                TimeQueue.partOf(store, CLOSING, new ClosingSerde<>(WindowTerms.keySerde(store)));
        TopologyNode table =
                topology.stateful(
                        topology.name(prefix, named),
                        onClose ? List.of(store, time, closing) : List.of(store, time),
                        stores ->
                                operator.apply(
                                        terms.parts(
                                                stores,
                                                store,
                                                new StreamTime(stores.get(time)),
                                                onClose
                                                        ? Optional.of(queue(stores, closing))
                                                        : Optional.empty())),
                        node);
        terms.note(topology, table, store.ref());
        if (onClose) {
            topology.times().holds(table, terms.lasts());
        }
        return Table.in(topology, table, store);
    }

    private static <K> TimeQueue<Windowed<K>, Boolean> queue(
            TaskStores stores, StoreDefinition<Windowed<K>, Boolean> closing) {
        return new TimeQueue<>(stores.get(closing), key -> key.window().endMillis());
    }
}
