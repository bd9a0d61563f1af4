package io.varve.projections;

import java.util.List;
import java.util.Optional;

/**
 * Several groups in windows, to be made into a table.
 *
 * <p>Each group has a stream time of its own, as each has a node: one that is behind the others
 * loses nothing.
 */
record WindowedCogroup<K, A>(
        TopologyBuilder topology, List<CogroupPart<K, ?, A>> parts, WindowTerms<K> terms) {
    /** Makes what adds records of a group to rows. */
    @FunctionalInterface
    interface Maker<K, A> {
        <V> Operator<K, V> operator(CogroupPart<K, V, A> part, WindowParts<K, A> window);
    }

    Table<Windowed<K>, A> table(
            Optional<Named> named, Materialized<Windowed<K>, A> materialized, Maker<K, A> maker) {
        StoreDefinition<Windowed<K>, A> store =
                terms.store(materialized, CogroupPart.keySerde(parts), Optional.empty());
        StoreDefinition<String, Long> time = StreamTime.partOf(store);
        CogroupPart.Maker<K, A> nodes =
                new CogroupPart.Maker<>() {
                    @Override
                    public <V> Operator<K, V> operator(
                            TaskStores stores, CogroupPart<K, V, A> part, int number) {
                        StreamTime own = new StreamTime(stores.get(time), number);
                        return maker.operator(
                                part, terms.parts(stores, store, own, Optional.empty()));
                    }
                };
        TopologyNode table = CogroupPart.table(topology, parts, named, List.of(store, time), nodes);
        terms.note(topology, table, store.ref());
        for (int i = 0; i < parts.size(); i++) {
            // Their stream times are kept under numbers.
            topology.noteFeed(store.ref(), StoreLayout.COGROUP + i, parts.get(i).node());
        }
        return Table.in(topology, table, store);
    }
}
