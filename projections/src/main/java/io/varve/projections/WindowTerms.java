package io.varve.projections;

import io.varve.store.serde.Serde;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What windows of a kind mean for the store of a table.
 *
 * @param kind what the store keeps of its rows
 * @param leastTtl of a row, so that it lives as long as records can come for it
 * @param closesAfter how many milliseconds after its end a window is closed
 * @param windows which windows there are rows of, for {@link Topology#describeStores}
 */
record WindowTerms<K>(
        StoreKind<Windowed<K>> kind, Duration leastTtl, long closesAfter, String windows) {
    /**
     * The store of a table.
     *
     * @throws TopologyException if a serde is missing or is not one of windowed keys, or rows would
     *     expire too early
     */
    <A> StoreDefinition<Windowed<K>, A> store(
            Materialized<Windowed<K>, A> materialized,
            Optional<Serde<K>> keySerde,
            Optional<Serde<A>> valueSerde) {
        StoreDefinition<Windowed<K>, A> store =
                StoreDefinition.of(
                        materialized, keySerde.map(Windowed::serde), valueSerde, List.of(), kind);
        keySerde(store);
        checkTtl(store);
        return store;
    }

    /** For how many milliseconds from its beginning records may come for a row. */
    long lasts() {
        return Math.max(closesAfter, leastTtl.toMillis());
    }

    /** Notes what its rows are of, and what nodes behind a table have to know of its times. */
    void note(TopologyBuilder topology, TopologyNode table, StoreRef<?, ?> store) {
        topology.note(store, windows);
        topology.says(table.name(), windows + " closes after " + closesAfter);
        topology.closes(table, closesAfter);
        topology.times().lasts(table, lasts());
    }

    /** Of the keys that records are grouped by. */
    static <K> Serde<K> keySerde(StoreDefinition<Windowed<K>, ?> store) {
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

    /** What a node over such windows works with in a task. */
    <A> WindowParts<K, A> parts(
            TaskStores stores,
            StoreDefinition<Windowed<K>, A> store,
            StreamTime time,
            Optional<TimeQueue<Windowed<K>, Boolean>> closing) {
        stores.get(store).expiry().by(time);
        return new WindowParts<>(
                keySerde(store),
                time,
                new WindowResults<>(stores.get(store), closing),
                stores.owned(store),
                closesAfter,
                stores.context());
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
