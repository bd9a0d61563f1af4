package io.varve.projections;

import io.varve.store.serde.Serde;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Groups of records in windows, to be made into tables.
 *
 * @param kind what the store keeps of its rows
 * @param leastTtl of a row, so that it lives as long as records can come for it
 * @param closesAfter how many milliseconds after its end a window is closed
 */
record WindowedGroup<K, V>(
        TopologyBuilder topology,
        TopologyNode node,
        Grouped<K, V> grouped,
        StoreKind<Windowed<K>> kind,
        Duration leastTtl,
        long closesAfter) {
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
        check(store);
        StoreDefinition<String, Long> time = StreamTime.partOf(store);
        TopologyNode table =
                topology.stateful(
                        topology.name(prefix, named),
                        List.of(store, time),
                        stores -> operator.apply(parts(stores, store, time)),
                        node);
        return Table.in(topology, table, store);
    }

    private <A> WindowParts<K, A> parts(
            TaskStores stores,
            StoreDefinition<Windowed<K>, A> store,
            StoreDefinition<String, Long> time) {
        return new WindowParts<>(
                new StreamTime(stores.get(time)),
                new WindowResults<>(stores.get(store), stores.context()),
                stores.owned(store),
                closesAfter,
                stores.context());
    }

    private void check(StoreDefinition<Windowed<K>, ?> store) {
        if (!(store.keySerde() instanceof WindowedSerde)) {
            throw new TopologyException(
                    "The keys of a windowed table have a serde of their own: store="
                            + store.name()
                            + " serde="
                            + store.keySerde().describe(),
                    "Use Materialized.windowed, or Windowed.serde.");
        }
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
