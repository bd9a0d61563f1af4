package io.varve.projections;

import io.varve.projections.Due.DueSerde;
import io.varve.projections.Held.HeldSerde;
import io.varve.store.serde.Serde;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where changes are held back.
 *
 * <pre>
 *   NAME         values that nodes behind will be told of, by key
 *   NAME/held    what else is known of each of these rows
 *   NAME/due     in which order they will be told of
 *   NAME/time    stream time
 * </pre>
 *
 * <p>and, where there are limits, what {@link HeldSize} keeps.
 *
 * @param byWindow whether a row is due when its window closes
 * @param waits how many milliseconds after that, or after its first change
 */
record SuppressBuffer<K, V>(
        StoreDefinition<K, V> pending,
        StoreDefinition<K, Held<V>> held,
        StoreDefinition<Due<K>, Boolean> due,
        StoreDefinition<String, Long> time,
        Optional<HeldSize<K, V>> size,
        boolean byWindow,
        long waits) {
    /** In one task. */
    record InTask<K, V>(
            WriteBackStore<K, V> pending,
            WriteBackStore<K, Held<V>> held,
            TimeQueue<Due<K>, Boolean> queue,
            StreamTime streamTime,
            Optional<HeldSize.InTask<K, V>> size) {}

    /**
     * The one of a table.
     *
     * @param closesAfter how long after its end a window closes, if rows wait for that
     */
    static <K, V> SuppressBuffer<K, V> of(
            Suppressed<K, V> suppressed,
            Optional<Serde<K>> keySerde,
            Optional<Serde<V>> valueSerde,
            long closesAfter) {
        if (suppressed.buffer().historyRetention().isPresent()) {
            throw new TopologyException(
                    "What is held back has no versions: store=" + suppressed.buffer().ref().name(),
                    "Leave versioned() out.");
        }
        StoreDefinition<K, V> pending =
                StoreDefinition.of(
                        suppressed.buffer(), keySerde, valueSerde, List.of(), StoreKind.plain());
        return new SuppressBuffer<>(
                pending,
                pending.part(
                        "held",
                        pending.keySerde(),
                        new HeldSerde<>(pending.valueSerde()),
                        StoreKind.plain()),
                TimeQueue.partOf(pending, "due", new DueSerde<>(pending.keySerde())),
                StreamTime.partOf(pending),
                HeldSize.of(pending, suppressed.limits()),
                suppressed.limit().isEmpty(),
                suppressed.limit().map(limit -> limit.toMillis()).orElse(closesAfter));
    }

    List<StoreDefinition<?, ?>> stores() {
        List<StoreDefinition<?, ?>> stores = new ArrayList<>(List.of(pending, held, due, time));
        size.ifPresent(limited -> stores.addAll(limited.stores()));
        return stores;
    }

    InTask<K, V> in(TaskStores stores) {
        return new InTask<>(
                stores.get(pending),
                stores.get(held),
                new TimeQueue<>(stores.get(due), Due::time),
                new StreamTime(stores.get(time)),
                size.map(limited -> limited.in(stores)));
    }

    /** Rows as nodes behind know them: those that are held back as they were told of last. */
    TableLookup.Factory<K, V> over(TableLookup.Factory<K, V> table) {
        return stores -> {
            WriteBackStore<K, Held<V>> heldBack = stores.get(held);
            TableLookup<K, V> rows = table.create(stores);
            return key -> {
                Held<V> row = heldBack.row(key).value();
                if (row == null) {
                    return rows.find(key);
                }
                return row.told() == null ? null : new Dated<>(row.told(), row.timestamp());
            };
        };
    }
}
