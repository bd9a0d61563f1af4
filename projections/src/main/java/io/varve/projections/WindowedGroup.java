package io.varve.projections;

import io.varve.store.serde.Serde;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Groups of records in windows, to be made into tables.
 *
 * @param kind what the store keeps of its rows
 * @param leastTtl of a row, so that it lives as long as records can come for it
 * @param closesAfter how many milliseconds after its end a window is closed
 * @param emit when nodes behind the table are told
 */
record WindowedGroup<K, V>(
        TopologyBuilder topology,
        TopologyNode node,
        Grouped<K, V> grouped,
        StoreKind<Windowed<K>> kind,
        Duration leastTtl,
        long closesAfter,
        EmitStrategy emit) {
    private static final String CLOSING = "closing";

    /** The same with another strategy. */
    WindowedGroup<K, V> with(EmitStrategy strategy) {
        return new WindowedGroup<>(
                topology,
                node,
                grouped,
                kind,
                leastTtl,
                closesAfter,
                Objects.requireNonNull(strategy, "strategy"));
    }

    <A> Table<Windowed<K>, A> table(
            String prefix,
            Optional<Named> named,
            Materialized<Windowed<K>, A> materialized,
            Optional<Serde<A>> valueSerde,
            Function<WindowParts<K, A>, Operator<K, V>> operator) {
        StoreDefinition<Windowed<K>, A> store =
                StoreDefinition.of(
                        materialized,
                        grouped.keySerde().map(Windowed::serde),
                        valueSerde,
                        List.of(),
                        kind);
        Serde<K> keySerde = keySerde(store);
        checkTtl(store);
        StoreDefinition<String, Long> time = StreamTime.partOf(store);
        StoreDefinition<Windowed<K>, Boolean> closing =
                TimeQueue.partOf(store, CLOSING, new ClosingSerde<>(keySerde));
        boolean onClose = emit == EmitStrategy.WINDOW_CLOSE;
        TopologyNode table =
                topology.stateful(
                        topology.name(prefix, named),
                        onClose ? List.of(store, time, closing) : List.of(store, time),
                        stores ->
                                operator.apply(
                                        parts(
                                                stores,
                                                store,
                                                keySerde,
                                                time,
                                                onClose
                                                        ? Optional.of(queue(stores, closing))
                                                        : Optional.empty())),
                        node);
        topology.closes(table, closesAfter);
        return Table.in(topology, table, store);
    }

    private static <K> TimeQueue<Windowed<K>> queue(
            TaskStores stores, StoreDefinition<Windowed<K>, Boolean> closing) {
        return new TimeQueue<>(stores.get(closing), key -> key.window().endMillis());
    }

    private <A> WindowParts<K, A> parts(
            TaskStores stores,
            StoreDefinition<Windowed<K>, A> store,
            Serde<K> keySerde,
            StoreDefinition<String, Long> time,
            Optional<TimeQueue<Windowed<K>>> closing) {
        return new WindowParts<>(
                keySerde,
                new StreamTime(stores.get(time)),
                new WindowResults<>(stores.get(store), store.valueSerde(), closing),
                stores.owned(store),
                closesAfter,
                stores.context());
    }

    private Serde<K> keySerde(StoreDefinition<Windowed<K>, ?> store) {
        if (store.keySerde() instanceof WindowedSerde<K> windowed) {
            return windowed.keySerde();
        }
        throw new TopologyException(
                "The keys of a windowed table have a serde of their own: store="
                        + store.name()
                        + " serde="
                        + store.keySerde().describe(),
                "Use Materialized.windowed, or Windowed.serde.");
    }

    private void checkTtl(StoreDefinition<Windowed<K>, ?> store) {
        store.ttl()
                .filter(ttl -> ttl.compareTo(leastTtl) < 0)
                .ifPresent(
                        ttl -> {
                            throw new TopologyException(
                                    "Rows would expire while records can still come for them: store="
                                            + store.name()
                                            + " ttl="
                                            + ttl
                                            + " least="
                                            + leastTtl,
                                    "Give Materialized.withTtl a longer time, or the windows less"
                                            + " grace.");
                        });
    }
}
