package io.varve.parity;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KGroupedTable;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.KeyValueStore;

/** Aggregations of Kafka Streams. */
final class KafkaGroups {
    private KafkaGroups() {}

    static KTable<String, Long> aggregated(
            KGroupedStream<String, Long> group,
            Folding folding,
            Materialized<String, Long, KeyValueStore<Bytes, byte[]>> store,
            boolean withOldValues) {
        if (folding.isReduce()) {
            return group.reduce(folding::of, store);
        }
        if (withOldValues) {
            return group.aggregate(Folding::nothing, folding::fromNothing, store);
        }
        return folding == Folding.COUNT
                ? group.count(store)
                : group.aggregate(
                        () -> Folding.INITIAL,
                        (key, value, aggregate) -> folding.of(aggregate, value),
                        store);
    }

    static KTable<String, Long> regrouped(
            KTable<String, Long> table,
            Step.GroupTable step,
            Materialized<String, Long, KeyValueStore<Bytes, byte[]>> store) {
        KGroupedTable<String, Long> group =
                table.groupBy(
                        (key, value) -> KeyValue.pair(step.by().of(key, value), value),
                        Grouped.with(Serdes.String(), Serdes.Long()));
        TableFolding folding = step.folding();
        if (folding == TableFolding.COUNT) {
            return group.count(store);
        }
        return folding.isReduce()
                ? group.reduce(folding::add, folding::subtract, store)
                : group.aggregate(
                        () -> Folding.INITIAL,
                        (key, value, aggregate) -> folding.add(aggregate, value),
                        (key, value, aggregate) -> folding.subtract(aggregate, value),
                        store);
    }
}
